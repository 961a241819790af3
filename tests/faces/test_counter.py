"""The clerk's desk, asked over HTTP as a browser without scripts asks it."""

import re
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from counter.clerks import pseudonym
from counter.windows import Windows
from sportello import passwords, web
from sportello.centre import Centre
from sportello.domain import events as e
from sportello.domain.commands import CallNext, CallStaff, CloseDay, Command, IssueTicket, OpenCounter
from sportello.domain.events import Recorded
from sportello.domain.slips import JobState
from sportello.domain.tickets import Status, Ticket
from sportello.ledger import access, log
from sportello.ledger.access import Person, Role
from tests.faces.conftest import Hands
from tests.paper.jobs import become

PASSWORD = "quattro parole da ricordare"
Do = Callable[[Command], Sequence[Recorded]]
Take = Callable[..., Ticket]


@pytest.fixture
def do(centre: Centre) -> Do:
    """Something done by somebody else: another counter, the kiosk."""
    return lambda command: centre.handle(command, actor="other", command_id=web.new_command_id())


@pytest.fixture
def take(centre: Centre, do: Do) -> Take:
    """A visitor takes a number."""

    def taken(service: str = "A01", *, priority: bool = False, language: str = "it") -> Ticket:
        recorded = do(IssueTicket(service=service, priority=priority, language=language))
        issued = next(one.event for one in recorded if isinstance(one.event, e.TicketIssued))
        return centre.day.tickets[issued.ticket]

    return taken


def keep(centre: Centre, name: str, role: Role = Role.CLERK) -> None:
    person = Person(name=name, role=role, password=passwords.hash(PASSWORD), once=False)
    centre.write(lambda db: access.keep_person(db, person, centre.now().wall_ms))


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, f"the page has no {name}"
    return found[1]


