"""What a program does at a counter beyond calling: a pause, somebody without a number, a visitor who comes back."""

from typing import Any

from sportello.ledger import spool


def test_a_counter_pauses_and_goes_on(api: Any) -> None:
    api.post("/counters/1/open", role="clerk")
    assert api.post("/counters/1/pause", role="clerk").json["paused"] is True
    assert api.post("/counters/1/resume", role="clerk").json["paused"] is False
    api.ticket()
    api.called("1")
    refused = api.post("/counters/1/pause", role="clerk")
    assert (refused.status_code, refused.json["code"]) == (409, "counter_busy")


def test_somebody_without_a_number_gets_one_without_paper(api: Any, centre: Any) -> None:
    answer = api.post("/counters/1/walk-in", {"service": "A02", "language": "ar", "priority": True}, role="clerk")
    assert answer.status_code == 201
    given = answer.json
    assert (given["status"], given["language"], given["priority"], given["print"]) == ("waiting", "ar", True, None)
    with centre.reading() as db:
        assert spool.of_ticket(db, given["id"]) is None


def test_somebody_received_at_once_is_in_hand_only_where_the_desk_is_as_it_was_seen(api: Any) -> None:
    first = api.post("/counters/1/walk-in", {"service": "A02", "at_once": True}, role="clerk").json
    assert (first["status"], first["counter"]) == ("called", "1")
    stale = api.post("/counters/1/walk-in", {"service": "A02", "at_once": True, "in_hand": ""}, role="clerk")
    assert (stale.status_code, stale.json["code"]) == (409, "hand_changed")


def test_a_visitor_sent_on_to_return_waits_again_for_who_sent_them(api: Any) -> None:
    api.ticket("A01")
    ticket = api.called("1")["id"]
    sent = {"service": "A02", "to_counter": "2", "counter": "1", "returns": True}
    api.post(f"/tickets/{ticket}/transfer", sent, role="clerk")
    assert api.called("2")["id"] == ticket
    back = api.post(f"/tickets/{ticket}/finish", {"counter": "2"}, role="clerk").json
    assert (back["status"], back["service"]) == ("waiting", "A01")
    assert api.post("/counters/3/call-next", role="clerk").status_code == 204
    assert api.called("1")["id"] == ticket
