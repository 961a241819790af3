"""The kiosk without its script: what a visitor is offered, and what happens when there is no number to give."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sportello import spooling
from sportello.app import create_app
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain import commands as c
from sportello.domain.clock import ROME, wall_ms
from sportello.domain.plan import Offer, Opening, Plan, next_numbers
from sportello.domain.printing import PrinterSetup, PrinterStatus, Role
from sportello.domain.slips import JobState
from sportello.domain.tickets import Ticket
from sportello.ledger import appointments, printers, spool
from sportello.ledger.appointments import Appointment
from tests.faces.conftest import Hands
from tests.paper.jobs import TOTEM, become, begun


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
    assert re.findall(r"/service/(\w+)", page) == ["A02", "A06", "C01"]
    assert "Non so: aiutatemi" in page, "the service that welcomes stands under a name of its own"
    assert "/area/" not in page


def test_an_area_begins_with_the_services_for_which_one_simply_comes(kiosk: FlaskClient, centre: Centre) -> None:
    shown = re.findall(r"/service/(\w+)", kiosk.get("/area/A").text)
    roles = {"A01", "A22"}  # who welcomes, who has an appointment: each has a button of its own
    offered = [offer.service for offer in centre.day.plan.offers if offer.service.startswith("A")]
    assert sorted(shown) == sorted(set(offered) - roles)
    assert shown[:6] == ["A02", "A06", "A10", "A18", "A19", "A21"]


# --- how the visitor wants it: in the address, and nowhere else ---------------------------------------


def own_ways(page: str) -> list[str]:
    """The links that a visitor's state must follow: neither files nor the switches of that state."""
    return re.findall(r'<a class="(?:row|tool back|row [a-z]+)" href="([^"]*)"', page)


@pytest.mark.parametrize("address", ["/", "/area/A", "/service/A02", "/unsure", "/appointment", "/staff"])
def test_what_somebody_chose_follows_them_on_every_way_of_a_page(kiosk: FlaskClient, address: str) -> None:
    page = kiosk.get(f"{address}?lang=ar&view=large.contrast&ear=2").text
    assert '<html lang="ar" dir="rtl" class="large contrast" data-language="ar" data-ear="2">' in page
    ways = own_ways(page)
    assert ways
    assert [way for way in ways if "lang=ar&amp;view=large.contrast&amp;ear=2" not in way] == []
    for name, value in [("lang", "ar"), ("view", "large.contrast"), ("ear", "2")]:
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_a_fresh_start_is_italian_normal_and_silent(kiosk: FlaskClient) -> None:
    page = kiosk.get("/").text
    assert '<html lang="it" dir="ltr" class="" data-language="it">' in page
    assert page.count('aria-pressed="false"') == 4
    assert [way for way in own_ways(page) if "?" in way] == []


@pytest.mark.parametrize("asked", ["lang=xx", "view=huge", "ear=9", "ear=x", "view=&lang=", "view=large.large.huge"])
def test_a_state_that_does_not_exist_is_none(kiosk: FlaskClient, asked: str) -> None:
    page = kiosk.get(f"/?{asked}").text
    assert 'lang="it" dir="ltr"' in page
    assert "data-ear" not in page
    assert "huge" not in page


def test_each_switch_turns_one_thing_on_and_off_again(kiosk: FlaskClient) -> None:
    page = kiosk.get("/service/A02?view=large").text
    assert 'aria-pressed="true" href="/service/A02"' in page, "large letters off"
    assert 'aria-pressed="false" href="/service/A02?view=large.contrast"' in page
    assert 'aria-pressed="false" href="/service/A02?view=large&amp;ear=3"' in page


def test_every_planned_language_is_offered_by_its_own_name_in_its_own_direction(
    kiosk: FlaskClient, centre: Centre
) -> None:
    adopt(centre, "languages", languages=("it", "ar", "bn"))
    page = kiosk.get("/area/A?lang=bn").text
    assert 'href="/area/A?lang=ar" lang="ar" dir="rtl" hreflang="ar">العربية</a>' in page
    assert 'hreflang="bn" aria-current="true">বাংলা</a>' in page
    assert "English" not in page
    everything = kiosk.get("/languages?back=/area/A&lang=bn").text
    assert everything.count('href="/area/A?lang=ar"') == 1