class Clerk:
    """Somebody who signed in and sits at a counter."""

    def __init__(self, app: APIFlask, name: str, counter: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        page = self.client.get("/sign-in").text
        form = {"csrf_token": field(page, "csrf_token"), "name": name, "password": PASSWORD}
        assert self.client.post("/sign-in", data=form).status_code == 303
        self.counter = counter
        if counter:
            assert self.post("open").status_code == 303

    def page(self, path: str = "") -> str:
        answer = self.client.get(f"/counter/{self.counter}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def window(self) -> str:
        """Open the desk in one more window; its number."""
        found = re.search(r'data-window="(\d+)"', self.page())
        assert found
        return found[1]

    def post(
        self, act: str, *, command_id: str = "", part: bool = False, window: str = "", **form: str
    ) -> TestResponse:
        csrf = field(self.client.get("/counter/").text, "csrf_token")
        form |= {"csrf_token": csrf, "command_id": command_id or web.new_command_id()}
        form["window"] = window or self.window()
        return self.client.post(f"/counter/{self.counter}/{act}", data=form, headers={"X-Part": "1"} if part else {})


@pytest.fixture
def anna(app: APIFlask, centre: Centre) -> Clerk:
    keep(centre, "anna")
    return Clerk(app, "anna", "1")


@pytest.fixture
def bruno(app: APIFlask, centre: Centre) -> Clerk:
    keep(centre, "bruno")
    return Clerk(app, "bruno", "2")


def in_hand(centre: Centre, counter: str) -> Ticket:
    held = centre.day.in_hand(counter)
    assert held is not None
    return held


# --- who may sit where ---------------------------------------------------------------------------


def test_nobody_reaches_the_desk_without_signing_in(app: APIFlask) -> None:
    for path in ("/counter/", "/counter/1/", "/counter/1/now", "/counter/1/numbers", "/counter/1/fault"):
        answer = app.test_client().get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location


def test_a_kiosk_account_does_not_reach_the_desk(app: APIFlask, centre: Centre) -> None:
    keep(centre, "totem", Role.KIOSK)
    assert Clerk(app, "totem").client.get("/counter/").status_code == 403


def test_the_list_tells_free_counters_from_taken_ones(anna: Clerk, bruno: Clerk) -> None:
    page = anna.client.get("/counter/").text
    assert page.count("è il Suo: continui") == 1
    assert page.count("occupato: prenda il posto") == 1
    assert page.count("libero: apra") == 4


def test_the_log_knows_no_name_of_a_clerk(anna: Clerk, centre: Centre) -> None:
    clerk = centre.day.counter("1").clerk
    assert re.fullmatch(r"[0-9a-f]{8}", clerk)
    told = "".join(map(repr, _log(centre)))
    assert clerk in told
    assert "anna" not in told


def _log(centre: Centre) -> Sequence[Recorded]:
    with centre.reading() as db:
        return list(log.since(db, centre.code, 1, 0))


def test_a_pseudonym_cannot_be_joined_from_day_to_day() -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert pseudonym("anna", monday, b"key") == pseudonym("anna", monday, b"key")
    assert pseudonym("anna", monday, b"key") != pseudonym("anna", tuesday, b"key")
    assert pseudonym("anna", monday, b"key") != pseudonym("anna", monday, b"other key")


def test_an_unknown_counter_is_not_there(anna: Clerk) -> None:
    assert anna.client.get("/counter/99/").status_code == 404


def test_who_does_not_sit_at_a_counter_cannot_act_there(anna: Clerk, bruno: Clerk, take: Take, centre: Centre) -> None:
    take()
    anna.counter = "2"
    answer = anna.post("next", in_hand="")
    assert answer.status_code == 409
    assert "ora c'è un altro operatore" in answer.text
    assert centre.day.in_hand("2") is None


def test_a_second_clerk_takes_the_seat_and_the_first_can_take_it_back(anna: Clerk, bruno: Clerk) -> None:
    anna.counter = "2"
    assert "ora c'è un altro operatore" in anna.page()
    assert anna.post("open").status_code == 303
    assert "Chiama il prossimo" in anna.page()
    assert "ora c'è un altro operatore" in bruno.page()


def test_a_counter_with_somebody_in_hand_is_not_closed(anna: Clerk, take: Take, centre: Centre) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    refused = anna.post("close")
    assert refused.status_code == 409
    assert ticket.code in refused.text
    anna.post("finish", ticket=ticket.id)
    assert anna.post("close").location == "/counter/"
    assert not centre.day.counter("1").open


# --- one ticket after the other ------------------------------------------------------------------


def test_the_ordinary_round_of_a_ticket(anna: Clerk, take: Take, centre: Centre, clock: Hands) -> None:
    first, second = take(), take()
    clock.forward(7 * 60)
    assert anna.post("next", in_hand="").location == "/counter/1/"
    page = anna.page()
    assert first.code in page
    assert "7 min" in page
    assert "promessi 15" in page
    assert "è il più vicino al tempo promesso" in page
    anna.post("start", ticket=first.id)
    assert in_hand(centre, "1").status is Status.SERVING
    anna.post("next", in_hand=first.id)
    assert centre.day.tickets[first.id].status is Status.FINISHED
    assert in_hand(centre, "1").id == second.id


def test_the_desk_says_who_comes_next_and_why(anna: Clerk, take: Take) -> None:
    take("A01")
    urgent = take("A02", priority=True)
    page = anna.page()
    assert re.search(rf"Il prossimo:\s*<strong>{urgent.code}</strong>, è il turno della precedenza", page)


def test_a_double_click_calls_one_ticket(anna: Clerk, take: Take, centre: Centre) -> None:
    first, second = take(), take()
    for _ in range(2):
        assert anna.post("next", command_id="the-same-form", in_hand="").status_code == 303
    assert in_hand(centre, "1").id == first.id
    assert centre.day.tickets[second.id].status is Status.WAITING


def test_a_screen_left_behind_does_not_finish_somebody_else(anna: Clerk, take: Take, centre: Centre) -> None:
    first, second = take(), take()
    anna.post("next", in_hand="")
    anna.post("next", in_hand=first.id)
    late = anna.post("next", in_hand=first.id)
    assert late.status_code == 409
    assert "Intanto allo sportello è cambiato il numero" in late.text
    assert in_hand(centre, "1").id == second.id
    assert second.code in late.text, "the refusal comes with the desk as it is"


def test_the_ticket_of_another_counter_cannot_be_touched(anna: Clerk, bruno: Clerk, take: Take, centre: Centre) -> None:
    ticket = take()
    bruno.post("next", in_hand="")
    for act in ("start", "finish", "recall", "no-show", "hold", "transfer", "leave", "requeue"):
        refused = anna.post(act, ticket=ticket.id, service="A02")
        assert refused.status_code == 409, act
        assert "Il numero è allo sportello 2." in refused.text, act
    refused = anna.post("call", ticket=ticket.id, why="conosco la persona")
    assert "già stato chiamato dallo sportello 2" in refused.text
    assert in_hand(centre, "2").status is Status.CALLED


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("no-show", Status.NO_SHOW),
        ("hold", Status.HELD),
        ("finish", Status.FINISHED),
        ("requeue", Status.WAITING),
        ("leave", Status.LEFT),
        ("start", Status.SERVING),
    ],
)
def test_an_act_is_undone_within_five_seconds(
    anna: Clerk, take: Take, centre: Centre, clock: Hands, act: str, status: Status
) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    clock.forward(60)
    anna.post(act, ticket=ticket.id)
    assert centre.day.tickets[ticket.id].status is status
    clock.forward(4.5)
    assert 'id="act-undo"' in anna.page()
    anna.post("undo", ticket=ticket.id)
    assert in_hand(centre, "1").status is Status.CALLED


