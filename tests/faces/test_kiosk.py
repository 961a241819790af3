"""The kiosk without its script: what a visitor is offered, and what happens when there is no number to give."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import chain

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sportello.app import create_app
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain import commands as c
from sportello.domain.clock import ROME
from sportello.domain.plan import Offer, Opening, Plan, next_numbers
from sportello.domain.slips import JobState
from sportello.domain.tickets import Ticket
from sportello.ledger import spool
from tests.faces.conftest import Hands


@pytest.fixture
def kiosk(app: APIFlask) -> FlaskClient:
    return app.test_client()


class Fields(HTMLParser):
    """The hidden fields and the buttons of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.actions: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.actions.append(found.get("action") or "")
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"] or ""] = found["value"] or ""


def take(kiosk: FlaskClient, service: str, language: str = "it", **more: str) -> TestResponse:
    """Tap a service, then «Stampa il numero»."""
    page = Fields(kiosk.get(f"/service/{service}?lang={language}").text)
    return kiosk.post("/take", data={**page.hidden, **more})


def only(centre: Centre) -> Ticket:
    (ticket,) = centre.day.tickets.values()
    return ticket


def adopt(centre: Centre, name: str, **changes: object) -> None:
    plan = replace(centre.day.plan, **changes)  # type: ignore[arg-type]
    centre.handle(c.AdoptPlan(plan=plan), actor="test", command_id=f"adopt-{name}")


def few(centre: Centre, *services: str, **changes: object) -> None:
    """Let the centre offer these services only."""
    offers = tuple(offer for offer in centre.day.plan.offers if offer.service in services)
    adopt(centre, f"few-{'-'.join(services)}", offers=offers, **changes)


# --- choosing --------------------------------------------------------------------------------------


def test_many_services_begin_with_their_macro_areas(kiosk: FlaskClient) -> None:
    page = kiosk.get("/").text
    assert "Cittadini" in page
    assert "Persone con disabilità" in page
    assert "/area/A" in page
    assert "/service/" not in page


def test_an_area_without_services_here_is_not_shown(kiosk: FlaskClient) -> None:
    assert "Imprese" not in kiosk.get("/").text


def test_few_services_stand_on_the_first_screen(kiosk: FlaskClient, centre: Centre) -> None:
    few(centre, "A01", "A02", "A06", "C01")
    page = kiosk.get("/").text
    assert re.findall(r"/service/(\w+)", page) == ["A01", "A02", "A06", "C01"]
    assert "/area/" not in page


def test_the_screens_of_an_area_hold_every_service_once_and_at_most_eight(kiosk: FlaskClient, centre: Centre) -> None:
    screens = [re.findall(r"/service/(\w+)", kiosk.get(f"/area/A?page={n}").text) for n in (1, 2, 3)]
    assert max(map(len, screens)) == 8
    wanted = [offer.service for offer in centre.day.plan.offers if offer.service.startswith("A")]
    assert [*chain(*screens)] == wanted


@pytest.mark.parametrize("page", ["0", "99", "-3", "x"])
def test_a_screen_that_does_not_exist_is_the_nearest_one(kiosk: FlaskClient, page: str) -> None:
    assert len(re.findall(r"/service/", kiosk.get(f"/area/A?page={page}").text)) >= 6


def test_another_language_stays_on_every_way_of_a_page(kiosk: FlaskClient) -> None:
    page = kiosk.get("/area/A?lang=en&page=2").text
    assert '<html lang="en">' in page
    assert "Training courses" in page or "Support into work" in page
    ways = [way for way in re.findall(r'href="(/(?:service|area)[^"]*|/\?[^"]*)"', page) if "Italiano" not in way]
    italian = [way for way in ways if "lang=en" not in way]
    assert italian == ["/area/A?page=2"], "only the button of the Italian language leaves English"


def test_a_service_says_what_to_bring_for_whom_and_what_is_promised(kiosk: FlaskClient) -> None:
    page = kiosk.get("/service/A02").text
    assert "il permesso di soggiorno" in page
    assert "Chi è senza lavoro e ne cerca uno." in page
    assert "90 persone su 100 chiamate entro 20 minuti" in page
    assert "dimostrativo" in page


def test_a_service_says_how_many_wait(kiosk: FlaskClient) -> None:
    assert "Nessuno in attesa" in kiosk.get("/service/A02").text
    take(kiosk, "A02")
    assert "1 persona in attesa" in kiosk.get("/service/A02").text