def test_a_way_back_leads_nowhere_else(kiosk: FlaskClient) -> None:
    page = kiosk.get("/staff?back=https://elsewhere.example/").text
    assert "elsewhere" not in page


# --- one service -------------------------------------------------------------------------------------


def test_a_service_says_what_to_bring_for_whom_and_what_is_promised(kiosk: FlaskClient) -> None:
    page = kiosk.get("/service/A02").text
    assert "il permesso di soggiorno" in page
    assert "Chi è senza lavoro e ne cerca uno." in page
    assert "<bdi>90</bdi> persone su 100 chiamate entro <bdi>20</bdi> minuti." in page
    assert "dimostrativo" in page


def test_a_service_says_how_many_wait(kiosk: FlaskClient) -> None:
    assert "Nessuno in attesa" in kiosk.get("/service/A02").text
    take(kiosk, "A02")
    assert "<bdi>1</bdi> persona in attesa" in kiosk.get("/service/A02").text


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


def test_a_page_that_sends_the_form_itself_is_told_where_to_go(kiosk: FlaskClient, centre: Centre) -> None:
    page = Fields(kiosk.get("/service/A02?lang=ro").text)
    answer = kiosk.post("/take", data=page.hidden, headers={"X-Sent-By-Page": "1"})
    assert (answer.status_code, answer.location) == (201, f"/number/{only(centre).id}?lang=ro")
    assert kiosk.post("/take", data=page.hidden).status_code == 303  # without a script the browser goes by itself


def test_precedence_is_given_without_a_reason(kiosk: FlaskClient, centre: Centre) -> None:
    take(kiosk, "A02", priority="1")
    assert only(centre).priority


def test_the_number_page_says_how_many_come_before(kiosk: FlaskClient) -> None:
    first = kiosk.get(take(kiosk, "A02").location or "").text
    second = kiosk.get(take(kiosk, "A02").location or "").text
    assert "È il prossimo della fila" in first
    assert "<bdi>1</bdi> persona prima di Lei" in second


def test_another_copy_is_asked_for_from_the_number_page(kiosk: FlaskClient, centre: Centre) -> None:
    where = take(kiosk, "A02").location or ""
    page = Fields(kiosk.get(where).text)
    reprint = next(action for action in page.actions if action.endswith("/reprint"))
    answer = kiosk.post(reprint, data=page.hidden)
    assert (answer.status_code, answer.location) == (303, where)
    with centre.reading() as db:
        newest = spool.of_ticket(db, only(centre).id)
    assert newest is not None
    assert newest.job.copy == 1


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (JobState.SENDING, "coming"),
        (JobState.HELD, "ask"),
        (JobState.SENT, "ask"),
        (JobState.CONFIRMED, "out"),
        (JobState.FAILED, "failed"),
        (JobState.EXPIRED, "failed"),
        (JobState.UNKNOWN, "ask"),
        (JobState.TORN, "ask"),
    ],
)
def test_what_became_of_the_paper_is_told(kiosk: FlaskClient, centre: Centre, state: JobState, told: str) -> None:
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    assert kiosk.get(f"{where}/paper.json").json == {"paper": "coming", "copy": 0, "elsewhere": ""}
    become(centre, state)
    assert kiosk.get(f"{where}/paper.json").json == {"paper": told, "copy": 0, "elsewhere": ""}
    assert f'data-paper="{told}"' in kiosk.get(where).text


def test_a_centre_without_a_printer_says_to_remember_the_number(config: Config, clock: Hands) -> None:
    with closing(Centre(config.database, config.code, clock)) as paperless:
        kiosk = create_app(config, paperless).test_client()
        page = kiosk.get(take(kiosk, "A02").location or "").text
    assert 'data-paper="none"' in page
    assert "Stampa un&#39;altra copia" not in page


