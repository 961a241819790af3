"""The API call by call: what it answers, in exactly which shape."""

import csv
import io
from typing import Any

import pytest

from sportello.centre import Centre
from sportello.domain import commands as c
from tests.faces.conftest import a_past

SERVICE = {"code", "title", "label", "area", "letter", "open", "closed", "waiting", "estimate", "standard", "left"}
TICKET = {
    "id", "number", "letter", "service", "status", "language", "priority", "channel", "charter", "standard",
    "issued_at", "called_at", "started_at", "ended_at", "wait_s", "counter", "calls", "ahead", "estimate", "print",
}  # fmt: skip
ROW = {
    "service", "title", "standard", "charter", "group", "n", "within", "share", "p50", "p90", "max", "unserved",
    "left", "no_show", "voided", "suspect", "turned_away", "waiting", "outcome",
    "indicator", "leg", "excused", "without_share", "without_outcome", "unmeasured", "coverage",
}  # fmt: skip
COLUMNS = ["ticket_id", "service", "arrival_ts", "called_ts", "start_ts", "end_ts", "outcome"]
DAY = "from=2026-11-24&to=2026-11-24"


# --- what is on offer ----------------------------------------------------------------------------


def test_services_come_with_letter_queue_and_declared_standard(api: Any) -> None:
    api.ticket("A01")
    answer = api.get("/services", role="kiosk")
    assert answer.status_code == 200
    first = answer.json["services"][0]
    assert set(first) == SERVICE
    assert (first["code"], first["letter"], first["open"], first["waiting"]) == ("A01", "H", True, 1)
    assert first["standard"] == {"code": "TEMP-A01", "threshold_s": 900, "share": "0.9", "demonstrative": True}
    assert first["estimate"] is None  # nobody can guess a wait from one visitor


def test_services_are_told_in_the_language_asked_for(api: Any) -> None:
    titles = {
        language: api.get("/services", Accept_Language=language).json["services"][0]["title"]
        for language in ("it", "en", "xx")
    }
    assert titles["it"] == "Accoglienza e informazione" == titles["xx"]
    assert titles["en"] != titles["it"]


def test_an_estimate_comes_from_the_days_before_and_stays_with_its_number(api: Any, centre: Centre, clock: Any) -> None:
    centre.handle(c.OpenCounter(counter="1", clerk="x"), actor="test", command_id="open")
    assert api.get("/services").json["services"][0]["estimate"] is None
    a_past(centre)
    centre.handle(c.OpenCounter(counter="2", clerk="x"), actor="test", command_id="another")
    told = api.get("/services").json["services"][0]["estimate"]
    assert told == {"low_s": 300, "high_s": 600}
    ticket = api.ticket("A01")
    clock.forward(3600)
    for counter in ("1", "2"):
        centre.handle(c.PauseCounter(counter=counter), actor="test", command_id=f"pause-{counter}")
    assert api.get("/services").json["services"][0]["estimate"] is None  # nobody takes the service now
    assert api.get(f"/tickets/{ticket['id']}").json["estimate"] == ticket["estimate"] == told


# --- one ticket ----------------------------------------------------------------------------------


def test_a_number_is_issued_with_everything_a_kiosk_shows(api: Any) -> None:
    answer = api.post("/tickets", {"service": "A01", "priority": False, "language": "it"}, role="kiosk")
    assert answer.status_code == 201
    ticket = answer.json
    assert set(ticket) == TICKET
    assert ticket["number"] == "H001"
    assert ticket["issued_at"] == "2026-11-24T09:30:00.000+01:00"
    assert ticket["ahead"] == 0
    assert ticket["standard"]["threshold_s"] == 900
    assert ticket["print"] == {"state": "queued", "copy": 0, "printer": "totem"}


def test_who_came_before_is_counted(api: Any, clock: Any) -> None:
    for expected in range(3):
        assert api.ticket("A01")["ahead"] == expected
        clock.forward(1)


def test_a_ticket_is_found_by_its_id_today_and_afterwards(api: Any, clock: Any) -> None:
    ticket = api.ticket("A01")
    assert api.get(f"/tickets/{ticket['id']}", role="kiosk").json == ticket
    clock.forward(24 * 3600)
    api.ticket("A01")  # the next day begins: yesterday's is closed, and who waited is unserved
    yesterday = api.get(f"/tickets/{ticket['id']}", role="kiosk").json
    assert set(yesterday) == TICKET
    assert (yesterday["number"], yesterday["status"], yesterday["issued_at"]) == (
        "H001", "unserved", ticket["issued_at"],
    )  # fmt: skip
    assert yesterday["standard"] == ticket["standard"]


def test_an_appointment_checks_in_and_is_called_at_its_time(api: Any, clock: Any) -> None:
    body = {"service": "A03", "booked_at": "2026-11-24T09:40:00+01:00"}
    ticket = api.post("/tickets", body, role="kiosk").json
    assert (ticket["channel"], ticket["standard"]["code"]) == ("appointment", "TEMP-A03")
    assert api.post("/counters/1/call-next", role="clerk").status_code == 204
    clock.forward(10 * 60)
    called = api.called()
    assert (called["id"], called["wait_s"]) == (ticket["id"], 0)