def test_a_sensitive_service_can_be_found(kiosk: FlaskClient) -> None:
    assert "Collocamento mirato: primo passo" in kiosk.get("/area/C").text


@pytest.mark.parametrize("address", ["/service/NONE", "/area/NONE", "/number/0000000000000000"])
def test_a_page_about_nothing_leads_to_the_start(kiosk: FlaskClient, address: str) -> None:
    answer = kiosk.get(f"{address}?lang=en")
    assert (answer.status_code, answer.location) == (302, "/?lang=en")


# --- the number ------------------------------------------------------------------------------------


def test_a_tap_gives_a_number_in_the_visitors_language(kiosk: FlaskClient, centre: Centre) -> None:
    answer = take(kiosk, "A02", "en")
    ticket = only(centre)
    assert (answer.status_code, answer.location) == (303, f"/number/{ticket.id}?lang=en")
    assert (ticket.code, ticket.language, ticket.priority) == ("T001", "en", False)
    page = kiosk.get(answer.location or "").text
    assert "T001" in page
    assert "Unemployment: DID" in page


def test_a_double_tap_is_one_ticket(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    first, second = kiosk.post("/take", data=form), kiosk.post("/take", data=form)
    assert first.location == second.location
    assert only(centre).code == "T001"


def test_precedence_is_given_without_a_reason(kiosk: FlaskClient, centre: Centre) -> None:
    take(kiosk, "A02", priority="1")
    assert only(centre).priority


def test_the_number_page_says_how_many_come_before(kiosk: FlaskClient) -> None:
    first = kiosk.get(take(kiosk, "A02").location or "").text
    second = kiosk.get(take(kiosk, "A02").location or "").text
    assert "È il prossimo della fila" in first
    assert "1 persona prima di Lei" in second


def test_another_copy_is_asked_for_from_the_number_page(kiosk: FlaskClient, centre: Centre) -> None:
    where = take(kiosk, "A02").location or ""
    page = Fields(kiosk.get(where).text)
    answer = kiosk.post(page.actions[0], data=page.hidden)
    assert (answer.status_code, answer.location) == (303, where)
    with centre.reading() as db:
        newest = spool.of_ticket(db, only(centre).id)
    assert newest is not None
    assert newest.job.copy == 1


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (JobState.SENT, "out"),
        (JobState.CONFIRMED, "out"),
        (JobState.FAILED, "failed"),
        (JobState.UNKNOWN, "failed"),
        (JobState.TORN, "failed"),
    ],
)
def test_what_became_of_the_paper_is_told(kiosk: FlaskClient, centre: Centre, state: JobState, told: str) -> None:
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    assert kiosk.get(f"{where}/paper.json").json == {"paper": "coming"}
    settled = c.SettleSlip(job=1, ticket=only(centre).id, copy=0, printer="totem", state=state.value)
    centre.handle(settled, actor="print", command_id="settle-1")
    assert kiosk.get(f"{where}/paper.json").json == {"paper": told}
    assert f'data-paper="{told}"' in kiosk.get(where).text


def test_a_centre_without_a_printer_says_to_remember_the_number(config: Config, clock: Hands) -> None:
    with closing(Centre(config.database, config.code, clock)) as paperless:
        kiosk = create_app(config, paperless).test_client()
        page = kiosk.get(take(kiosk, "A02").location or "").text
    assert 'data-paper="none"' in page
    assert "Stampa un&#39;altra copia" not in page


# --- no number ---------------------------------------------------------------------------------------


def test_a_closed_service_stays_and_says_when_it_reopens(kiosk: FlaskClient, centre: Centre) -> None:
    few(centre, "A01", "A02", always_open=False)
    windowed = (Offer(service="A01", letter="H"), Offer(service="A02", letter="T", window=Opening(start=900, end=960)))
    adopt(centre, "window", offers=windowed)
    assert "Ora è chiuso. Riapre oggi alle 15:00." in kiosk.get("/").text
    page = kiosk.get("/service/A02").text
    assert "Documento d&#39;identità" in page, "what to bring is worth knowing for the next time"
    assert "/take" not in page


def test_a_closed_centre_shows_its_hours(kiosk: FlaskClient, centre: Centre, clock: Hands) -> None:
    adopt(centre, "hours", always_open=False)
    clock.forward(4 * 3600)  # 13:30 on a Tuesday
    page = kiosk.get("/").text
    assert "Riapre oggi alle 15:00." in page
    assert "9:00–13:00 · 15:00–17:00" in page
    clock.forward(4 * 3600)
    assert "Riapre domani alle 9:00." in kiosk.get("/").text