# --- who is expected -----------------------------------------------------------------------------------

TODAY = date(2026, 11, 24)


def expect(centre: Centre, code: str, hour: int = 10, day: date = TODAY, service: str = "A02") -> None:
    """Somebody has an appointment today, or on another day."""
    booked = wall_ms(datetime(day.year, day.month, day.day, hour, 30, tzinfo=ROME))
    one = Appointment(code=code, day=day, service=service, booked_ms=booked)
    centre.write(lambda db: appointments.keep_day(db, day, [one], TODAY))


def bring(kiosk: FlaskClient, code: str, language: str = "it") -> TestResponse:
    """Type a code and confirm it."""
    page = Fields(kiosk.get(f"/appointment?lang={language}").text)
    return kiosk.post("/appointment", data={**page.hidden, "code": code})


def test_the_code_of_an_appointment_gives_its_number(kiosk: FlaskClient, centre: Centre) -> None:
    expect(centre, "4711")
    answer = bring(kiosk, "4711", "en")
    ticket = only(centre)
    assert (answer.status_code, answer.location) == (303, f"/number/{ticket.id}?lang=en")
    assert (ticket.service, ticket.language, ticket.channel.value) == ("A02", "en", "appointment")
    page = kiosk.get(f"/number/{ticket.id}").text
    assert "Il Suo appuntamento è oggi alle <bdi>10:30</bdi>." in page
    assert "Disoccupazione: DID" in page


def test_the_same_code_gives_the_same_number_in_whatever_language(kiosk: FlaskClient, centre: Centre) -> None:
    expect(centre, "4711")
    ways = {(bring(kiosk, code, language).location or "")[:24] for code, language in [("4711", "it"), ("47 11", "ar")]}
    assert len(ways) == 1
    assert only(centre).language == "it"


def test_who_came_when_the_doors_were_closed_gets_a_number_when_they_open(
    kiosk: FlaskClient, centre: Centre, clock: Hands
) -> None:
    adopt(centre, "hours", always_open=False, hours={"tue": (Opening(start=600, end=780),)})
    expect(centre, "4711")
    assert bring(kiosk, "4711").status_code == 409
    clock.forward(1800)
    assert bring(kiosk, "4711").status_code == 303
    assert only(centre).code == "T001"


def test_a_code_that_nobody_knows_is_told_so_with_everything_else_to_do(kiosk: FlaskClient, centre: Centre) -> None:
    answer = bring(kiosk, "9999")
    assert (answer.status_code, answer.location) == (303, "/appointment?miss=unknown")
    page = kiosk.get(answer.location or "").text
    assert "Questo codice non c'è. Lo controlli e riprovi." in page
    assert "Non serve il codice fiscale." in page
    assert "Chiami un operatore" in page
    assert '<input type="hidden" name="service" value="A22">' in page, "a number without a code"
    assert not centre.day.tickets


def test_without_a_service_for_appointments_who_welcomes_takes_in_who_has_no_code(
    kiosk: FlaskClient, centre: Centre
) -> None:
    few(centre, "A01", "A02")
    assert '<input type="hidden" name="service" value="A01">' in kiosk.get("/appointment").text


def test_the_log_tells_an_appointment_code_to_nobody(kiosk: FlaskClient, centre: Centre) -> None:
    expect(centre, "4712")
    bring(kiosk, "4712")
    with centre.reading() as db:
        (kept,) = db.rows("SELECT command_id FROM event WHERE kind = 'TicketIssued'")
    guesses = (f"{centre.now().local().date()} {code:04d} {attempt}" for code in range(10_000) for attempt in range(2))
    assert kept["command_id"] not in {sha256(one.encode()).hexdigest()[:32] for one in guesses}


def test_an_appointment_of_another_day_is_told_its_day(kiosk: FlaskClient, centre: Centre) -> None:
    expect(centre, "4712", day=date(2026, 11, 26))
    page = bring(kiosk, "4712").text
    assert "Il Suo appuntamento non è di oggi." in page
    assert "Il Suo appuntamento è <bdi>giovedì 26 novembre 2026</bdi> alle <bdi>10:30</bdi>." in page
    assert not centre.day.tickets