def test_a_visit_goes_from_the_tap_to_the_end(api: Any, clock: Any) -> None:
    ticket = api.ticket("A01")["id"]
    clock.forward(125)
    called = api.called("1")
    assert set(called) == TICKET | {"reason"}
    assert (called["id"], called["counter"], called["status"], called["wait_s"]) == (ticket, "1", "called", 125)
    assert called["reason"] == {
        "code": "least_slack", "text": "è il più vicino al tempo promesso", "slack_s": 900 - 125, "note": "",
    }  # fmt: skip
    clock.forward(30)
    assert api.post(f"/tickets/{ticket}/start", {"counter": "1"}).json["status"] == "serving"
    clock.forward(600)
    ended = api.post(f"/tickets/{ticket}/finish", {"counter": "1"}).json
    assert (ended["status"], ended["called_at"], ended["started_at"], ended["ended_at"]) == (
        "finished",
        "2026-11-24T09:32:05.000+01:00",
        "2026-11-24T09:32:35.000+01:00",
        "2026-11-24T09:42:35.000+01:00",
    )


@pytest.mark.parametrize(
    ("acts", "status"),
    [
        (["recall"], "called"),
        (["start"], "serving"),
        (["finish"], "finished"),
        (["no-show"], "no_show"),
        (["hold"], "held"),
        (["hold", "resume"], "serving"),
        (["requeue"], "waiting"),
        (["no-show", "requeue"], "waiting"),
        (["leave"], "left"),
        (["no-show", "undo"], "called"),
    ],
)
def test_each_act_of_a_clerk_leads_where_it_says(api: Any, acts: list[str], status: str) -> None:
    ticket = api.ticket()["id"]
    api.called("1")
    for act in acts:
        answer = api.post(f"/tickets/{ticket}/{act}", {"counter": "1"}, role="clerk")
        assert answer.status_code == 200, answer.text
    assert (answer.json["id"], answer.json["status"]) == (ticket, status)
    assert set(answer.json) == TICKET


def test_a_transfer_goes_on_in_another_queue_and_keeps_the_arrival(api: Any, clock: Any) -> None:
    ticket = api.ticket("A01")
    clock.forward(60)
    api.called("1")
    moved = api.post(f"/tickets/{ticket['id']}/transfer", {"service": "A02", "counter": "1"}, role="clerk").json
    assert (moved["service"], moved["status"], moved["number"]) == ("A02", "waiting", ticket["number"])
    assert moved["issued_at"] == ticket["issued_at"]


def test_a_transfer_to_a_counter_waits_for_that_counter_alone(api: Any) -> None:
    ticket = api.ticket("A01")["id"]
    api.called("1")
    api.post(f"/tickets/{ticket}/transfer", {"to_counter": "2"}, role="clerk")
    assert api.post("/counters/3/call-next", role="clerk").status_code == 204
    assert api.called("2")["id"] == ticket


def test_a_void_needs_a_reason(api: Any) -> None:
    ticket = api.ticket()["id"]
    bare = api.post(f"/tickets/{ticket}/void", role="clerk")
    assert (bare.status_code, bare.json["code"]) == (409, "reason_required")
    given = api.post(f"/tickets/{ticket}/void", {"why": "prova"}, role="clerk")
    assert given.json["status"] == "voided"


def test_a_reprint_is_a_further_copy(api: Any) -> None:
    ticket = api.ticket()["id"]
    answer = api.post(f"/tickets/{ticket}/reprint", role="clerk")
    assert answer.json["print"] == {"state": "queued", "copy": 1, "printer": "totem"}


# --- counters and the day ------------------------------------------------------------------------


def test_a_counter_opens_and_closes(api: Any) -> None:
    opened = api.post("/counters/1/open", {"clerk": "op-7"}, role="clerk")
    assert opened.json == {"counter": "1", "open": True, "paused": False, "ticket": None}
    closed = {"counter": "1", "open": False, "paused": False, "ticket": None}
    assert api.post("/counters/1/close", role="clerk").json == closed


def test_nobody_waiting_is_an_empty_answer(api: Any) -> None:
    api.post("/day/open")
    answer = api.post("/counters/1/call-next", role="clerk")
    assert (answer.status_code, answer.data) == (204, b"")


def test_calling_the_next_finishes_who_was_in_hand(api: Any) -> None:
    first, second = api.ticket()["id"], api.ticket()["id"]
    assert api.called("1")["id"] == first
    assert api.called("1")["id"] == second
    assert api.get(f"/tickets/{first}").json["status"] == "finished"


