"""What the board tells, before it is drawn."""

import json
import re
from dataclasses import asdict, replace
from html import unescape
from math import hypot
from typing import Any
from uuid import uuid4

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sportello.app import live
from sportello.centre import Centre
from sportello.domain import commands as c
from sportello.domain.events import TicketIssued
from sportello.live import told_by
from sportello.sight import letters
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
    lasting = {"centre", "day", "open", "calls", "queues", "notice", "rooms", "languages"}
    assert set(state) == lasting | {"epoch", "seq", "version", "now_ms"}
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


# --- how large, how loud ------------------------------------------------------------------------------


def pixels(mm: float, inches: float) -> int:
    """On a screen of 1920 × 1080."""
    return round(mm * hypot(1920, 1080) / (inches * 25.4))


@pytest.mark.parametrize(
    ("inches", "called", "place", "queues"),
    [(32, 383, 201, 125), (43, 285, 149, 93), (55, 223, 117, 73), (65, 188, 99, 62)],
)
def test_letters_are_as_large_as_eight_metres_ask(inches: float, called: int, place: int, queues: int) -> None:
    """Seven tenths of a degree for the called number, 22 minutes for where to go, and for who waits at five metres."""
    found = letters(8)
    sizes = (pixels(found.called, inches), pixels(found.place, inches), pixels(found.queues, inches))
    assert sizes == pytest.approx((called, place, queues), abs=1)


def settings(page: TestResponse) -> dict[str, Any]:
    found = re.search(r"data-screen='(.+?)'", page.text)
    assert found
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


def test_a_board_is_set_by_its_device_and_for_a_trial_by_its_address(display: FlaskClient) -> None:
    usual = settings(display.get("/display/"))
    assert (usual["room"], usual["inches"], usual["voice"], usual["volume"]) == ("", 43, True, 70)
    assert usual["letters"] == asdict(letters(8))
    tried = settings(display.get("/display/?room=Piano+1&inches=55&metres=5&voice=0&volume=30"))
    assert (tried["room"], tried["inches"], tried["voice"], tried["volume"]) == ("Piano 1", 55, False, 30)
    assert tried["letters"] == asdict(letters(5))
    wrong = settings(display.get("/display/?inches=0&metres=x&volume=900"))
    assert wrong == usual


def test_the_board_is_told_again_when_what_it_shows_besides_calls_changes(app: APIFlask, centre: Centre) -> None:
    before = live(app).state()
    do(centre, c.AdoptPlan(plan=replace(centre.day.plan, notice="Oggi chiudiamo alle 12:30")))
    assert told_by(live(app).state()) != told_by(before)
    later = {**before, "now_ms": before["now_ms"] + 1, "queues": [{**one, "longest_s": 9} for one in before["queues"]]}
    assert told_by(later) == told_by(before)