def test_guessing_codes_is_slowed_down_and_who_has_one_waits_with_it(kiosk: FlaskClient, centre: Centre) -> None:
    expect(centre, "4711")
    assert {bring(kiosk, str(guess)).location for guess in range(1000, 1010)} == {"/appointment?miss=unknown"}
    answer = bring(kiosk, "4711")
    assert answer.location == "/appointment?miss=too-often"
    assert "Troppe prove. Aspetti un minuto." in kiosk.get(answer.location or "").text
    assert not centre.day.tickets


# --- a clerk called --------------------------------------------------------------------------------------


def test_a_clerk_is_called_from_any_page_and_one_comes(kiosk: FlaskClient, centre: Centre) -> None:
    page = Fields(kiosk.get("/service/A02?lang=en").text)
    for _ in range(2):
        answer = kiosk.post("/staff", data={**page.hidden, "command_id": f"call-{_}-for-staff"})
        assert (answer.status_code, answer.location) == (303, "/staff?back=/service/A02&lang=en")
    assert list(centre.day.helps) == ["totem"]
    assert 'href="/service/A02?lang=en"' in kiosk.get(answer.location or "").text
    assert "Arriva un operatore" in kiosk.get("/area/A").text, "every page shows that somebody comes"


def test_who_needs_no_clerk_any_more_says_so(kiosk: FlaskClient, centre: Centre) -> None:
    centre.handle(c.CallStaff(where="totem"), actor="kiosk", command_id="call-staff-1")
    form = Fields(kiosk.get("/staff?back=/area/A").text).hidden
    answer = kiosk.post("/staff/settled", data=form)
    assert (answer.status_code, answer.location) == (303, "/area/A")
    assert not centre.day.helps


def test_a_clerk_who_answered_is_no_longer_announced(kiosk: FlaskClient, centre: Centre) -> None:
    centre.handle(c.CallStaff(where="totem"), actor="kiosk", command_id="call-staff-1")
    centre.handle(c.AnswerStaff(where="totem", counter="1"), actor="1", command_id="answer-1")
    page = kiosk.get("/staff").text
    assert "Un operatore ha risposto." in page
    assert "Arriva un operatore" not in page


def test_who_does_not_know_what_to_ask_for_is_listened_to(kiosk: FlaskClient, centre: Centre) -> None:
    page = kiosk.get("/unsure").text
    assert "Un operatore La ascolta." in page
    kiosk.post("/take", data=Fields(page).hidden | {"service": "A01"})
    assert only(centre).service == "A01"
    few(centre, "A02", "A06")
    page = kiosk.get("/unsure").text
    assert "Un operatore La aiuta a scegliere." in page
    assert "/take" not in page


# --- no number ---------------------------------------------------------------------------------------


def test_who_will_hardly_be_called_today_is_told_before_the_number(
    kiosk: FlaskClient, centre: Centre, clock: Hands
) -> None:
    assert "Oggi forse non riusciamo" not in kiosk.get("/service/A02").text
    few(centre, "A02", always_open=False, places=centre.day.plan.places[:1])
    clock.forward(2.9 * 3600)
    for _ in range(12):
        take(kiosk, "A02")
    page = kiosk.get("/service/A02").text
    assert "Oggi forse non riusciamo a chiamarLa prima delle <bdi>13:00</bdi>." in page
    assert "Prendo il numero lo stesso" in page
    assert "Chiami un operatore" in page


def test_a_closed_service_stays_and_says_when_it_reopens(kiosk: FlaskClient, centre: Centre) -> None:
    few(centre, "A01", "A02", always_open=False)
    windowed = (Offer(service="A01", letter="H"), Offer(service="A02", letter="T", window=Opening(start=900, end=960)))
    adopt(centre, "window", offers=windowed)
    assert "Ora è chiuso. Riapre oggi alle <bdi>15:00</bdi>." in kiosk.get("/").text
    page = kiosk.get("/service/A02").text
    assert "Documento d&#39;identità" in page, "what to bring is worth knowing for the next time"
    assert "/take" not in page
    assert "Non so: aiutatemi" in page


