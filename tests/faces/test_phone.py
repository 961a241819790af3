"""The visitor's own page on a telephone: what it tells, for how long, and what it does not keep."""

import gzip
import re
from dataclasses import replace
from datetime import date

import pytest
import zxingcpp
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image

from printers.slip import draw
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain import commands as c
from sportello.domain.boards import slip
from sportello.domain.events import TicketIssued
from sportello.i18n import NAMES, translator
from sportello.ledger.opinions import counts
from tests.faces.conftest import MORNING, Hands

HOUSE = "http://192.168.1.10:8080"
LIMIT = 15_000  # bytes, all that a page loads


class Visit:
    """A number taken, and the telephone of whoever took it."""

    def __init__(self, app: APIFlask, centre: Centre) -> None:
        self.centre, self.phone = centre, app.test_client()
        self._count = 0

    def do(self, command: c.Command) -> object:
        self._count += 1
        return self.centre.handle(command, actor="test", command_id=f"visit-{self._count:04d}")

    def take(self, language: str = "it", service: str = "A02") -> str:
        recorded = self.centre.handle(
            c.IssueTicket(service=service, language=language), actor="test", command_id=f"take-{language}-{service}"
        )
        return next(one.event.ticket for one in recorded if isinstance(one.event, TicketIssued))

    def page(self, ticket: str) -> str:
        answer = self.phone.get(f"/t/{ticket}", environ_base={"REMOTE_ADDR": "192.168.1.77"})
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def visit(app: APIFlask, centre: Centre) -> Visit:
    return Visit(app, centre)


def test_a_telephone_follows_a_visit_from_the_queue_to_its_end(visit: Visit) -> None:
    ticket = visit.take()
    assert "Persone prima di Lei" in visit.page(ticket)
    visit.do(c.CallNext(counter="3"))
    called = visit.page(ticket)
    assert "Tocca a Lei" in called
    assert "Sportello 3" in called
    visit.do(c.NoShow(ticket=ticket, counter="3"))
    assert "può rientrare in fila" in visit.page(ticket)
    visit.do(c.Requeue(ticket=ticket, counter="3"))
    visit.do(c.CallNext(counter="3"))
    visit.do(c.Start(ticket=ticket, counter="3"))
    assert "È allo sportello" in visit.page(ticket)
    visit.do(c.Finish(ticket=ticket, counter="3"))
    assert "La visita è finita" in visit.page(ticket)


def test_a_recall_changes_the_page_so_that_the_telephone_shakes_again(visit: Visit) -> None:
    ticket = visit.take()
    visit.do(c.CallNext(counter="1"))
    before = visit.page(ticket)
    visit.do(c.Recall(ticket=ticket, counter="1"))
    assert visit.page(ticket) != before


def test_the_page_leaves_nothing_on_the_telephone_and_weighs_little(visit: Visit) -> None:
    ticket = visit.take()
    answer = visit.phone.get(f"/t/{ticket}")
    assert "Set-Cookie" not in answer.headers
    parts = re.findall(r'(?:src|href)="(/[^"]+)"', answer.text)
    loaded = [answer.data]
    for part in parts:
        with visit.phone.get(part) as found:
            loaded.append(found.data)
    assert len(parts) == 2
    assert sum(map(len, loaded)) <= LIMIT
    assert sum(len(gzip.compress(one)) for one in loaded) <= LIMIT / 3


def test_the_page_never_names_the_service(visit: Visit) -> None:
    ticket = visit.take(service="C01")
    assert "ollocamento" not in visit.page(ticket)


def test_who_guesses_finds_nothing_and_a_page_is_dead_after_midnight(visit: Visit, clock: Hands) -> None:
    ticket = visit.take()
    assert visit.phone.get("/t/0000000000000000").status_code == 404
    clock.forward((24 - MORNING.hour) * 3600)
    assert visit.phone.get(f"/t/{ticket}").status_code == 404
    assert visit.phone.get(f"/t/{ticket}/now").status_code == 404


def test_no_telephone_keeps_what_it_was_told(visit: Visit) -> None:
    ticket = visit.take()
    for path in (f"/t/{ticket}", f"/t/{ticket}/now"):
        assert visit.phone.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", NAMES)
def test_the_page_speaks_the_language_of_the_ticket(visit: Visit, language: str) -> None:
    page = visit.page(visit.take(language))
    assert f'dir="{"rtl" if language in ("ar", "ur") else "ltr"}"' in page
    assert translator(language)("Il Suo numero") in page


# --- the code that leads there ---------------------------------------------------------------------


@pytest.mark.parametrize("width", [576, 384])
def test_the_code_on_paper_leads_to_the_page(visit: Visit, width: int) -> None:
    name = visit.take()
    ticket = visit.centre.day.tickets[name]
    facts = slip(visit.centre.day, ticket, phones=HOUSE)
    inked = draw(facts, width=width, translator=translator)
    seen = zxingcpp.read_barcodes(Image.eval(inked.convert("L"), lambda ink: 255 - ink))
    assert [one.text for one in seen] == [f"{HOUSE}/t/{ticket.id}"]


def test_no_code_is_printed_where_no_telephone_reaches_the_box(visit: Visit) -> None:
    name = visit.take()
    ticket = visit.centre.day.tickets[name]
    facts = slip(visit.centre.day, ticket)
    inked = draw(facts, width=576, translator=translator)
    assert not zxingcpp.read_barcodes(Image.eval(inked.convert("L"), lambda ink: 255 - ink))


def test_the_address_for_telephones_is_one_of_our_names(config: Config) -> None:
    from sportello import config as settings

    path = config.folder / "centre.toml"
    path.write_text(path.read_text().replace('phones = ""', f'phones = "{HOUSE}/"'))
    read = settings.read(path)
    assert (read.phones, "192.168.1.10" in read.names) == (HOUSE, True)
    path.write_text(path.read_text().replace(f'"{HOUSE}/"', '"192.168.1.10"'))
    with pytest.raises(settings.Unreadable, match="phones"):
        settings.read(path)


# --- how it went -----------------------------------------------------------------------------------


def said(centre: Centre) -> object:
    with centre.reading() as db:
        return counts(db, date(2026, 1, 1), date(2026, 12, 31))


def finished(visit: Visit) -> str:
    ticket = visit.take()
    visit.do(c.CallNext(counter="1"))
    visit.do(c.Finish(ticket=ticket, counter="1"))
    return ticket


def give(phone: FlaskClient, ticket: str, score: str) -> int:
    return phone.post(f"/t/{ticket}/opinion", data={"score": score}).status_code


def test_nobody_is_asked_unless_the_centre_wants_it(visit: Visit) -> None:
    ticket = finished(visit)
    assert "Com'è andata" not in visit.page(ticket).replace("&#39;", "'")
    give(visit.phone, ticket, "5")
    assert said(visit.centre) == {}


def test_an_opinion_is_a_count_given_once(visit: Visit) -> None:
    visit.do(c.AdoptPlan(plan=replace(visit.centre.day.plan, feedback=True)))
    ticket = finished(visit)
    assert "Com'è andata" in visit.page(ticket).replace("&#39;", "'")
    for score in ("9", "4", "1"):
        assert give(visit.phone, ticket, score) == 303
    assert said(visit.centre) == {"A02": {4: 1}}
    assert "Com'è andata" not in visit.page(ticket).replace("&#39;", "'")