def test_after_five_seconds_an_undo_is_not_offered_and_says_why(
    anna: Clerk, take: Take, centre: Centre, clock: Hands
) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    clock.forward(60)
    anna.post("no-show", ticket=ticket.id)
    clock.forward(5.1)
    assert 'id="act-undo"' not in anna.page()
    clock.forward(1)
    refused = anna.post("undo", ticket=ticket.id)
    assert refused.status_code == 409
    assert "sono passati più di 5 secondi" in refused.text
    assert centre.day.tickets[ticket.id].status is Status.NO_SHOW


def test_undoing_a_call_gives_back_who_was_finished_by_it(anna: Clerk, take: Take, centre: Centre) -> None:
    first, second = take(), take()
    anna.post("next", in_hand="")
    anna.post("next", in_hand=first.id)
    anna.post("undo", ticket=second.id)
    assert in_hand(centre, "1").id == first.id
    assert centre.day.tickets[second.id].status is Status.WAITING


# --- out of turn ---------------------------------------------------------------------------------


def test_a_number_is_called_out_of_turn_only_with_a_reason(anna: Clerk, take: Take, centre: Centre) -> None:
    take()
    wanted = take("A02")
    refused = anna.post("call", ticket=wanted.id, why="  ")
    assert refused.status_code == 409
    assert "Scriva il motivo." in refused.text
    anna.post("call", ticket=wanted.id, why="accordo con un collega")
    assert in_hand(centre, "1").id == wanted.id
    assert "scelto dall'operatore" in anna.page()


def test_choosing_in_a_stale_window_finishes_nobody(anna: Clerk, take: Take, centre: Centre) -> None:
    first, wanted = take(), take("A02")
    stale = anna.page("numbers")
    assert 'name="in_hand" value=""' in stale
    anna.post("next", in_hand="")
    refused = anna.post("call", ticket=wanted.id, why="accordo con un collega", in_hand="")
    assert refused.status_code == 409
    assert in_hand(centre, "1").id == first.id


def test_the_list_finds_a_number_without_its_zeros(anna: Clerk, take: Take) -> None:
    first, other = take("A01"), take("A02")
    short = f"{first.letter}{first.number}".lower()
    page = anna.page(f"numbers?q={short}")
    assert first.code in page
    assert other.code not in page


