"""The managers' pages, asked over HTTP as a browser without scripts asks them."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from admin import periods
from admin.plan_form import Known, Typed, read, typed_from
from sportello import charters, founding, passwords, spooling, web
from sportello.centre import Centre
from sportello.charters import examples
from sportello.domain.commands import (
    CallNext,
    Command,
    Finish,
    IssueTicket,
    Leave,
    NoShow,
    OpenCounter,
    Start,
)
from sportello.domain.plan import Discipline, Offer, Opening, plan_for
from sportello.domain.printing import PrinterStatus
from sportello.domain.slips import JobState
from sportello.domain.tickets import Status
from sportello.ledger import access, log, spool
from sportello.ledger.access import Person, Role
from sportello.tables import Faults
from tests.faces.conftest import Hands, a_past
from tests.paper.jobs import become, begun

PASSWORD = "quattro parole da ricordare"
PAGES = ("/admin/", "/admin/day", "/admin/compliance", "/admin/compliance.csv", "/admin/accuracy.csv",
         "/admin/tickets.csv", "/admin/plan", "/admin/charter", "/admin/charter/como/2026-1", "/admin/charter/new",
         "/admin/people", "/admin/programs", "/admin/prints", "/admin/printers", "/admin/appointments",
         "/admin/opinions", "/admin/what-if", "/admin/radar", "/admin/force-majeure",
         "/admin/by-hand", "/admin/lep", "/admin/verification", "/admin/verification/2026",
         "/admin/verification/2026/remarks", "/admin/verification/2026/publication", "/admin/evidence",
         "/admin/charter/como/2026-1.ttl", "/admin/charter/template.xlsx")  # fmt: skip
Do = Callable[[Command], None]


def signed_in(app: APIFlask, centre: Centre, name: str, role: Role) -> FlaskClient:
    person = Person(name=name, role=role, password=passwords.hash(PASSWORD), once=False)
    now_ms = centre.now().wall_ms
    centre.write(lambda db: access.keep_person(db, person, now_ms))
    client = app.test_client()
    client.post("/sign-in", data={"csrf_token": token(client, "/sign-in"), "name": name, "password": PASSWORD})
    return client


def token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return found[1]


class Manager:
    """Somebody who directs the centre, at a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token = token(client, "/admin/programs")

    def get(self, page: str) -> TestResponse:
        return self.client.get(page)

    def send(self, page: str, fields: MultiDict[str, str] | None = None, /, **more: str) -> TestResponse:
        filled = MultiDict(fields or {})
        filled.update({"csrf_token": self._token, "command_id": web.new_command_id()} | more)
        return self.client.post(page, data=filled)

    def upload(self, raw: bytes, name: str = "carta.toml") -> TestResponse:
        sent = {"csrf_token": self._token, "file": (io.BytesIO(raw), name)}
        return self.client.post("/admin/charter/check", data=sent, content_type="multipart/form-data")


@pytest.fixture
def manager(app: APIFlask, centre: Centre) -> Manager:
    return Manager(signed_in(app, centre, "Anna", Role.MANAGER))


@pytest.fixture
def do(centre: Centre) -> Do:
    """Something done at the kiosk or at a counter."""

    def done(command: Command) -> None:
        centre.handle(command, actor="other", command_id=web.new_command_id())

    return done


@pytest.fixture
def morning(centre: Centre, clock: Hands, do: Do) -> None:
    """Forty visitors for A01, called one after the other: eight of them after the promised 15 minutes."""
    for _ in range(40):
        do(IssueTicket(service="A01"))
    for called in range(40):
        if called in (10, 32):
            clock.forward(600)
        do(CallNext(counter="1"))


def cells(page: str) -> list[str]:
    """What stands in the cells of the page's tables, without markup."""
    found = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", page, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in found]


def faults(page: str) -> dict[str, str]:
    """The faults told beside the fields."""
    found = re.findall(r'<p class="fault" id="fault-([^"]+)">([^<]+)</p>', page)
    return {field: unescape(text) for field, text in found}


# --- who may look ----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_only_managers_see_the_managers_pages(app: APIFlask, centre: Centre, page: str) -> None:
    assert app.test_client().get(page).location.startswith("/sign-in?next=/admin")
    assert signed_in(app, centre, "Carla", Role.CLERK).get(page).status_code == 403
    assert signed_in(app, centre, "Anna", Role.MANAGER).get(page).status_code == 200


