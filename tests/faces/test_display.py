"""What the board tells, before it is drawn."""

from uuid import uuid4

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from sportello.app import live
from sportello.centre import Centre
from sportello.domain import commands as c
from sportello.domain.events import TicketIssued
from tests.faces.conftest import Hands


@pytest.fixture
def display(app: APIFlask) -> FlaskClient:
    return app.test_client()


def do(centre: Centre, command: c.Command) -> list[object]:
    return [record.event for record in centre.handle(command, actor="test", command_id=uuid4().hex)]


def take(centre: Centre, service: str = "A02") -> str:
    return next(event.ticket for event in do(centre, c.IssueTicket(service=service)) if isinstance(event, TicketIssued))


def test_the_board_tells_calls_newest_first_and_who_waits(display: FlaskClient, centre: Centre) -> None:
    for _ in range(3):
        take(centre)
    do(centre, c.CallNext(counter="1"))
    do(centre, c.CallNext(counter="2"))
    state = display.get("/display/board.json").get_json()
    assert [(call["n"], call["number"], call["place"]) for call in state["calls"]] == [
        (2, "T002", "Sportello 2"),
        (1, "T001", "Sportello 1"),
    ]
    assert {queue["letter"]: queue["waiting"] for queue in state["queues"]}["T"] == 1


def test_the_board_names_no_service(display: FlaskClient, centre: Centre) -> None:
    """Who is called from a reserved service must not be read out of the board."""
    take(centre, "C01")
    do(centre, c.CallNext(counter="1"))
    state = display.get("/display/board.json").get_json()
    assert set(state) == {"epoch", "seq", "version", "centre", "day", "open", "now_ms", "calls", "queues", "notice"}
    assert set(state["calls"][0]) == {"n", "number", "counter", "place", "room", "language", "again", "at_ms"}
    assert set(state["queues"][0]) == {"letter", "waiting", "longest_s", "estimate"}
    told = display.get("/display/board.json").text + display.get("/display/").text
    assert "Collocamento" not in told
    assert "C01" not in told


def test_a_recall_is_a_new_announcement_of_the_same_number(display: FlaskClient, centre: Centre) -> None:
    ticket = take(centre)
    do(centre, c.CallNext(counter="1"))
    do(centre, c.Recall(ticket=ticket))
    calls = display.get("/display/board.json").get_json()["calls"]
    assert [(call["n"], call["number"], call["again"]) for call in calls] == [(2, "T001", True), (1, "T001", False)]


def test_a_call_taken_back_leaves_the_board_and_its_number_is_not_used_again(
    display: FlaskClient, centre: Centre, clock: Hands
) -> None:
    ticket = take(centre)
    do(centre, c.CallNext(counter="1"))
    clock.forward(2)
    do(centre, c.Undo(ticket=ticket, counter="1"))
    assert display.get("/display/board.json").get_json()["calls"] == []
    do(centre, c.CallNext(counter="1"))
    assert [call["n"] for call in display.get("/display/board.json").get_json()["calls"]] == [2]


def test_the_place_of_a_board_is_where_the_log_stands(app: APIFlask, centre: Centre) -> None:
    before = live(app).state()
    take(centre)
    after = live(app).state()
    assert (after["epoch"], after["seq"]) == centre.place
    assert after["seq"] > before["seq"]