def test_who_was_put_aside_is_resumed_and_who_did_not_come_is_put_back(
    anna: Clerk, take: Take, centre: Centre, clock: Hands
) -> None:
    held, absent = take(), take()
    anna.post("next", in_hand="")
    anna.post("hold", ticket=held.id)
    anna.post("next", in_hand="")
    clock.forward(60)
    anna.post("no-show", ticket=absent.id)
    page = anna.page("numbers")
    assert "Riprendi" in page
    assert "Rimetti in coda" in page
    anna.post("requeue", ticket=absent.id)
    assert centre.day.tickets[absent.id].status is Status.WAITING
    anna.post("resume", ticket=held.id)
    assert in_hand(centre, "1").id == held.id


def test_precedence_is_given_and_taken_away_without_a_reason(anna: Clerk, take: Take, centre: Centre) -> None:
    ticket = take()
    anna.post("priority?priority=1", ticket=ticket.id)
    assert centre.day.tickets[ticket.id].priority
    anna.post("priority?priority=0", ticket=ticket.id)
    assert not centre.day.tickets[ticket.id].priority


def test_a_transfer_keeps_the_arrival_and_waits_for_the_chosen_counter(
    anna: Clerk, bruno: Clerk, take: Take, centre: Centre, clock: Hands
) -> None:
    ticket = take("A01")
    anna.post("next", in_hand="")
    assert "A qualsiasi sportello" in anna.page(f"transfer/{ticket.id}")
    clock.forward(600)
    anna.post("transfer", ticket=ticket.id, service="A02", to_counter="2")
    moved = centre.day.tickets[ticket.id]
    assert (moved.service, moved.leg.counter, moved.clock_start_ms) == ("A02", "2", ticket.clock_start_ms)
    assert "e 1 per altri sportelli" in anna.page()
    bruno.post("next", in_hand="")
    assert in_hand(centre, "2").id == ticket.id
    assert "viene da: Informazioni e accoglienza" in bruno.page()


def test_a_number_is_voided_only_with_a_reason(anna: Clerk, take: Take, centre: Centre) -> None:
    ticket = take()
    assert anna.post("void", ticket=ticket.id, why="").status_code == 409
    anna.post("void", ticket=ticket.id, why="prova")
    assert centre.day.tickets[ticket.id].status is Status.VOIDED


# --- called in vain, put aside, sent on ----------------------------------------------------------


def test_who_was_called_once_is_absent_only_after_a_minute(
    anna: Clerk, take: Take, centre: Centre, clock: Hands
) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    clock.forward(59)
    refused = anna.post("no-show", ticket=ticket.id)
    assert refused.status_code == 409
    assert "dopo 2 chiamate, o dopo 60 secondi" in refused.text
    assert in_hand(centre, "1").status is Status.CALLED
    clock.forward(1)
    anna.post("no-show", ticket=ticket.id)
    assert centre.day.tickets[ticket.id].status is Status.NO_SHOW


def test_who_was_called_twice_is_absent_at_once_and_only_these_calls_count(
    anna: Clerk, take: Take, centre: Centre
) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    anna.post("recall", ticket=ticket.id)
    anna.post("no-show", ticket=ticket.id)
    assert centre.day.tickets[ticket.id].status is Status.NO_SHOW
    anna.post("requeue", ticket=ticket.id)
    anna.post("next", in_hand="")
    assert anna.post("no-show", ticket=ticket.id).status_code == 409, "back in line, the calls begin anew"