def test_a_clerk_changes_nothing_here(app: APIFlask, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    clerk = signed_in(app, centre, "Carla", Role.CLERK)
    fields = {"csrf_token": token(clerk, "/change-password"), "command_id": web.new_command_id()}
    for page in (
        "day/close",
        "plan",
        "people/add",
        "programs/add",
        "issuing/stop",
        "charter/draft",
        "charter/draft/1/adopt",
    ):
        assert clerk.post(f"/admin/{page}", data=fields).status_code == 403
    assert centre.day.open


def test_links_stay_in_the_language_of_the_page(manager: Manager) -> None:
    page = manager.get("/admin/?lang=en").text
    assert '<html lang="en">' in page
    assert 'href="/admin/compliance?lang=en"' in page
    assert 'href="/admin/plan"' in manager.get("/admin/").text


# --- today -----------------------------------------------------------------------------------------


def figures(page: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt><dd>\s*(?:<a[^>]*>)?(\d+)", page)
    return {unescape(name): n for name, n in found}


def test_today_counts_everybody(manager: Manager, centre: Centre, do: Do) -> None:
    for _ in range(5):
        do(IssueTicket(service="A01"))
    do(CallNext(counter="1"))
    do(CallNext(counter="2"))
    do(Leave(ticket=centre.day.waiting()[0].id))
    told = figures(manager.get("/admin/").text)
    expected = {"numeri dati": "5", "in attesa": "2", "allo sportello": "2", "conclusi": "1", "sportelli aperti": "2"}
    assert told | expected == told


def is_open(centre: Centre) -> bool:
    return centre.day.open


def test_the_day_is_closed_after_a_look_at_what_it_means(manager: Manager, centre: Centre, do: Do) -> None:
    for _ in range(3):
        do(IssueTicket(service="A01"))
    do(CallNext(counter="1"))
    page = manager.get("/admin/day").text
    assert "2 persone in coda saranno contate come non servite." in page
    assert "1 persona allo sportello sarà contata come conclusa." in page
    assert is_open(centre)
    once = web.new_command_id()
    assert manager.send("/admin/day/close", command_id=once).status_code == 303
    assert manager.send("/admin/day/close", command_id=once).status_code == 303  # a double click is one
    assert not is_open(centre)
    assert [ticket.status for ticket in centre.day.tickets.values()].count(Status.UNSERVED) == 2
    assert manager.send("/admin/day/close").status_code == 409
    manager.send("/admin/day/open")
    assert is_open(centre)


def test_an_outage_stops_the_numbers_until_they_are_resumed(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    assert manager.send("/admin/issuing/stop", service="", why=" ").status_code == 409
    manager.send("/admin/issuing/stop", service="A01", why="Guasto al portale")
    assert centre.day.stopped == {"A01": "Guasto al portale"}
    assert "Guasto al portale" in manager.get("/admin/").text
    manager.send("/admin/issuing/resume", service="A01")
    assert not centre.day.stopped


def test_the_log_names_a_role_and_no_person(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    manager.send("/admin/day/close")
    with centre.reading() as db:
        actors = {record.actor for record in log.since(db, centre.code, 0, 0)}
    assert "manager" in actors
    assert not any("Anna" in actor for actor in actors)


# --- compliance ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("morning")
def test_compliance_shows_the_figures_with_their_outcome_and_definition(manager: Manager) -> None:
    page = manager.get("/admin/compliance").text
    told = cells(page.partition('id="standards"')[2])
    row = told[told.index("A01 Accoglienza e informazione") :][:12]
    assert row == [
        "A01 Accoglienza e informazione", "90 % entro 15 minuti dimostrativo Carta como/2026-1", "▼ NON RISPETTATO",
        "40", "80,00 %", "10:00", "20:00", "20:00", "0", "0", "0", "0",
    ]  # fmt: skip
    assert "Chi non è mai stato chiamato entro la chiusura della giornata conta come standard non rispettato." in page


@pytest.mark.usefixtures("morning")
def test_an_outcome_is_a_word_and_a_shape(manager: Manager) -> None:
    page = manager.get("/admin/compliance?service=A01").text
    assert re.search(r"▼</span> NON RISPETTATO</span>", page)
    assert "NON VALUTABILE: <strong>0</strong>" in page


@pytest.mark.usefixtures("morning")
def test_compliance_is_divided_as_asked(manager: Manager) -> None:
    told = cells(manager.get("/admin/compliance?by=day&from=2026-11-01&to=2026-11-30").text)
    assert "2026-11-24" in told
    assert "senza precedenza" in cells(manager.get("/admin/compliance?by=class").text)
    assert manager.get("/admin/compliance?by=clerk").status_code == 400


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("from=ieri&to=oggi", periods.BAD_DAY), ("from=2026-11-24&to=2026-11-01", periods.BACKWARDS)],
)
def test_a_wrong_period_is_told_and_kept(manager: Manager, query: str, sentence: str) -> None:
    answer = manager.get(f"/admin/compliance?{query}")
    assert answer.status_code == 400
    assert sentence in unescape(answer.text)
    assert all(f'value="{part.partition("=")[2]}"' in answer.text for part in query.split("&"))
    assert manager.get(f"/admin/compliance.csv?{query}").status_code == 400
    assert manager.get(f"/admin/accuracy.csv?{query}").status_code == 400


def test_the_waits_told_are_set_beside_those_that_were(manager: Manager, centre: Centre, clock: Hands) -> None:
    learnt(centre, clock)
    page = unescape(manager.get("/admin/compliance?by=day").text)
    assert "50,00 % delle persone chiamate nell'intervallo comunicato, su 2." in page
    told = cells(page)
    assert told[-7:] == ["A01 Accoglienza e informazione", "2026-11-24", "2", "50,00 %", "0", "1", "0"]
    assert "conta fra le più lunghe." in page
    answer = manager.get("/admin/accuracy.csv?by=class")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    expected = {"servizio": "A01", "gruppo": "senza precedenza", "attese comunicate": "2",
                "dentro l'intervallo": "1", "dentro l'intervallo (%)": "50,00", "più lunghe": "1"}  # fmt: skip
    assert [row | expected for row in rows] == rows


def learnt(centre: Centre, clock: Hands) -> None:
    """A centre of which thirty days are known, where of two visitors one waits longer than was told."""
    a_past(centre)
    centre.handle(OpenCounter(counter="1", clerk="x"), actor="test", command_id="open")
    for n, wait_s in enumerate((400, 700)):
        centre.handle(IssueTicket(service="A01"), actor="test", command_id=f"take-{n}")
        clock.forward(wait_s)
        centre.handle(CallNext(counter="1"), actor="test", command_id=f"call-{n}")
        held = centre.day.in_hand("1")
        assert held is not None
        centre.handle(Finish(ticket=held.id), actor="test", command_id=f"end-{n}")


@pytest.mark.usefixtures("morning")
def test_the_table_opens_in_an_italian_spreadsheet(manager: Manager) -> None:
    answer = manager.get("/admin/compliance.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=conformita-20261101-20261124.csv"
    assert answer.data.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 1
    expected = {"servizio": "A01", "soglia (s)": "900", "obiettivo (%)": "90,00", "entro la soglia (%)": "80,00",
                "numeri validi": "40", "P90 (s)": "1200", "esito": "NON RISPETTATO",
                "provenienza": "dimostrativo"}  # fmt: skip
    assert rows[0] | expected == rows[0]


@pytest.mark.usefixtures("morning")
def test_every_number_can_be_taken_away_as_csv(manager: Manager) -> None:
    answer = manager.get("/admin/tickets.csv?from=2026-11-24&to=2026-11-24")
    rows = list(csv.reader(io.StringIO(answer.text)))
    head = "ticket_id,service,arrival_ts,called_ts,start_ts,end_ts,outcome"
    assert ",".join(rows[0][:7]) == head
    assert len(rows) == 41


def test_no_figure_names_a_clerk_or_a_counter(manager: Manager, do: Do) -> None:
    do(IssueTicket(service="A01"))
    do(OpenCounter(counter="3", clerk="pseudonym-of-carla"))
    do(CallNext(counter="3"))
    for page in ("/admin/", "/admin/compliance", "/admin/compliance.csv", "/admin/tickets.csv"):
        assert "pseudonym-of-carla" not in manager.get(page).text
    for page in ("/admin/compliance.csv", "/admin/tickets.csv"):
        heads = manager.get(page).text.splitlines()[0].lower()
        assert not re.search("clerk|counter|operatore|sportello", heads)


# --- the plan --------------------------------------------------------------------------------------


def typed(centre: Centre) -> Typed:
    """The form as the page shows it, untouched."""
    return typed_from(centre.day.plan)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("charter", "site"), [(name, site.code) for name in examples() for site in founding.charter_named(name).sites]
)
def test_a_plan_that_is_shown_and_sent_back_is_the_same(app: APIFlask, charter: str, site: str) -> None:
    document = founding.charter_named(charter)
    plan = plan_for(document, founding.site_of(document, site))
    services = tuple(sheet.code for sheet in document.sheets)
    with app.test_request_context():
        assert read(typed_from(plan), plan, Known(services=services, busy={})) == (plan, {})


def test_a_change_is_shown_before_it_is_adopted(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    form["hours_mon"] = "8.30 – 12.30; 14:00-16:00"
    form["closures"] = "24/12/2026 Vigilia di Natale\n2026-12-31"
    form["discipline"] = "ratio"
    form["quota_A01"] = "25"
    form.poplist("always_open")
    mark = seen(manager.get("/admin/plan").text)
    page = manager.send("/admin/plan", form, seen=mark, step="preview").text
    told = cells(page)
    assert told[told.index("Lunedì") :][:3] == ["Lunedì", "09:00-13:00", "08:30-12:30, 14:00-16:00"]
    assert "Martedì" not in told
    before = centre.day.plan
    assert before.rule.discipline is Discipline.EARLIEST_DUE  # looking changes nothing
    assert manager.send("/admin/plan", form, seen=mark, step="adopt").status_code == 303
    plan = centre.day.plan
    assert plan.hours["mon"] == (Opening(start=510, end=750), Opening(start=840, end=960))
    assert plan.closures == {"2026-12-24": "Vigilia di Natale", "2026-12-31": "chiuso"}
    assert plan.rule.discipline is Discipline.RATIO
    assert plan.offer("A01") == Offer(service="A01", letter="H", quota=25)
    assert not plan.always_open
    assert plan.offers[1:] == before.offers[1:]


def test_the_preview_carries_all_that_was_typed(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    form["name"] = 'Centro «di prova» & "altro"'
    preview = manager.send("/admin/plan", form, seen=seen(manager.get("/admin/plan").text), step="preview").text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', preview.split("<main")[1])
    again = MultiDict((name, unescape(value)) for name, value in hidden)
    again.poplist("csrf_token")
    assert manager.send("/admin/plan", again, step="adopt").status_code == 303
    assert centre.day.plan.name == 'Centro «di prova» & "altro"'
    back = manager.send("/admin/plan", again, step="back").text
    assert 'value="Centro «di prova» &amp; &#34;altro&#34;"' in back


def test_every_fault_is_told_at_once_and_nothing_typed_is_lost(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    wrong = {"name": "", "hours_mon": "9-13", "hours_tue": "09:00-13:00, 12:00-17:00", "closures": "Natale",
             "patron": "31/02", "early_min": "presto", "last_number_min": "-5", "letter_A01": "Z", "quota_A02": "0",
             "window_A03": "12:00-09:00", "discipline": "lottery", "priority_every": "0", "guard": "99",
             "default_min": "", "notice": "x" * 41, "language_it": "", "language_en": "0"}  # fmt: skip
    for field, text in wrong.items():
        form[field] = text
    form.setlist("place_code", ["1", "1", "SPORTELLO-9"])
    form.setlist("place_name", ["Uno", "Due", ""])
    answer = manager.send("/admin/plan", form, seen=seen(manager.get("/admin/plan").text), step="preview")
    assert answer.status_code == 422
    told = faults(answer.text)
    assert set(told) == {*wrong, "place_1", "place_2"}
    assert told["hours_mon"] == "«9-13» non è un orario come 09:00-13:00."
    assert told["hours_tue"] == "Un orario comincia prima che finisca quello precedente."
    assert told["patron"] == "Scriva giorno e mese, come 31/08."
    assert f"Ci sono {len(told)} cose da correggere." in answer.text
    for field, text in wrong.items():
        if text and field not in ("closures", "discipline"):
            assert f'name="{field}"' in answer.text
            assert f'value="{text}"' in answer.text
    assert ">Natale</textarea>" in answer.text
    assert 'value="SPORTELLO-9"' in answer.text


def test_a_centre_keeps_a_counter_and_a_service(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    form.setlist("place_code", [])
    form.setlist("offered", [])
    told = faults(manager.send("/admin/plan", form, seen=seen(manager.get("/admin/plan").text)).text)
    assert told == {"places": "Serve almeno uno sportello.", "offers": "Serve almeno un servizio."}


def test_a_counter_with_somebody_in_hand_is_not_taken_away(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    do(CallNext(counter="2"))
    form = typed(centre)
    form.setlist("place_code", ["1", "", "3", "4", "5", "6"])
    told = faults(manager.send("/admin/plan", form, seen=seen(manager.get("/admin/plan").text)).text)
    assert told == {"places": "Lo sportello 2 ha in mano il numero H001: lo concluda prima di toglierlo."}


def test_two_managers_do_not_overwrite_each_other(manager: Manager, centre: Centre) -> None:
    mine, mark = typed(centre), seen(manager.get("/admin/plan").text)
    theirs = typed(centre)
    theirs["hours_sat"] = "09:00-12:00"
    manager.send("/admin/plan", theirs, seen=mark, step="adopt")
    mine["last_number_min"] = "45"
    answer = manager.send("/admin/plan", mine, seen=mark, step="adopt")
    assert answer.status_code == 409
    assert 'value="45"' in answer.text
    assert (centre.day.plan.last_number_min, len(centre.day.plan.hours["sat"])) == (30, 1)
    assert manager.send("/admin/plan", mine, seen=seen(answer.text), step="adopt").status_code == 303
    assert centre.day.plan.last_number_min == 45


def test_a_counter_is_added_with_its_services(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    page = manager.send("/admin/plan", form, step="row").text
    assert page.count('name="place_code"') == 7
    form.add("place_code", "7")
    form.add("place_name", "Stanza 7")
    form.add("place_room", "Piano 1")
    form.setlist("place_services_6", ["A02", "A01", "ZZZ"])
    manager.send("/admin/plan", form, seen=seen(page), step="adopt")
    place = centre.day.plan.place("7")
    assert place
    assert (place.name, place.services, place.room) == ("Stanza 7", ("A01", "A02"), "Piano 1")
    assert centre.day.plan.rooms == ("Piano 1",)


def test_languages_notice_and_voice_are_shown_and_adopted(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    for code in ("it-facile", "ro", "sq", "fr", "zh", "uk"):
        form[f"language_{code}"] = ""
    wanted = {"language_ar": "1", "language_it": "2", "language_tr": "9", "notice": "Oggi chiudiamo alle 12:30"}
    for field, text in {**wanted, "feedback": "on"}.items():
        form[field] = text
    form.poplist("second_voice")
    mark = seen(manager.get("/admin/plan").text)
    told = cells(manager.send("/admin/plan", form, seen=mark, step="preview").text)
    assert "العربية, Italiano, English, Türkçe" in told
    assert "Oggi chiudiamo alle 12:30" in told
    assert manager.send("/admin/plan", form, seen=mark, step="adopt").status_code == 303
    plan = centre.day.plan
    assert plan.languages == ("ar", "it", "en", "tr")
    assert (plan.notice, plan.second_voice, plan.feedback) == ("Oggi chiudiamo alle 12:30", False, True)


def test_a_room_has_a_name_that_fits_on_a_board(manager: Manager, centre: Centre) -> None:
    form = typed(centre)
    form.setlist("place_room", ["Piano terra, in fondo a destra", "", "", "", "", ""])
    told = faults(manager.send("/admin/plan", form, seen=seen(manager.get("/admin/plan").text)).text)
    assert told == {"place_0": "La sala ha al massimo 20 caratteri."}


# --- the charter -----------------------------------------------------------------------------------


def next_version() -> bytes:
    """The example charter with a promise changed, for the year after."""
    text = examples()["como"].read_text(encoding="utf-8")
    text = text.replace('version = "2026-1"', 'version = "2027-1"').replace("= 2026-01-01", "= 2027-01-01")
    return text.replace("threshold_minutes = 15", "threshold_minutes = 12", 1).encode()


def test_the_charter_in_force_is_shown_whole(manager: Manager, centre: Centre) -> None:
    assert "in vigore oggi" in manager.get("/admin/charter").text
    page = unescape(manager.get("/admin/charter/como/2026-1").text)
    document = centre.day.charters[0]
    assert all(sheet.title["it"] in page and sheet.what["it"] in page for sheet in document.sheets)
    assert all(standard.code in page and standard.formula in page for standard in document.standards)
    assert page.count('<span class="mark">dimostrativo</span>') >= len(document.sheets) + len(document.standards)
    assert manager.get("/admin/charter/como/1999").status_code == 404


def test_a_faulty_charter_is_refused_with_every_line(manager: Manager, centre: Centre) -> None:
    raw = next_version().replace(b'letter = "H"', b'letter = "Q"').replace(b"share = 0.90", b"share = 90", 1)
    with pytest.raises(Faults) as expected:
        charters.read(raw, "carta.toml")
    answer = manager.upload(raw)
    assert answer.status_code == 422
    told = cells(answer.text)
    assert len(expected.value.faults) > 1
    for fault in expected.value.faults:
        assert [str(fault.place.line), fault.where, fault.reason] == told[told.index(fault.where) - 1 :][:3]
    assert len(centre.day.charters) == 1


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"version = ", b"\x00" * 100])
def test_what_is_no_charter_is_refused(manager: Manager, raw: bytes) -> None:
    assert manager.upload(raw).status_code in (400, 422)


# --- people and programs ---------------------------------------------------------------------------


def shown(answer: TestResponse) -> str:
    """The secret that a page shows once."""
    found = re.search(r'<p class="secret"><code>([^<]+)</code>', answer.text)
    assert found, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return found[1]


def try_door(app: APIFlask, name: str, password: str) -> TestResponse:
    client = app.test_client()
    fields = {"csrf_token": token(client, "/sign-in"), "name": name, "password": password}
    return client.post("/sign-in", data=fields)


def test_a_new_person_gets_a_password_for_once(app: APIFlask, manager: Manager) -> None:
    password = shown(manager.send("/admin/people/add", name="Carla Bianchi", role="clerk"))
    assert password not in manager.get("/admin/people").text
    assert "vale una volta sola" in manager.get("/admin/people").text
    assert try_door(app, "Carla Bianchi", password).location.startswith("/change-password")


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [("", "clerk", 400), ("x" * 41, "clerk", 200), ("<b>", "clerk", 400), ("Carla", "kiosk", 400),
     ("Carla", "", 400), ("Anna", "clerk", 409)],
)  # fmt: skip
def test_adding_changes_nobody_who_is_there(manager: Manager, name: str, role: str, status: int) -> None:
    answer = manager.send("/admin/people/add", name=name, role=role)
    assert answer.status_code == status
    assert manager.get("/admin/").status_code == 200  # Anna is still herself


def test_a_new_password_shuts_out_whoever_had_the_old_one(app: APIFlask, centre: Centre, manager: Manager) -> None:
    carla = signed_in(app, centre, "Carla", Role.CLERK)
    password = shown(manager.send("/admin/people/reset", name="Carla"))
    assert carla.get("/counter/").status_code == 302
    assert try_door(app, "Carla", PASSWORD).status_code == 401
    assert try_door(app, "Carla", password).location.startswith("/change-password")
    assert manager.send("/admin/people/reset", name="Nessuna").status_code == 404
    assert manager.send("/admin/people/reset", name="Anna").location.startswith("/change-password")


def test_a_person_is_shut_out_but_never_oneself(app: APIFlask, centre: Centre, manager: Manager) -> None:
    signed_in(app, centre, "Carla", Role.CLERK)
    assert manager.send("/admin/people/disable", name="Carla").status_code == 303
    assert try_door(app, "Carla", PASSWORD).status_code == 401
    assert manager.send("/admin/people/disable", name="Anna").status_code == 409
    assert manager.get("/admin/").status_code == 200


def test_a_program_gets_a_key_that_works_until_revoked(app: APIFlask, centre: Centre, manager: Manager) -> None:
    key = shown(manager.send("/admin/programs/add", name="totem-2", role="kiosk"))
    headers = {"Authorization": f"Bearer {key}"}
    assert app.test_client().get("/api/v1/services", headers=headers).status_code == 200
    assert manager.send("/admin/programs/add", name="totem-2", role="manager").status_code == 409
    page = manager.get("/admin/programs").text
    assert "totem-2" in page
    assert key not in page
    with centre.reading() as db:
        assert key not in access.tokens(db)
    manager.send("/admin/programs/revoke", name="totem-2")
    assert app.test_client().get("/api/v1/services", headers=headers).status_code == 401
    assert "totem-2" not in cells(manager.get("/admin/programs").text)


@pytest.mark.parametrize(("name", "role"), [("a b", "kiosk"), ("è", "kiosk"), ("", "kiosk"), ("ok", "root")])
def test_a_program_needs_a_plain_name_and_a_role(manager: Manager, name: str, role: str) -> None:
    assert manager.send("/admin/programs/add", name=name, role=role).status_code == 400


# --- paper -----------------------------------------------------------------------------------------


def settle(centre: Centre, state: str) -> str:
    """The worker takes the next sheet and says what became of it; the ticket's number."""
    return become(centre, JobState(state)).slip.number


def test_a_sheet_in_doubt_is_printed_again_as_a_copy(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    do(IssueTicket(service="A01"))
    number = settle(centre, "unknown")
    settle(centre, "confirmed")
    page = manager.get("/admin/prints").text
    assert [cell for cell in cells(page) if re.fullmatch(r"H\d+", cell)] == [number]
    assert figures(manager.get("/admin/").text)["stampe in dubbio"] == "1"
    ticket = next(one.id for one in centre.day.tickets.values() if one.code == number)
    manager.send("/admin/prints/again", ticket=ticket)
    assert centre.day.tickets[ticket].copies == 1
    assert number not in cells(manager.get("/admin/prints").text)  # the copy is on its way
    settle(centre, "failed")
    assert f"{number} (copia 1)" in cells(manager.get("/admin/prints").text)


def test_nobody_prints_for_who_has_gone(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    settle(centre, "torn")
    do(CallNext(counter="1"))
    ticket = next(iter(centre.day.tickets.values()))
    do(Start(ticket=ticket.id))
    do(IssueTicket(service="A01"))
    do(CallNext(counter="1"))  # finishes the first
    assert "già concluso" in " ".join(cells(manager.get("/admin/prints").text))
    assert manager.send("/admin/prints/again", ticket=ticket.id).status_code == 409


def test_a_manager_vouches_for_a_slip_and_reads_what_proves_it(manager: Manager, centre: Centre, do: Do) -> None:
    do(IssueTicket(service="A01"))
    job = begun(centre)
    spooling.settle(centre, job.id, JobState.UNKNOWN, detail="no_confirmation: 10.0.0.5:9100", evidence=1)
    page = manager.get("/admin/prints").text
    assert "non si sa se è uscita (la stampante non ha confermato)" in page
    assert "la stampante non segnala guasti" in page
    assert manager.get("/admin/prints.json").json == {"doubtful": 1}
    manager.send("/admin/prints/seen", job=str(job.id))
    assert manager.get("/admin/prints.json").json == {"doubtful": 0}
    with centre.reading() as db:
        found = spool.of_job(db, job.id)
    assert found is not None
    assert (found.state, found.evidence, found.detail) == (JobState.CONFIRMED, 6, "staff")


@pytest.mark.parametrize("state", [JobState.HELD, JobState.SENDING])
def test_a_slip_that_is_stuck_on_its_way_is_in_doubt_too(
    manager: Manager, centre: Centre, do: Do, clock: Hands, state: JobState
) -> None:
    do(IssueTicket(service="A01"))
    become(centre, state)
    assert manager.get("/admin/prints.json").json == {"doubtful": int(state is JobState.HELD)}
    clock.forward(21)
    assert manager.get("/admin/prints.json").json == {"doubtful": 1}


def test_the_page_says_how_each_printer_is_and_since_when(manager: Manager, centre: Centre, clock: Hands) -> None:
    assert "non se ne sa ancora nulla" in manager.get("/admin/printers").text
    out = PrinterStatus(online=False, paper=False, code="paper_out", source="asb")
    spooling.report(centre, "totem", out)
    since = f"{centre.now().local():%H:%M}"
    clock.forward(10)
    spooling.report(centre, "totem", out)
    clock.forward(10)
    row = cells(manager.get("/admin/printers").text)
    assert "✗ carta finita" in row
    assert since in row
    spooling.report(centre, "totem", PrinterStatus(online=True, paper=True, near_end=True, source="asb"))
    assert "✓ pronta, la carta sta per finire" in cells(manager.get("/admin/printers").text)
    spooling.report(centre, "totem", PrinterStatus(online=True, paper=True, ticket_waiting=True, source="dle"))
    assert "✓ pronta, un biglietto aspetta all'uscita" in cells(manager.get("/admin/printers").text)
    clock.forward(16)
    assert "nessuna notizia dalla stampante" in manager.get("/admin/printers").text


def test_the_roll_is_measured_and_a_new_one_is_suggested(
    manager: Manager, centre: Centre, do: Do, clock: Hands
) -> None:
    assert "non si sa quando il rotolo è stato cambiato" in manager.get("/admin/printers").text
    manager.send("/admin/printers/roll", printer="totem")
    assert "ancora circa 666 biglietti" in manager.get("/admin/printers").text
    do(IssueTicket(service="A01"))
    spooling.settle(centre, begun(centre).id, JobState.CONFIRMED, evidence=4, mm=75_000)
    assert "ancora circa 41 biglietti: prepari un rotolo" in " ".join(cells(manager.get("/admin/printers").text))
    assert figures(manager.get("/admin/").text)["biglietti nel rotolo di «totem»"] == "41"
    for paper in (False, None, True):
        clock.forward(1)
        spooling.report(centre, "totem", PrinterStatus(online=bool(paper), paper=paper))
    assert "ha cambiato il rotolo?" in manager.get("/admin/printers").text
    clock.forward(1)
    manager.send("/admin/printers/roll", printer="totem")
    page = manager.get("/admin/printers").text
    assert "ha cambiato il rotolo?" not in page
    assert "ancora circa 666 biglietti" in page
    assert manager.send("/admin/printers/roll", printer="nessuna").status_code == 404


# --- what if, and what to ask ------------------------------------------------------------------------


def test_another_counter_on_recorded_days_is_answered_in_words(manager: Manager, centre: Centre, do: Do) -> None:
    a_past(centre)
    said = manager.get("/admin/what-if?from=2020-01-01&to=2030-01-01&by=1&start=09:00&end=11:00")
    assert said.status_code == 200
    assert re.search(r"Da \d+ a circa \d+ persone su 100 chiamate entro lo standard", said.text)
    assert "uno sportello in più" in said.text
    csv = manager.get("/admin/what-if.csv?from=2020-01-01&to=2030-01-01&by=1&start=09:00&end=11:00").text.splitlines()
    days = [line.split(";") for line in csv[1:]]
    assert len(days) == int(re.search(r"Giorni rivissuti: (\d+)", said.text)[1])  # type: ignore[index]
    n, within = (sum(int(day[place]) for day in days) for place in (1, 2))
    assert f"Da {round(within * 100 / n)} a circa" in said.text
    assert all(day[0] in said.text for day in days)
    assert manager.get("/admin/what-if.csv?from=ieri&by=1").status_code == 400


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("from=2026-01-01&to=2026-02-01", "Dica che cosa deve cambiare"),
        ("from=2026-01-01&by=1&start=11:00&end=09:00", "la prima prima della seconda"),
        ("from=2026-01-01&by=uno", "Scriva un numero intero"),
        ("from=2026-01-01&booked=150", "una percentuale da 0 a 100"),
        ("from=ieri&by=1", "Scriva il giorno come"),
        ("from=1999-01-01&to=1999-02-01&rule=fifo", "non c&#39;è un giorno registrato"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(manager: Manager, asked: str, says: str) -> None:
    said = manager.get(f"/admin/what-if?{asked}")
    assert said.status_code == 400
    assert says in said.text


def test_the_radar_asks_about_numbers_marked_absent_at_once(manager: Manager, centre: Centre, do: Do) -> None:
    service = centre.day.plan.offers[0].service
    for _ in range(12):
        do(IssueTicket(service=service))
        do(CallNext(counter="1"))
        held = centre.day.in_hand("1")
        assert held is not None
        do(NoShow(ticket=held.id))
    said = manager.get("/admin/radar")
    assert said.status_code == 200
    assert "entro 15 secondi dalla chiamata" in said.text
    assert "12 su 12" in said.text
    assert "sportello 1" not in said.text.lower()


def test_the_radar_has_nothing_to_ask_of_an_empty_year(manager: Manager) -> None:
    said = manager.get("/admin/radar?from=1999-01-01&to=1999-12-31").text
    assert "non c'è un giorno registrato" in unescape(said)