def test_a_given_ticket_is_called_out_of_turn_with_its_reason(api: Any) -> None:
    api.ticket()
    later = api.ticket()["id"]
    answer = api.post("/counters/1/call", {"ticket": later, "why": "ha il bambino malato"}, role="clerk")
    assert answer.status_code == 200
    assert answer.json["reason"] == {
        "code": "chosen", "text": "scelto dall'operatore", "slack_s": 900, "note": "ha il bambino malato",
    }  # fmt: skip
    assert (answer.json["id"], answer.json["counter"]) == (later, "1")


def test_a_clerk_who_saw_somebody_else_in_hand_is_refused(api: Any) -> None:
    first, second = api.ticket()["id"], api.ticket()["id"]
    api.called("1")
    stale = api.post("/counters/1/call-next", {"in_hand": second}, role="clerk")
    assert (stale.status_code, stale.json["code"]) == (409, "hand_changed")
    assert api.post("/counters/1/call-next", {"in_hand": first}, role="clerk").json["id"] == second


def test_the_day_opens_closes_and_opens_again(api: Any) -> None:
    assert api.post("/day/open").json == {"day": "2026-11-24", "open": True}
    ticket = api.ticket()["id"]
    assert api.post("/day/close").json == {"day": "2026-11-24", "open": False}
    assert api.get(f"/tickets/{ticket}").json["status"] == "unserved"
    closed = api.post("/tickets", {"service": "A01"})
    assert (closed.status_code, closed.json["code"]) == (409, "closed")
    assert api.post("/day/open").json["open"] is True
    assert api.ticket()["number"] == "H002"


# --- board and figures ---------------------------------------------------------------------------


def test_the_board_is_whole_and_says_where_it_stands(api: Any) -> None:
    api.ticket("A01")
    api.ticket("A02")
    api.called("1")
    board = api.get("/board", role="kiosk").json
    assert set(board) >= {"epoch", "seq", "centre", "day", "open", "now_ms", "calls", "queues"}
    assert [(call["number"], call["counter"], call["place"], call["again"]) for call in board["calls"]] == [
        ("H001", "1", "Sportello 1", False)
    ]
    waiting = {queue["letter"]: queue["waiting"] for queue in board["queues"]}
    assert (waiting["H"], waiting["T"]) == (0, 1)
    before = board["seq"]
    api.ticket("A01")
    assert api.get("/board", role="kiosk").json["seq"] == before + 1


def test_the_figures_of_a_service_nobody_knows_are_refused(api: Any) -> None:
    answer = api.get(f"/compliance?{DAY}&service=ZZZ")
    assert (answer.status_code, answer.json["code"]) == (409, "unknown_service")


def test_compliance_counts_who_was_called_in_time(api: Any, clock: Any) -> None:
    for _ in range(31):
        api.ticket("A01")
    clock.forward(900)
    for _ in range(30):
        api.called("1")
    clock.forward(1)
    api.called("1")
    report = api.get(f"/compliance?{DAY}&by=service&service=A01").json
    assert set(report) >= {"from", "to", "by", "definition", "rows"}
    assert (report["from"], report["to"], report["by"]) == ("2026-11-24", "2026-11-24", "service")
    (row,) = report["rows"]
    assert set(row) == ROW
    assert (row["n"], row["within"], row["share"], row["max"]) == (31, 30, "0.9677", 901)
    assert row["outcome"] == "kept"
    assert row["standard"]["code"] == "TEMP-A01"
    assert row["standard"]["demonstrative"] is True
    assert len(report["definition"]["it"]) == len(report["definition"]["en"]) > 5


@pytest.mark.parametrize("by", ["service", "month", "day", "class", "channel", "charter", "hour"])
def test_compliance_is_divided_as_asked(api: Any, by: str) -> None:
    api.ticket("A01")
    groups = {
        "service": "A01", "month": "2026-11", "day": "2026-11-24", "class": "ordinary", "channel": "walk_in",
        "charter": "como/2026-1", "hour": "09",
    }  # fmt: skip
    (row,) = api.get(f"/compliance?{DAY}&by={by}").json["rows"]
    assert (row["group"], row["waiting"]) == (groups[by], 1)


def test_tickets_are_given_as_csv_with_the_agreed_columns_first(api: Any, clock: Any) -> None:
    ticket = api.ticket("A01")["id"]
    clock.forward(60)
    api.called("1")
    answer = api.get(f"/tickets.csv?{DAY}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    heads, row = csv.reader(io.StringIO(answer.text))
    assert heads[:7] == COLUMNS
    assert row[:4] == [ticket, "A01", "2026-11-24T09:30:00.000+01:00", "2026-11-24T09:31:00.000+01:00"]


# --- health --------------------------------------------------------------------------------------


def test_health_and_readiness_need_no_token(app: Any) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz").json
    assert ready["status"] == "ready"
    assert ready["epoch"] == 1
    assert ready["seq"] >= 3


def test_a_centre_that_stops_is_not_ready(app: Any, centre: Any) -> None:
    centre.close()
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
