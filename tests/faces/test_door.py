"""The door, asked over HTTP as a browser asks it."""

import re
from collections.abc import Sequence
from threading import Barrier, Thread

import pytest
import time_machine
from apiflask import APIFlask
from argon2 import extract_parameters
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sportello import door, passwords
from sportello.centre import Centre
from sportello.ledger import access
from sportello.ledger.access import Person, Role

PASSWORD = "quattro parole da ricordare"
CODE = "AB12-CD34-EF56"
WRONG = "Nome o password non giusti. Controlli e riprovi."


def keep(centre: Centre, name: str, role: Role = Role.MANAGER, *, once: bool = False) -> None:
    person = Person(name=name, role=role, password=passwords.hash(PASSWORD), once=once)
    now_ms = centre.now().wall_ms
    centre.write(lambda db: access.keep_person(db, person, now_ms))


def names(centre: Centre) -> Sequence[str]:
    with centre.reading() as db:
        return [name for name, _ in access.people(db)]


def send(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    """Fill in the form of a page and send it."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return client.post(page.partition("?")[0], data={"csrf_token": found[1], **fields})


def sign_in(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return send(client, "/sign-in", name=name, password=password, **more)


def told(answer: TestResponse) -> str:
    """What a page says went wrong."""
    found = re.search(r'role="alert"[^>]*>([^<]+)<', answer.text)
    return found[1] if found else ""


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


# --- the first manager ---------------------------------------------------------------------------


@pytest.fixture
def new(app: APIFlask) -> APIFlask:
    """A centre started for the first time."""
    app.config["SETUP_CODE"] = CODE
    return app


def set_up(client: FlaskClient, **fields: str) -> TestResponse:
    typed = {"code": CODE, "name": "Anna Rossi", "password": PASSWORD, "again": PASSWORD}
    return send(client, "/setup", **{**typed, **fields})


def test_a_new_centre_lets_in_who_reads_the_terminal(new: APIFlask, client: FlaskClient) -> None:
    assert client.get("/sign-in").location == "/setup"
    answer = set_up(client, code=CODE.lower())
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("code", ["", "AB12-CD34-EF57", "None"])
def test_without_the_code_of_the_terminal_nobody_sets_up(new: APIFlask, centre: Centre, code: str) -> None:
    answer = set_up(new.test_client(), code=code)
    assert answer.status_code == 400
    assert told(answer).startswith("Il codice non è quello scritto sul terminale.")
    assert names(centre) == []


@pytest.mark.parametrize("code", ["", "None"])
def test_a_service_that_told_no_code_accepts_none(app: APIFlask, centre: Centre, code: str) -> None:
    app.config["SETUP_CODE"] = None
    assert set_up(app.test_client(), code=code).status_code == 400
    assert names(centre) == []


def test_guessing_the_code_is_throttled(new: APIFlask, centre: Centre, client: FlaskClient) -> None:
    statuses = [set_up(client, code=f"AB12-CD34-{n:04d}").status_code for n in range(6)]
    assert statuses == [400, 400, 400, 400, 400, 429]
    assert set_up(client).status_code == 429
    assert names(centre) == []


def test_choosing_a_bad_password_many_times_locks_nobody_out(new: APIFlask, client: FlaskClient) -> None:
    assert {set_up(client, password="corta", again="corta").status_code for _ in range(8)} == {400}
    assert set_up(client).status_code == 303


def test_set_up_is_over_once_somebody_may_sign_in(new: APIFlask, centre: Centre, client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/setup").text)
    keep(centre, "Anna Rossi")
    assert token
    fields = {"csrf_token": token[1], "code": CODE, "name": "Eva", "password": PASSWORD, "again": PASSWORD}
    assert client.get("/setup").location == "/sign-in"
    assert client.post("/setup", data=fields).location == "/sign-in"
    assert names(centre) == ["Anna Rossi"]


def test_of_two_who_set_up_together_one_is_first(new: APIFlask, centre: Centre) -> None:
    answers: list[int] = []
    start = Barrier(2)

    def attempt(name: str) -> None:
        client = new.test_client()
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/setup").text)
        assert found
        start.wait()
        fields = {"csrf_token": found[1], "code": CODE, "name": name, "password": PASSWORD, "again": PASSWORD}
        answers.append(client.post("/setup", data=fields).status_code)

    threads = [Thread(target=attempt, args=(name,)) for name in ("Anna", "Eva")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(centre)) == 1
    assert len(answers) == 2


@pytest.mark.parametrize(
    ("password", "again", "reason"),
    [
        ("undici caro", "undici caro", passwords.SHORT),
        ("x" * 257, "x" * 257, passwords.LONG),
        ("forza anna rossi", "forza anna rossi", passwords.NAMED),
        ("aaaaabbbbbccccc", "aaaaabbbbbccccc", passwords.PLAIN),
        (PASSWORD, PASSWORD + "!", "Le due password sono diverse."),
    ],
)
def test_a_poor_password_is_refused_with_its_reason(
    new: APIFlask, centre: Centre, password: str, again: str, reason: str
) -> None:
    answer = set_up(new.test_client(), password=password, again=again)
    assert answer.status_code == 400
    assert told(answer) == reason
    assert 'value="Anna Rossi"' in answer.text  # nothing typed is lost
    assert password not in answer.text
    assert names(centre) == []


# --- signing in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "home"), [(Role.MANAGER, "/admin/"), (Role.CLERK, "/counter/")])
def test_each_role_comes_to_its_own_face(centre: Centre, client: FlaskClient, role: Role, home: str) -> None:
    keep(centre, "Anna", role)
    answer = sign_in(client, "Anna")
    assert (answer.status_code, answer.location) == (303, home)
    assert client.get(home).status_code == 200


def test_after_the_door_one_gets_the_page_one_asked_for(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    asked = client.get("/admin/compliance?by=month").location
    page = client.get(asked).text
    assert 'value="/admin/compliance?by=month"' in page
    assert sign_in(client, "Anna", next="/admin/compliance?by=month").location == "/admin/compliance?by=month"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)", "evil", "/\n/evil.example", "http:///evil.example"],
)  # fmt: skip
def test_the_door_never_leads_elsewhere(centre: Centre, client: FlaskClient, elsewhere: str) -> None:
    keep(centre, "Anna")
    assert door.local_path(elsewhere) == ""
    assert sign_in(client, "Anna", next=elsewhere).location == "/admin/"


def test_an_unknown_name_and_a_wrong_password_look_the_same(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    wrong, unknown = sign_in(client, "Anna", "sbagliata davvero"), sign_in(client, "Nessuna", "sbagliata davvero")
    assert (wrong.status_code, told(wrong)) == (unknown.status_code, told(unknown)) == (401, WRONG)


def test_an_unknown_name_costs_as_much_work_as_a_known_one() -> None:
    assert extract_parameters(passwords.NOBODY) == extract_parameters(passwords.hash(PASSWORD))
    assert not passwords.matches(PASSWORD, None)


def test_a_password_is_the_same_however_its_accents_are_typed() -> None:
    assert passwords.matches("perche\u0301 no e poi", passwords.hash("perch\u00e9 no e poi"))


def test_after_five_wrong_tries_even_the_right_password_waits(
    app: APIFlask, centre: Centre, client: FlaskClient
) -> None:
    keep(centre, "Anna")
    keep(centre, "Eva")
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False) as traveller:
        assert {sign_in(client, "Anna", "sbagliata").status_code for _ in range(5)} == {401}
        answer = sign_in(client, "Anna")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "300")
        assert told(answer) == "Troppi tentativi. Riprovi tra 5 minuti."
        assert sign_in(app.test_client(), "Eva").status_code == 303  # one name's tries are not another's
        traveller.shift(299)
        assert told(sign_in(client, "Anna")) == "Troppi tentativi. Riprovi tra 1 secondo."
        traveller.shift(2)
        assert sign_in(client, "Anna").status_code == 303


def test_many_names_from_one_address_are_throttled_too(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    fields = {"csrf_token": token[1], "password": "sbagliata"}
    statuses = [client.post("/sign-in", data={**fields, "name": f"n{n}"}).status_code for n in range(41)]
    assert statuses == [401] * 40 + [429]


def test_who_signs_in_starts_afresh(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    for _ in range(2):
        assert {sign_in(client, "Anna", "sbagliata").status_code for _ in range(4)} == {401}
        assert sign_in(client, "Anna").status_code == 303
        send(client, "/change-password")  # signed in: the form is there
        client.delete_cookie("session")


def test_signing_in_begins_a_new_session(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    client.get("/sign-in")
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    answer = sign_in(client, "Anna")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    with client.session_transaction() as after:
        assert "planted" not in after


def test_signing_out_closes_the_door_behind_one(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    sign_in(client, "Anna")
    assert client.get("/sign-out").status_code == 405
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/admin/").text)
    assert found
    assert client.post("/sign-out", data={"csrf_token": found[1]}).location == "/sign-in"
    assert client.get("/admin/").status_code == 302


def test_a_form_of_another_site_is_refused(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    assert client.post("/sign-in", data={"name": "Anna", "password": PASSWORD}).status_code == 400


def test_somebody_shut_out_is_out_at_once(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    keep(centre, "Eva")
    sign_in(client, "Anna")
    centre.write(lambda db: access.disable_person(db, "Anna"))
    assert client.get("/admin/").status_code == 302
    assert sign_in(client, "Anna").status_code == 401


# --- changing a password -----------------------------------------------------------------------------


def change(client: FlaskClient, new: str = "un'altra frase lunga", **more: str) -> TestResponse:
    return send(client, "/change-password", password=new, again=new, **more)


def test_a_one_time_password_opens_only_the_page_that_ends_it(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna", once=True)
    assert sign_in(client, "Anna", next="/admin/plan").location == "/change-password?next=/admin/plan"
    assert client.get("/admin/").status_code == 302
    assert client.get("/counter/").status_code == 302
    assert told(change(client, PASSWORD)) == "La nuova password è uguale a quella di ora."
    assert change(client, next="/admin/plan").location == "/admin/plan"
    assert client.get("/admin/").status_code == 200
    client.delete_cookie("session")
    assert sign_in(client, "Anna").status_code == 401
    assert sign_in(client, "Anna", "un'altra frase lunga").location == "/admin/"


def test_a_one_time_password_replaced_meanwhile_changes_nothing(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna", once=True)
    sign_in(client, "Anna")
    page = client.get("/change-password").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    keep(centre, "Anna", once=True)  # another one-time password: the proof of the first is void
    assert token
    fields = {"csrf_token": token[1], "password": "un'altra frase lunga", "again": "un'altra frase lunga"}
    assert client.post("/change-password", data=fields).location == "/sign-in"
    assert client.get("/change-password").location == "/sign-in"


def test_changing_a_password_wants_the_one_in_use(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    sign_in(client, "Anna")
    assert told(change(client, old="non questa")) == "La password di ora non è giusta."
    assert change(client, old=PASSWORD).status_code == 303


def test_guessing_at_a_screen_left_open_is_throttled(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    sign_in(client, "Anna")
    statuses = [change(client, old=f"non questa {n}").status_code for n in range(6)]
    assert statuses == [400] * 5 + [429]


def test_a_changed_password_ends_the_other_sessions(app: APIFlask, centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    elsewhere = app.test_client()
    sign_in(client, "Anna")
    sign_in(elsewhere, "Anna")
    change(client, old=PASSWORD)
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


def test_nobody_changes_a_password_without_a_name(centre: Centre, client: FlaskClient) -> None:
    keep(centre, "Anna")
    assert client.get("/change-password").location == "/sign-in"