def test_a_day_closed_by_hand_reopens_tomorrow_at_the_earliest(kiosk: FlaskClient, centre: Centre) -> None:
    adopt(centre, "hours", always_open=False)
    centre.handle(c.OpenDay(), actor="test", command_id="open-the-day")
    centre.handle(c.CloseDay(), actor="test", command_id="close-the-day")
    assert "Riapre domani alle 9:00." in kiosk.get("/").text


def test_a_form_sent_after_closing_is_refused_in_plain_words(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    adopt(centre, "closed", always_open=False, hours={})
    answer = kiosk.post("/take", data=form)
    assert answer.status_code == 409
    assert "Guardi gli orari di apertura" in answer.text
    assert 'href="/"' in answer.text
    assert centre.day.turned_away == 1
    assert not centre.day.tickets


def test_a_full_quota_says_so_before_and_after_the_tap(kiosk: FlaskClient, centre: Centre) -> None:
    adopt(centre, "quota", offers=(Offer(service="A02", letter="T", quota=1),))
    late = Fields(kiosk.get("/service/A02").text).hidden
    take(kiosk, "A02")
    assert "I numeri di oggi sono finiti" in kiosk.get("/").text
    answer = kiosk.post("/take", data=late)
    assert answer.status_code == 409
    assert "I numeri di oggi per questo servizio sono finiti" in answer.text


def test_stopped_issuing_says_whom_to_ask(kiosk: FlaskClient, centre: Centre) -> None:
    take(kiosk, "A02")
    centre.handle(c.StopIssuing(why="guasto"), actor="test", command_id="stop-issuing")
    page = kiosk.get("/area/A").text
    assert page.count("I numeri sono sospesi. Chieda a un operatore.") == 8
    assert "guasto" not in page, "the staff's reason is the staff's"


def test_an_unknown_service_is_refused(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    answer = kiosk.post("/take", data={**form, "service": "Z99"})
    assert answer.status_code == 409
    assert "Scelga un servizio dall&#39;elenco" in answer.text


@pytest.mark.parametrize("missing", ["csrf_token", "command_id"])
def test_a_form_without_its_marks_gives_no_number(kiosk: FlaskClient, centre: Centre, missing: str) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    del form[missing]
    answer = kiosk.post("/take", data=form)
    assert answer.status_code == 400
    assert "Ricominci, o chieda a un operatore" in answer.text
    assert not centre.day.tickets


def test_numbers_are_given_at_a_kiosk_only(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    answer = kiosk.post("/take", data=form, environ_base={"REMOTE_ADDR": "192.168.7.7"})
    assert answer.status_code == 403
    assert not centre.day.tickets


def test_hours_that_ended_for_numbers_reopen_with_the_next_session() -> None:
    day = {"tue": (Opening(start=540, end=780), Opening(start=900, end=1020)), "wed": (Opening(start=540, end=780),)}
    plan = Plan(site="x", name="x", offers=(), places=(), hours=day, last_number_min=30)
    tuesday = datetime(2026, 11, 24, 12, 45, tzinfo=ROME)
    always, early = Offer(service="A", letter="A"), Offer(service="B", letter="B", window=Opening(start=560, end=600))
    assert next_numbers(plan, always, tuesday) == datetime(2026, 11, 24, 15, 0, tzinfo=ROME)
    assert next_numbers(plan, early, tuesday) == datetime(2026, 11, 25, 9, 20, tzinfo=ROME)


def test_the_demonstration_is_marked(app: APIFlask, kiosk: FlaskClient) -> None:
    assert "DEMO" not in kiosk.get("/").text
    app.config["SPORTELLO"] = replace(app.config["SPORTELLO"], demo=True)
    assert "DEMO" in kiosk.get("/").text
    assert "DEMO" in kiosk.get("/display/").text


def test_no_page_brings_anything_inline_or_from_elsewhere(kiosk: FlaskClient) -> None:
    where = take(kiosk, "A02").location or ""
    for address in ("/", "/area/A", "/service/A02", where, "/display/"):
        page = kiosk.get(address).text
        assert not re.search(r'style="|<style|https?://|<script(?! type="module" src="/)', page), address
