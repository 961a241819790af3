"""The addresses of the voice: who may have what spoken, and what is spoken ahead."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from sportello.centre import Centre
from sportello.domain import commands as c
from sportello.voice.ahead import NEXT, Ahead, sought
from sportello.voice.clips import Voice
from sportello.voice.words import Call

ELSEWHERE = {"REMOTE_ADDR": "192.168.1.77"}


@pytest.fixture
def voice(app: APIFlask) -> Iterator[Voice]:
    found: Voice = app.extensions["voice"]
    yield found
    found.close()


@pytest.fixture
def room(app: APIFlask, voice: Voice) -> FlaskClient:
    return app.test_client()


def do(centre: Centre, command: c.Command) -> None:
    centre.handle(command, actor="test", command_id=uuid4().hex)


@pytest.fixture
def called(centre: Centre) -> str:
    """The number that counter 1 called."""
    do(centre, c.IssueTicket(service="A02", language="ro"))
    do(centre, c.CallNext(counter="1"))
    return centre.day.announcements[-1].code


def test_a_display_hears_a_call(room: FlaskClient, called: str) -> None:
    heard = room.get(f"/voice/call/it/{called}/1.wav")
    assert heard.status_code == 200
    assert heard.mimetype == "audio/wav"
    assert heard.data[:4] == b"RIFF"
    assert len(heard.data) > 40_000


def test_the_last_call_is_longer_than_the_first(room: FlaskClient, called: str) -> None:
    first = room.get(f"/voice/call/it/{called}/1.wav").data
    again = room.get(f"/voice/call/it/{called}/1.wav?again=1").data
    assert len(again) > len(first) + 20_000


def test_a_clip_is_kept_by_the_browser_for_an_hour(room: FlaskClient, called: str) -> None:
    heard = room.get(f"/voice/call/it/{called}/1.wav")
    assert heard.headers["Cache-Control"] == "private, max-age=3600"
    same = room.get(f"/voice/call/it/{called}/1.wav", headers={"If-None-Match": heard.headers["ETag"]})
    assert same.status_code == 304
    part = room.get(f"/voice/call/it/{called}/1.wav", headers={"Range": "bytes=0-43"})
    assert (part.status_code, len(part.data)) == (206, 44)


@pytest.mark.parametrize(
    "wrong",
    ["it/Z001/1", "it/T999/1", "it/T000/1", "it/T1/1", "it/T٠٠١/1", "it/{called}/99", "de/{called}/1", "it/ciao/1"],
)
def test_only_numbers_and_counters_of_today_are_called(room: FlaskClient, called: str, wrong: str) -> None:
    assert room.get(f"/voice/call/{wrong.format(called=called)}.wav").status_code == 404


def test_a_call_is_for_displays_alone(room: FlaskClient, called: str) -> None:
    path = f"/voice/call/it/{called}/1.wav"
    refused = room.get(path, environ_base=ELSEWHERE, headers={"Sec-Fetch-Mode": "no-cors"})
    assert refused.status_code == 403


def test_the_kiosk_reads_its_page_aloud(room: FlaskClient) -> None:
    heard = room.get("/voice/say/uk.wav", query_string={"text": "Візьміть номер."})
    assert heard.headers["Cache-Control"] == "no-store"
    assert heard.status_code == 200
    assert heard.data[:4] == b"RIFF"


def test_a_page_is_read_aloud_at_the_kiosk_alone(room: FlaskClient) -> None:
    headers = {"Sec-Fetch-Mode": "no-cors"}
    asked = room.get("/voice/say/it.wav", query_string={"text": "Ciao"}, environ_base=ELSEWHERE, headers=headers)
    assert asked.status_code == 403


@pytest.mark.parametrize(
    ("path", "text", "status"),
    [("it", "a " * 250, 413), ("it", "   ", 404), ("xx", "ciao", 404), ("it", "…", 204)],
)
def test_a_text_that_cannot_be_spoken_is_told_so(room: FlaskClient, path: str, text: str, status: int) -> None:
    assert room.get(f"/voice/say/{path}.wav", query_string={"text": text}).status_code == status


def test_without_a_voice_the_screen_is_told_so_and_asks_again(room: FlaskClient, voice: Voice, called: str) -> None:
    voice.close()
    silent = room.get(f"/voice/call/it/{called}/1.wav")
    assert (silent.status_code, silent.data) == (204, b"")
    assert silent.headers["Cache-Control"] == "no-store"


def test_a_finger_that_never_rests_is_slowed_down(room: FlaskClient) -> None:
    asked = [room.get("/voice/say/it.wav", query_string={"text": "Uno"}).status_code for _ in range(125)]
    assert asked.count(200) == 120
    assert set(asked[120:]) == {429}


# --- ahead of time -----------------------------------------------------------------------------------


def test_the_next_calls_of_each_open_counter_are_sought(centre: Centre, called: str) -> None:
    for _ in range(4):
        do(centre, c.IssueTicket(service="A02", language="it"))
    do(centre, c.OpenCounter(counter="2", clerk="test"))
    found = [(call.number, call.place, language) for call, language in sought(centre.day, centre.now())]
    letter, first = called[0], int(called[1:])
    coming = [f"{letter}{first + n:03d}" for n in range(1, NEXT + 1)]
    assert found == [
        (called, "Sportello 1", "it"),
        (called, "Sportello 1", "ro"),
        *((number, "Sportello 1", "it") for number in coming),
        *((number, "Sportello 2", "it") for number in coming),
    ]


def test_a_paused_counter_calls_nobody(centre: Centre, called: str) -> None:
    do(centre, c.IssueTicket(service="A02", language="it"))
    do(centre, c.Finish(ticket=centre.day.announcements[-1].ticket, counter="1"))
    do(centre, c.PauseCounter(counter="1"))
    assert {call.number for call, _ in sought(centre.day, centre.now())} == {called}


def test_a_call_was_spoken_before_it_is_made(centre: Centre, voice: Voice) -> None:
    ahead = Ahead(centre, voice)
    do(centre, c.OpenCounter(counter="1", clerk="test"))
    do(centre, c.IssueTicket(service="A02", language="ro"))
    ahead.make()
    voice.close()  # nothing new can be said from now on
    do(centre, c.CallNext(counter="1"))
    call = Call(number=centre.day.announcements[-1].code, place="Sportello 1")
    assert voice.call(call, "it")
    assert voice.call(call, "ro")


def test_the_thread_ahead_follows_what_happens(centre: Centre, voice: Voice, tmp_path: Path) -> None:
    ahead = Ahead(centre, voice)
    ahead.start()
    do(centre, c.OpenCounter(counter="1", clerk="test"))
    do(centre, c.IssueTicket(service="A02", language="it"))
    deadline = time.monotonic() + 5
    while not list((tmp_path / "centre").glob("voice/*.wav")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    ahead.stop()