def test_who_was_absent_stands_on_the_desk_for_a_quarter_of_an_hour(
    anna: Clerk, bruno: Clerk, take: Take, centre: Centre, clock: Hands
) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    clock.forward(60)
    anna.post("no-show", ticket=ticket.id)
    page = anna.page()
    assert "Recuperabili" in page
    assert "fino alle 09:46" in page
    assert "Recuperabili" not in bruno.page(), "the visitor was called to the other counter"
    clock.forward(15 * 60 - 1)
    assert f'id="call-{ticket.code}"' in anna.page()
    clock.forward(1)
    assert "Recuperabili" not in anna.page()
    assert ticket.code in anna.page("numbers")
    anna.post("call", ticket=ticket.id, why="Arrivato dopo la chiamata", in_hand="")
    assert in_hand(centre, "1").id == ticket.id


def test_who_was_put_aside_here_has_a_mark_and_comes_back_when_the_hand_is_free(
    anna: Clerk, bruno: Clerk, take: Take
) -> None:
    first, second = take(), take()
    for ticket in (first, second):
        anna.post("next", in_hand="")
        anna.post("hold", ticket=ticket.id)
    marks = re.findall(r'class="mark (\w+)"', anna.page())
    assert len(set(marks)) == 2
    assert 'class="mark' not in bruno.page()
    anna.post("resume", ticket=first.id)
    page = anna.page()
    assert f"Prima concluda il numero {first.code}." in page
    assert len(re.findall(r'class="mark (\w+)"', page)) == 1


def test_a_visitor_sent_on_comes_back_to_who_sent_them(anna: Clerk, bruno: Clerk, take: Take, centre: Centre) -> None:
    ticket = take("A01")
    anna.post("next", in_hand="")
    anna.post("transfer", ticket=ticket.id, service="A02", to_counter="2", returns="1")
    bruno.post("next", in_hand="")
    assert "poi torna: Sportello 1" in bruno.page()
    bruno.post("finish", ticket=ticket.id)
    back = centre.day.tickets[ticket.id]
    assert (back.status, back.service, back.leg.counter) == (Status.WAITING, "A01", "1")


# --- without a number from the kiosk -------------------------------------------------------------


def test_a_walk_in_waits_in_line_and_the_number_is_shown_to_be_said(anna: Clerk, centre: Centre) -> None:
    assert "Ricevi subito" in anna.page("walk-in")
    answer = anna.post("walk-in", service="A02", language="ar", priority="1", at_once="0", in_hand="")
    ticket = next(iter(centre.day.tickets.values()))
    assert (ticket.service, ticket.language, ticket.priority, ticket.paper) == ("A02", "ar", True, False)
    assert ticket.status is Status.WAITING
    page = anna.client.get(answer.location).text
    assert f"<bdi>{ticket.code}</bdi>" in page
    assert '<bdi lang="ar" dir="rtl">العربية</bdi>' in page


def test_a_walk_in_received_at_once_finishes_who_was_there(anna: Clerk, take: Take, centre: Centre) -> None:
    first = take()
    anna.post("next", in_hand="")
    assert f"Concludi {first.code} e ricevi subito" in anna.page("walk-in")
    stale = anna.post("walk-in", service="A02", at_once="1", in_hand="")
    assert stale.status_code == 409
    anna.post("walk-in", service="A02", at_once="1", in_hand=first.id)
    assert centre.day.tickets[first.id].status is Status.FINISHED
    assert in_hand(centre, "1").service == "A02"


def test_the_language_of_the_visitor_stands_by_its_own_name_before_they_sit(anna: Clerk, take: Take) -> None:
    take(language="zh")
    written = '<bdi class="strong" lang="zh-Hans" dir="ltr">中文</bdi>'
    assert written in anna.page(), "of who comes next"
    anna.post("next", in_hand="")
    assert written in anna.page(), "of who is called"


# --- pause, help ---------------------------------------------------------------------------------


def test_a_counter_pauses_with_nobody_in_hand_and_calling_goes_on(anna: Clerk, take: Take, centre: Centre) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    assert f"Prima concluda il numero {ticket.code}, poi la pausa." in anna.page()
    assert anna.post("pause").status_code == 409
    anna.post("finish", ticket=ticket.id)
    anna.post("pause")
    assert centre.day.counter("1").paused
    assert "In pausa" in anna.page()
    anna.post("unpause")
    assert not centre.day.counter("1").paused