def test_a_closed_centre_shows_its_hours(kiosk: FlaskClient, centre: Centre, clock: Hands) -> None:
    adopt(centre, "hours", always_open=False)
    clock.forward(4 * 3600)  # 13:30 on a Tuesday
    page = kiosk.get("/").text
    assert "Riapre oggi alle <bdi>15:00</bdi>." in page
    assert "9:00–13:00 · 15:00–17:00" in page
    clock.forward(4 * 3600)
    assert "Riapre domani alle <bdi>9:00</bdi>." in kiosk.get("/").text


def test_a_day_closed_by_hand_reopens_tomorrow_at_the_earliest(kiosk: FlaskClient, centre: Centre) -> None:
    adopt(centre, "hours", always_open=False)
    centre.handle(c.OpenDay(), actor="test", command_id="open-the-day")
    centre.handle(c.CloseDay(), actor="test", command_id="close-the-day")
    assert "Riapre domani alle <bdi>9:00</bdi>." in kiosk.get("/").text


def test_a_form_sent_after_closing_is_refused_in_plain_words(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    adopt(centre, "closed", always_open=False, hours={})
    answer = kiosk.post("/take", data=form)
    assert answer.status_code == 409
    assert "Ora non si danno numeri per questo servizio." in answer.text
    assert 'href="/"' in answer.text
    assert "Chiami un operatore" in answer.text
    assert centre.day.turned_away == 1
    assert not centre.day.tickets


def test_a_full_quota_says_so_before_and_after_the_tap(kiosk: FlaskClient, centre: Centre) -> None:
    adopt(centre, "quota", offers=(Offer(service="A02", letter="T", quota=1),))
    late = Fields(kiosk.get("/service/A02").text).hidden
    take(kiosk, "A02")
    assert "I numeri di oggi sono finiti." in kiosk.get("/").text
    answer = kiosk.post("/take", data=late)
    assert answer.status_code == 409
    assert "I numeri di oggi sono finiti." in answer.text


def test_a_full_day_says_when_numbers_are_given_again(kiosk: FlaskClient, centre: Centre) -> None:
    adopt(centre, "quota", offers=(Offer(service="A02", letter="T", quota=0),), always_open=False)
    page = kiosk.get("/").text
    assert "I numeri di oggi sono finiti." in page
    assert "Altri numeri: domani alle <bdi>9:00</bdi>." in page
    assert "Ho un appuntamento" in page, "who is expected is let in while the doors are open"


def test_stopped_issuing_says_whom_to_ask(kiosk: FlaskClient, centre: Centre) -> None:
    take(kiosk, "A02")
    centre.handle(c.StopIssuing(why="guasto"), actor="test", command_id="stop-issuing")
    page = kiosk.get("/").text
    assert "Ora il totem non dà numeri." in page
    assert "Chiami un operatore" in page
    assert "guasto" not in page, "the staff's reason is the staff's"


def test_an_unknown_service_is_refused(kiosk: FlaskClient, centre: Centre) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    answer = kiosk.post("/take", data={**form, "service": "Z99"})
    assert answer.status_code == 409
    assert "Questo servizio qui non c&#39;è." in answer.text


@pytest.mark.parametrize("missing", ["csrf_token", "command_id"])
def test_a_form_without_its_marks_gives_no_number(kiosk: FlaskClient, centre: Centre, missing: str) -> None:
    form = Fields(kiosk.get("/service/A02").text).hidden
    del form[missing]
    answer = kiosk.post("/take", data=form)
    assert answer.status_code == 400
    assert "Qualcosa non è riuscito. Ricominci." in answer.text
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


# --- has it come out? --------------------------------------------------------------------------------


def in_doubt(kiosk: FlaskClient, centre: Centre, state: JobState = JobState.UNKNOWN) -> str:
    """A number whose sheet may be out or not; the address of its page."""
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    become(centre, state)
    return where


def say(kiosk: FlaskClient, where: str, out: str, copy: int = 0) -> None:
    page = Fields(kiosk.get(where).text)
    sent = {**page.hidden, "command_id": f"answer-{out}-{copy}", "copy": str(copy), "out": out}
    assert kiosk.post(f"{where}/paper", data=sent).status_code == 303


def sheet(centre: Centre) -> spool.Printing:
    with centre.reading() as db:
        found = spool.of_ticket(db, only(centre).id)
    assert found is not None
    return found


@pytest.mark.parametrize("state", [JobState.HELD, JobState.TORN, JobState.UNKNOWN, JobState.SENT])
def test_who_holds_the_paper_is_the_best_evidence(kiosk: FlaskClient, centre: Centre, state: JobState) -> None:
    where = in_doubt(kiosk, centre, state)
    say(kiosk, where, "yes")
    found = sheet(centre)
    assert (found.state, found.evidence, found.job.copy) == (JobState.CONFIRMED, 6, 0)
    assert kiosk.get(f"{where}/paper.json").json == {"paper": "out", "copy": 0, "elsewhere": ""}


def test_who_got_no_paper_gets_a_copy_and_never_a_second_original(kiosk: FlaskClient, centre: Centre) -> None:
    where = in_doubt(kiosk, centre)
    say(kiosk, where, "no")
    say(kiosk, where, "no")  # the same question answered twice: one copy
    assert (sheet(centre).job.copy, sheet(centre).job.slip.copy, sheet(centre).state) == (1, 1, JobState.QUEUED)
    assert kiosk.get(f"{where}/paper.json").json == {"paper": "coming", "copy": 1, "elsewhere": ""}


def test_an_answer_about_a_sheet_that_is_no_longer_in_doubt_changes_nothing(kiosk: FlaskClient, centre: Centre) -> None:
    where = in_doubt(kiosk, centre)
    say(kiosk, where, "yes", copy=3)
    assert sheet(centre).state is JobState.UNKNOWN
    say(kiosk, where, "yes")
    say(kiosk, where, "no")
    assert (sheet(centre).state, sheet(centre).job.copy) == (JobState.CONFIRMED, 0)


def test_a_printer_that_is_out_of_paper_is_told_while_the_slip_may_still_come(
    kiosk: FlaskClient, centre: Centre, clock: Hands
) -> None:
    spooling.report(centre, "totem", PrinterStatus(online=False, paper=False, code="paper_out", source="asb"))
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    assert 'data-paper="coming"' in kiosk.get(where).text
    clock.forward(2)
    assert 'data-paper="late"' in kiosk.get(where).text
    spooling.report(centre, "totem", PrinterStatus(online=True, paper=True, source="asb"))
    assert 'data-paper="coming"' in kiosk.get(where).text


def test_nothing_is_promised_while_nobody_prints(kiosk: FlaskClient, clock: Hands) -> None:
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    clock.forward(5)
    assert 'data-paper="late"' in kiosk.get(where).text


def test_a_slip_that_comes_out_of_another_printer_is_looked_for_there(
    kiosk: FlaskClient, centre: Centre, clock: Hands
) -> None:
    desk = PrinterSetup(name="banco", uri="virtual:", role=Role.BACKUP)
    centre.write(lambda db: printers.keep_printer(db, desk, 1))
    centre.write(lambda db: printers.keep_printer(db, replace(TOTEM, backup="banco"), 1))
    spooling.report(centre, "totem", PrinterStatus(online=False))
    spooling.report(centre, "banco", PrinterStatus(online=True))
    where = (take(kiosk, "A02").location or "").partition("?")[0]
    clock.forward(2)
    assert 'data-paper="coming"' in kiosk.get(where).text
    begun(centre, "banco")
    assert kiosk.get(f"{where}/paper.json").json == {"paper": "coming", "copy": 0, "elsewhere": "banco"}
    assert "alla stampante «<bdi" in kiosk.get(where).text
