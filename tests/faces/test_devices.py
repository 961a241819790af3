"""Screens that are let in: who may show what, from a code on a new screen to the day it is shut out."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from threading import Event
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sportello import passwords
from sportello.app import live
from sportello.centre import Centre
from sportello.devices import KEPT, VALID_S, WAITING, Beat, Devices, marks
from sportello.ledger import access
from sportello.ledger.access import Person, Role
from sportello.ledger.devices import Device, Face
from sportello.sight import reach_m

PASSWORD = "quattro parole da ricordare"
AWAY = "192.168.7.7"


class Steady:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def app(app: APIFlask, centre: Centre, steady: Steady) -> APIFlask:
    app.extensions["devices"] = Devices(centre, steady)
    return app


@cache
def kept_password() -> str:
    """Slow to make, by design: once for all tests."""
    return passwords.hash(PASSWORD)


class Screen:
    """A browser somewhere on the centre's network."""

    def __init__(self, app: APIFlask, address: str = AWAY) -> None:
        self._client, self._from = app.test_client(), {"REMOTE_ADDR": address}

    def get(self, path: str, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.get(path, environ_base=self._from, headers=named)

    def post(self, path: str, **sent: Any) -> TestResponse:
        return self._client.post(path, environ_base=self._from, **sent)

    def code(self, face: str = "kiosk") -> str:
        page = self.get(f"/enrol/{face}").text
        found = re.search(r'data-code="(\w*)"', page)
        assert found, page
        return found[1]

    def state(self) -> Any:
        return self.get("/enrol/state.json").json

    def beat(self, face: str = "kiosk", **more: object) -> Any:
        said = {"face": face, "page": "start", "version": "0.1.0", "sound": "on", "width": 1080, "height": 1920}
        return self.post("/devices/beat", json={**said, **more}).json


def signed_in(app: APIFlask, centre: Centre, role: Role) -> FlaskClient:
    person = Person(name=f"a {role}", role=role, password=kept_password(), once=False)
    centre.write(partial(access.keep_person, one=person, now_ms=centre.now().wall_ms))
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    client.post("/sign-in", data={"csrf_token": found[1], "name": person.name, "password": PASSWORD})
    return client


Decide = Callable[..., TestResponse]


@pytest.fixture
def manager(app: APIFlask, centre: Centre) -> FlaskClient:
    return signed_in(app, centre, Role.MANAGER)


@pytest.fixture
def decide(manager: FlaskClient) -> Decide:
    """What a manager fills in and sends."""

    def send(path: str, **fields: str) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', manager.get("/admin/devices").text)
        assert found
        return manager.post(path, data={"csrf_token": found[1], **fields})

    return send


def approve(decide: Decide, code: str, face: str = "kiosk", name: str = "Ingresso", **more: str) -> TestResponse:
    settings = {"room": "", "diagonal": "43", "distance": "8", "voice": "1", "volume": "70"}
    return decide("/admin/devices/approve", code=code, name=name, face=face, **{**settings, **more})


@pytest.fixture
def kiosk(app: APIFlask, decide: Decide) -> Screen:
    """A kiosk that was let in."""
    screen = Screen(app)
    assert approve(decide, screen.code()).status_code == 303
    return screen


@pytest.fixture
def display(app: APIFlask, decide: Decide) -> Screen:
    """A board that was let in."""
    screen = Screen(app)
    assert approve(decide, screen.code("display"), "display", "Sala", diagonal="32", distance="5,5").status_code == 303
    return screen


def id_of(app: APIFlask, name: str) -> str:
    devices: Devices = app.extensions["devices"]
    return next(one.id for one in devices.all() if one.name == name)


# --- codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "face"), [("/", "kiosk"), ("/service/A02", "kiosk"), ("/display/", "display")])
def test_a_screen_nobody_knows_is_shown_a_code(app: APIFlask, path: str, face: str) -> None:
    screen = Screen(app)
    answer = screen.get(path)
    assert (answer.status_code, answer.location) == (302, f"/enrol/{face}")
    page = screen.get(answer.location)
    assert re.search(r"<bdi><span>\w{3}</span> <span>\w{3}</span></bdi>", page.text)
    assert "non è ancora collegato" in page.text


def test_a_code_survives_a_reload_and_is_renewed_when_its_time_is_over(app: APIFlask, steady: Steady) -> None:
    screen = Screen(app)
    first = screen.code()
    assert screen.code() == first == screen.state()["code"]
    steady.s += VALID_S
    second = screen.state()["code"]
    assert second not in ("", first)
    assert screen.code() == second


def test_a_code_whose_time_is_over_lets_nobody_in(app: APIFlask, decide: Decide, steady: Steady) -> None:
    screen = Screen(app)
    code = screen.code()
    steady.s += VALID_S
    answer = approve(decide, code)
    assert answer.status_code == 404
    assert "Nessuno schermo mostra questo codice" in answer.text
    assert screen.get("/").location == "/enrol/kiosk"


def test_a_code_is_typed_as_one_likes_and_good_once(app: APIFlask, decide: Decide) -> None:
    screen = Screen(app)
    code = screen.code()
    assert approve(decide, f" {code[:3].lower()}-{code[3:]} ").status_code == 303
    assert approve(decide, code).status_code == 404


def test_a_screen_that_asks_while_it_is_let_in_keeps_its_token(app: APIFlask, centre: Centre) -> None:
    screen, devices = Screen(app), app.extensions["devices"]
    code = screen.code()
    begun, go = Event(), Event()

    def busy(_: object) -> None:
        begun.set()
        go.wait(5)

    with ThreadPoolExecutor() as hands:
        hands.submit(centre.write, busy)
        assert begun.wait(5)
        decided = hands.submit(devices.approve, code, Device(id="", name="Ingresso", face=Face.KIOSK))
        while centre._asked.empty():
            time.sleep(0.001)
        asked = screen.code()
        go.set()
        assert decided.result(5)
    assert asked == code
    assert screen.state()["go"] == "/"


def test_a_code_given_twice_at_once_lets_in_once(app: APIFlask) -> None:
    devices, code = app.extensions["devices"], Screen(app).code()
    wanted = Device(id="", name="Ingresso", face=Face.KIOSK)
    with ThreadPoolExecutor() as hands:
        let_in = [*hands.map(devices.approve, [code] * 4, [wanted] * 4)]
    assert len([one for one in let_in if one]) == 1


def test_many_screens_may_wait_and_the_one_silent_for_longest_is_forgotten(app: APIFlask) -> None:
    screens = [Screen(app, f"192.168.7.{n}") for n in range(WAITING)]
    codes = [screen.code() for screen in screens]
    assert len(set(codes)) == WAITING
    screens[0].state()
    Screen(app, "192.168.8.1").code()
    assert screens[0].state()["code"] == codes[0]
    assert screens[1].state()["code"] == ""


def test_an_address_that_asks_for_codes_again_and_again_is_told_to_wait(app: APIFlask) -> None:
    answers = [Screen(app).get("/enrol/kiosk") for _ in range(13)]
    assert [answer.status_code for answer in answers] == [200] * 12 + [429]
    assert "Troppe richieste" in answers[-1].text
    assert Screen(app, "192.168.7.8").get("/enrol/kiosk").status_code == 200


def test_a_token_made_up_by_a_browser_is_never_taken_over(app: APIFlask, decide: Decide) -> None:
    screen = Screen(app)
    screen._client.set_cookie("sportello_device", "chosen-by-somebody-else")
    assert approve(decide, screen.code()).status_code == 303
    other = Screen(app)
    other._client.set_cookie("sportello_device", "chosen-by-somebody-else")
    assert other.get("/").location == "/enrol/kiosk"


# --- who may show what ---------------------------------------------------------------------------------


def test_an_approved_kiosk_gives_numbers(kiosk: Screen, centre: Centre) -> None:
    assert kiosk.state() == {"go": "/"}
    page = kiosk.get("/service/A02")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert kiosk.post("/take", data=fields).status_code == 303
    assert len(centre.day.tickets) == 1


def test_the_token_lasts_and_no_script_reads_it(kiosk: Screen, centre: Centre) -> None:
    cookie = kiosk.get("/enrol/state.json").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Max-Age=31536000", "Path=/"} <= set(cookie.split("; "))
    token = cookie.partition("=")[2].partition(";")[0]
    with centre.reading() as db:
        (row,) = db.rows("SELECT * FROM device")
    assert row["digest"] == access.digest(token)
    assert token not in "".join(map(str, row))


def test_a_board_that_was_let_in_shows_the_board_and_is_no_kiosk(display: Screen, centre: Centre) -> None:
    assert display.get("/display/").status_code == 200
    assert display.get("/display/board.json").status_code == 200
    assert display.get("/enrol/kiosk").location == "/display/", "it is led to its own page"
    assert display.get("/").status_code == 302
    assert display.post("/take", data={"service": "A02", "command_id": "12345678"}).status_code in (400, 403)
    assert not centre.day.tickets


def test_a_kiosk_is_told_no_board(kiosk: Screen) -> None:
    assert kiosk.get("/display/board.json", Sec_Fetch_Mode="cors").status_code == 403


def test_two_screens_are_two(app: APIFlask, kiosk: Screen, decide: Decide) -> None:
    second = Screen(app, "192.168.7.8")
    approve(decide, second.code(), name="Corridoio")
    decide(f"/admin/devices/{id_of(app, 'Ingresso')}/revoke")
    assert kiosk.get("/").location == "/enrol/kiosk"
    assert second.get("/").status_code == 200


def test_a_screen_that_was_shut_out_is_a_stranger_at_once(app: APIFlask, kiosk: Screen, decide: Decide) -> None:
    assert kiosk.beat()["admitted"] is True
    decide(f"/admin/devices/{id_of(app, 'Ingresso')}/revoke")
    assert kiosk.beat() == {"admitted": False, "go": "/enrol/kiosk"}
    assert kiosk.get("/service/A02").location == "/enrol/kiosk"
    assert len(kiosk.code()) == 6


def test_a_screen_given_another_role_goes_to_its_new_page(app: APIFlask, kiosk: Screen, decide: Decide) -> None:
    fields = {"name": "Ingresso", "face": "display", "diagonal": "55", "distance": "8", "volume": "50"}
    assert decide(f"/admin/devices/{id_of(app, 'Ingresso')}", **fields).status_code == 303
    assert kiosk.beat() == {"admitted": False, "go": "/display/"}
    assert kiosk.get("/display/").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_the_box_itself_needs_no_consent(app: APIFlask, address: str) -> None:
    here = Screen(app, address)
    assert [here.get(path).status_code for path in ("/", "/display/", "/printers/")] == [200, 200, 200]


@pytest.mark.parametrize("mark", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
def test_what_came_through_a_proxy_did_not_begin_on_the_box(app: APIFlask, mark: str) -> None:
    proxied = Screen(app, "127.0.0.1")
    assert proxied.get("/", **{mark: "127.0.0.1"}).location == "/enrol/kiosk"
    assert proxied.get("/display/board.json", Sec_Fetch_Mode="cors", **{mark: "127.0.0.1"}).status_code == 403


def test_an_address_of_the_network_is_not_the_box_whatever_it_says(app: APIFlask) -> None:
    assert Screen(app).get("/", X_Forwarded_For="127.0.0.1").location == "/enrol/kiosk"


def test_who_works_here_sees_the_board_and_only_managers_see_slips(app: APIFlask, centre: Centre) -> None:
    from_desk: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": AWAY}}
    assert Screen(app).get("/printers/").location.startswith("/sign-in")
    for role, slips in ((Role.CLERK, 403), (Role.MANAGER, 200)):
        person = Person(name=f"una {role}", role=role, password=kept_password(), once=False)
        centre.write(partial(access.keep_person, one=person, now_ms=centre.now().wall_ms))
        client = app.test_client()
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in", **from_desk).text)
        assert found
        form = {"csrf_token": found[1], "name": person.name, "password": PASSWORD}
        client.post("/sign-in", data=form, **from_desk)
        assert client.get("/display/", **from_desk).status_code == 200
        assert client.get("/", **from_desk).status_code == 302
        assert client.get("/printers/", **from_desk).status_code == slips


def test_the_live_connection_is_refused_to_strangers(app: APIFlask, display: Screen, kiosk: Screen) -> None:
    address = "/socket.io/?EIO=4&transport=websocket"
    assert Screen(app).get(address).status_code == 403
    assert kiosk.get(address).status_code == 403
    assert display.get(address).status_code != 403
    assert Screen(app, "127.0.0.1").get(address).status_code != 403


def test_the_open_connection_of_a_board_ends_when_it_is_shut_out_or_becomes_a_kiosk(
    app: APIFlask, display: Screen, decide: Decide
) -> None:
    second = Screen(app, "192.168.7.8")
    approve(decide, second.code("display"), "display", "Corridoio")
    shown = live(app).socketio
    one, other = (shown.test_client(app, flask_test_client=screen._client) for screen in (display, second))
    assert one.is_connected()
    assert other.is_connected()
    decide(f"/admin/devices/{id_of(app, 'Sala')}/revoke")
    assert not one.is_connected()
    assert other.is_connected()
    fields = {"name": "Corridoio", "face": "kiosk", "diagonal": "43", "distance": "8", "volume": "50"}
    decide(f"/admin/devices/{id_of(app, 'Corridoio')}", **fields)
    assert not other.is_connected()


# --- settings and beats ----------------------------------------------------------------------------------


def test_a_board_is_told_how_it_is_set(app: APIFlask, display: Screen, decide: Decide) -> None:
    told = display.beat("display")["device"]
    assert told == {
        "face": "display",
        "room": "",
        "diagonal_in": 32.0,
        "distance_m": 5.5,
        "voice": True,
        "volume": 70,
        "px_per_mm": None,
    }
    change = {"name": "Sala", "face": "display", "diagonal": "32", "distance": "6", "volume": "0"}
    decide(f"/admin/devices/{id_of(app, 'Sala')}", **change)
    told = display.beat("display")["device"]
    assert (told["voice"], told["volume"], told["distance_m"]) == (False, 0, 6.0)


def test_a_measure_is_kept_with_the_kiosk_that_took_it(kiosk: Screen, display: Screen) -> None:
    assert kiosk.post("/devices/measure", json={"px_per_mm": 4.749}).status_code == 200
    assert kiosk.beat()["device"]["px_per_mm"] == 4.75
    assert '"px_per_mm": 4.75' in kiosk.get("/").text
    assert display.post("/devices/measure", json={"px_per_mm": 4}).status_code == 403


@pytest.mark.parametrize("pixels", [None, True, "4", 0.1, 13, [4]])
def test_a_measure_without_sense_is_not_kept(kiosk: Screen, pixels: object) -> None:
    assert kiosk.post("/devices/measure", json={"px_per_mm": pixels}).status_code == 400


def test_the_box_keeps_the_measure_of_its_own_kiosk(app: APIFlask) -> None:
    here = Screen(app, "127.0.0.1")
    for pixels in (4.0, 5.25):
        here.post("/devices/measure", json={"px_per_mm": pixels})
    assert here.beat()["device"]["px_per_mm"] == 5.25


@pytest.mark.parametrize(
    "wrong",
    [
        {"face": "door"},
        {"page": "<b>"},
        {"page": 7},
        {"version": None},
        {"sound": "loud"},
        {"width": -1},
        {"height": True},
    ],
)
def test_a_beat_without_sense_is_refused(kiosk: Screen, wrong: dict[str, object]) -> None:
    said = {"face": "kiosk", "page": "start", "version": "0.1.0", "sound": "on", "width": 1, "height": 1}
    assert kiosk.post("/devices/beat", json=said).status_code == 200
    assert kiosk.post("/devices/beat", json={**said, **wrong}).status_code == 400
    assert kiosk.post("/devices/beat", data=b"x" * 2000, content_type="application/json").status_code == 413


def beats(*seconds: float) -> list[Beat]:
    return [Beat(at_s=at, version="1", page="start", sound="on", width=1, height=1) for at in seconds]


def test_missed_beats_stand_between_those_that_were_heard() -> None:
    assert marks(beats(0, 10.2, 20.1), 24) == [True, True, True]
    assert marks(beats(0, 10, 40, 50), 51) == [True, True, False, False, True, True]
    assert marks(beats(0, 10), 41) == [True, True, False, False]
    assert marks(beats(0), 10_000) == [False] * KEPT
    assert marks([], 5) == []


def test_a_screen_that_falls_silent_is_said_so_in_words(manager: FlaskClient, kiosk: Screen, steady: Steady) -> None:
    assert "Non si è ancora sentito" in manager.get("/admin/devices").text
    kiosk.post("/devices/measure", json={"px_per_mm": 4.0})
    for _ in range(3):
        kiosk.beat()
        steady.s += 10
    page = manager.get("/admin/devices").text
    assert "Sentiti: 3. Mancati: 0." in page
    assert "✓ Niente" in page
    steady.s += 180
    page = manager.get("/admin/devices").text
    assert "Non si sente da 3 minuti: controlli che sia acceso e in rete." in page
    assert "3 minuti fa" in page


def test_what_is_to_be_put_right_is_said_with_what_to_do(
    app: APIFlask, manager: FlaskClient, display: Screen, kiosk: Screen, decide: Decide
) -> None:
    kiosk.beat(version="0.0.9")
    fields = {"name": "Sala", "face": "display", "voice": "1", "diagonal": "32", "distance": "8", "volume": "70"}
    decide(f"/admin/devices/{id_of(app, 'Sala')}", **fields)
    display.beat("display", page="display", sound="blocked", width=1920, height=1080)
    page = manager.get("/admin/devices").text
    assert "Mostra una versione vecchia" in page
    assert "apra l&#39;indirizzo /measure su quel totem" in page
    assert "tocchi lo schermo una volta" in page
    assert "Si legge fino a 6 m, ma chi legge è a 8 m" in page


def test_how_far_a_board_can_be_read() -> None:
    """43 inches are read from 8 m, 32 from 6 m: design sizes of the board."""
    assert [reach_m(inches, 1920, 1080) for inches in (32, 43, 55)] == [6.0, 8.0, 10.0]
    assert reach_m(43, 1080, 1920) < reach_m(43, 1920, 1080)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "x", "Scriva un nome"),
        ("face", "door", "Scelga che cosa mostra"),
        ("room", "Cantina", "Scelga una sala"),
        ("diagonal", "nan", "Scriva un numero da 7 a 200"),
        ("distance", "31", "Scriva un numero da 0,5 a 30"),
        ("volume", "101", "Scriva un numero da 0 a 100"),
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again(
    app: APIFlask, decide: Decide, field: str, value: str, told: str
) -> None:
    code = Screen(app).code("display")
    answer = approve(decide, code, **{"face": "display", "name": "Sala", field: value})
    assert answer.status_code == 400
    assert told in answer.text
    assert f'value="{code}"' in answer.text


def test_only_managers_decide(app: APIFlask, centre: Centre, kiosk: Screen) -> None:
    clerk = signed_in(app, centre, Role.CLERK)
    id = id_of(app, "Ingresso")
    assert clerk.get("/admin/devices").status_code == 403
    assert clerk.get(f"/admin/devices/{id}").status_code == 403
    assert kiosk.get("/admin/devices").location.startswith("/sign-in")


# --- a manager's look ------------------------------------------------------------------------------------


def test_a_manager_sees_the_screen_of_each_in_a_frame_and_nobody_else_does(
    app: APIFlask, manager: FlaskClient, centre: Centre, kiosk: Screen
) -> None:
    id = id_of(app, "Ingresso")
    assert f'src="/?preview={id}"' in manager.get(f"/admin/devices/{id}").text
    seen = manager.get(f"/?preview={id}", environ_base={"REMOTE_ADDR": AWAY})
    assert seen.status_code == 200
    assert "frame-ancestors 'self'" in seen.headers["Content-Security-Policy"]
    assert '"preview": true' in seen.text
    assert f"/area/A?preview={id}" in seen.text, "a preview stays one"
    for other in (kiosk, Screen(app, "127.0.0.1")):
        answer = other.get(f"/?preview={id}")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert '"preview": false' in answer.text
    assert "frame-ancestors 'none'" in manager.get("/").headers["Content-Security-Policy"]


def test_a_look_takes_no_number(app: APIFlask, manager: FlaskClient, centre: Centre, kiosk: Screen) -> None:
    id = id_of(app, "Ingresso")
    page = manager.get(f"/service/A02?preview={id}", environ_base={"REMOTE_ADDR": AWAY}).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = manager.post(f"/take?preview={id}", data=fields, environ_base={"REMOTE_ADDR": AWAY})
    assert answer.status_code == 403
    assert not centre.day.tickets


# --- while the centre is away ------------------------------------------------------------------------------


def test_the_worker_keeps_files_and_one_page_of_each_face_and_no_page_of_a_visitor(app: APIFlask) -> None:
    screen = Screen(app)
    script = screen.get("/sw.js")
    assert script.mimetype == "text/javascript"
    assert script.headers["Cache-Control"] == "no-cache"
    kept = re.search(r'"files": (\[[^\]]*\])', script.text)
    assert kept
    files = re.findall(r'"([^"]+)"', kept[1])
    assert {"/offline/kiosk", "/offline/display", "/static/base.css", "/kiosk/static/kiosk.css"} <= set(files)
    for file in files:
        with screen.get(file) as answer:
            assert answer.status_code == 200, file
    assert all("/static/" in file or file.startswith("/offline/") for file in files)


def test_the_page_for_while_the_centre_is_away_says_it_in_more_than_one_language(app: APIFlask) -> None:
    page = Screen(app).get("/offline/kiosk").text
    assert "Il totem riparte tra un momento. Chieda a un operatore." in page
    assert re.search(r'<p lang="en" dir="ltr">The kiosk', page)
    assert page.count("</p>") == len(set(re.findall(r"<p [^>]*>([^<]+)</p>", page))), "nothing is said twice"


def test_a_device_of_the_ledger_is_read_as_it_was_kept(app: APIFlask, centre: Centre, kiosk: Screen) -> None:
    devices: Devices = app.extensions["devices"]
    (found,) = devices.all()
    assert isinstance(found, Device)
    assert (found.face, found.name, found.diagonal_in, found.approved_ms) == (
        Face.KIOSK,
        "Ingresso",
        43.0,
        centre.now().wall_ms,
    )