def test_every_desk_sees_where_help_is_wanted_until_one_clerk_goes(
    anna: Clerk, bruno: Clerk, do: Do, centre: Centre
) -> None:
    do(CallStaff(where="Totem ingresso"))
    assert "Chiedono aiuto: Totem ingresso" in anna.page()
    assert "Chiedono aiuto: Totem ingresso" in bruno.page()
    bruno.post("answer", where="Totem ingresso")
    assert not centre.day.helps
    assert "Chiedono aiuto" not in anna.page()


# --- two windows ---------------------------------------------------------------------------------


def test_the_newest_window_holds_the_desk_and_an_older_one_does_nothing(
    anna: Clerk, take: Take, centre: Centre
) -> None:
    take()
    older, newer = anna.window(), anna.window()
    refused = anna.post("next", in_hand="", window=older)
    assert refused.status_code == 409
    assert "Sportello aperto altrove." in refused.text
    assert centre.day.in_hand("1") is None
    assert anna.post("close", window=older).status_code == 409
    assert anna.post("next", in_hand="", window=newer).status_code == 303


def test_who_only_looks_at_a_counter_takes_it_from_nobody(anna: Clerk, bruno: Clerk, take: Take) -> None:
    take()
    window = anna.window()
    bruno.counter = "1"
    bruno.page()
    assert anna.post("next", in_hand="", window=window).status_code == 303


def test_an_older_window_takes_the_desk_back(anna: Clerk, take: Take, centre: Centre) -> None:
    take()
    anna.window()
    answer = anna.post("open", part=True)
    found = re.search(r'data-window="(\d+)"', answer.text)
    assert found
    assert anna.post("next", in_hand="", window=found[1]).status_code == 303
    assert centre.day.in_hand("1") is not None


def test_after_a_restart_the_newest_window_is_still_the_newest() -> None:
    before = Windows()
    older, newer = before.opened("1", 1000), before.opened("1", 1000)
    after = Windows()
    assert after.holds("1", older, 2000), "nobody newer was heard of yet"
    assert after.holds("1", newer, 2000)
    assert not after.holds("1", older, 2000)
    assert not after.holds("1", 3000, 2000), "a number from the future is nobody's"


# --- load, fault, day ----------------------------------------------------------------------------


def test_the_load_marks_a_broken_promise_in_words_and_shape(anna: Clerk, take: Take, clock: Hands) -> None:
    take("A01")
    clock.forward(15 * 60)
    assert "oltre il tempo promesso" not in anna.page(), "the standard is kept up to its last second"
    clock.forward(20)
    page = anna.page()
    assert "oltre il tempo promesso" in page
    assert "▲" in page
    assert "16 min" in page, "rounded up, so that 15:20 of 15 is not told as 15"


def test_todays_visits_are_counted_by_service_in_the_whole_centre(anna: Clerk, bruno: Clerk, take: Take) -> None:
    for clerk in (anna, bruno):
        ticket = take()
        clerk.post("next", in_hand="")
        clerk.post("finish", ticket=ticket.id)
    assert "Oggi nel centro, visite concluse: 2" in anna.page()
    assert "Oggi nel centro, visite concluse: 2" in bruno.page(), "the same for whoever looks"


def test_numbers_are_stopped_for_a_fault_and_given_again(anna: Clerk, centre: Centre) -> None:
    assert "Scriva il motivo." in anna.post("stop", service="", why="").text
    anna.post("stop", service="", why="rete ferma")
    assert dict(centre.day.stopped) == {"": "rete ferma"}
    assert "Numeri sospesi per tutti i servizi." in anna.page()
    assert "rete ferma" in anna.page("fault")
    anna.post("go-on", service="")
    assert not centre.day.stopped


def test_on_a_closed_day_the_desk_says_so(anna: Clerk, do: Do) -> None:
    do(CloseDay())
    assert "Lo sportello è chiuso." in anna.page()
    anna.post("open")
    assert "La giornata non è aperta" in anna.page()
    refused = anna.post("next", in_hand="")
    assert "La giornata è chiusa." in refused.text


def test_the_next_of_two_counters_are_two_tickets(anna: Clerk, bruno: Clerk, take: Take, centre: Centre) -> None:
    take(), take()
    anna.post("next", in_hand="")
    bruno.post("next", in_hand="")
    assert in_hand(centre, "1").id != in_hand(centre, "2").id


# --- the moving part -----------------------------------------------------------------------------


def test_the_moving_part_is_sent_only_when_something_changed(anna: Clerk, bruno: Clerk, take: Take) -> None:
    asked = f"/counter/1/now?window={anna.window()}&seen="
    seen = anna.client.get(asked).headers["X-Desk-Version"]
    assert anna.client.get(asked + seen).status_code == 204
    take()
    changed = anna.client.get(asked + seen)
    assert changed.status_code == 200
    assert '<strong id="waiting">1</strong>' in changed.text


def test_the_moving_part_counts_seconds_in_headers(anna: Clerk, take: Take, clock: Hands) -> None:
    take()
    anna.post("next", in_hand="")
    clock.forward(3)
    answer = anna.client.get("/counter/1/now")
    assert answer.headers["X-Timer-Seconds"] == "3"
    assert answer.headers["X-Undo-Milliseconds"] == "2000"


def test_an_act_asked_by_a_script_answers_with_the_desk_after_it(anna: Clerk, take: Take) -> None:
    ticket = take()
    answer = anna.post("next", part=True, in_hand="")
    assert answer.status_code == 200
    assert ticket.code in answer.text
    assert "<html" not in answer.text
    refused = anna.post("next", part=True, in_hand="")
    assert refused.status_code == 409
    assert 'data-problem="Intanto allo sportello' in refused.text


def test_a_form_without_its_token_is_not_taken(anna: Clerk, take: Take, centre: Centre) -> None:
    take()
    answer = anna.client.post("/counter/1/next", data={"command_id": web.new_command_id(), "in_hand": ""})
    assert answer.status_code == 400
    assert centre.day.in_hand("1") is None


def test_an_act_that_does_not_exist_is_not_there(anna: Clerk) -> None:
    assert anna.post("promote").status_code == 404


def test_the_language_stays_from_page_to_page(anna: Clerk) -> None:
    page = anna.client.get("/counter/1/?lang=en").text
    assert re.search(r'action="/counter/1/next\?lang=en&amp;window=\d+"', page)
    assert re.search(r'href="/counter/1/numbers\?lang=en&amp;window=\d+"', page)


def test_a_counter_opened_by_a_program_can_be_taken(anna: Clerk, do: Do, take: Take, centre: Centre) -> None:
    take()
    do(OpenCounter(counter="3"))
    do(CallNext(counter="3"))
    anna.counter = "3"
    assert "ora c'è un altro operatore" in anna.page()
    anna.post("open")
    assert in_hand(centre, "3").code in anna.page()


def test_a_page_of_the_desk_holds_no_inline_script_or_style(anna: Clerk, take: Take) -> None:
    ticket = take()
    anna.post("next", in_hand="")
    for path in ("", "numbers", f"transfer/{ticket.id}", f"void/{ticket.id}", "fault", "walk-in", "keys"):
        page = anna.page(path)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", page), path


def test_every_desk_sees_which_waiting_numbers_may_have_no_paper(anna: Clerk, do: Do, centre: Centre) -> None:
    do(IssueTicket(service="A01"))
    assert "Forse senza biglietto" not in anna.page()
    become(centre, JobState.UNKNOWN)
    (ticket,) = centre.day.tickets.values()
    assert f"Forse senza biglietto: {ticket.code}." in anna.page()
    do(CallNext(counter="1"))
    assert "Forse senza biglietto" not in anna.page()
