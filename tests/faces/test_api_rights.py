"""Who may ask what: every role at every operation of the API, and every stranger at the door."""

from typing import Any

import pytest

LADDER = ("kiosk", "clerk", "manager")
OPERATIONS = {
    ("GET", "/services"): "kiosk",
    ("POST", "/tickets"): "kiosk",
    ("GET", "/tickets/{ticket}"): "kiosk",
    ("GET", "/board"): "kiosk",
    ("POST", "/tickets/{ticket}/recall"): "clerk",
    ("POST", "/tickets/{ticket}/start"): "clerk",
    ("POST", "/tickets/{ticket}/finish"): "clerk",
    ("POST", "/tickets/{ticket}/no-show"): "clerk",
    ("POST", "/tickets/{ticket}/hold"): "clerk",
    ("POST", "/tickets/{ticket}/resume"): "clerk",
    ("POST", "/tickets/{ticket}/requeue"): "clerk",
    ("POST", "/tickets/{ticket}/transfer"): "clerk",
    ("POST", "/tickets/{ticket}/leave"): "clerk",
    ("POST", "/tickets/{ticket}/void"): "clerk",
    ("POST", "/tickets/{ticket}/undo"): "clerk",
    ("POST", "/tickets/{ticket}/reprint"): "clerk",
    ("POST", "/counters/{counter}/open"): "clerk",
    ("POST", "/counters/{counter}/close"): "clerk",
    ("POST", "/counters/{counter}/pause"): "clerk",
    ("POST", "/counters/{counter}/resume"): "clerk",
    ("POST", "/counters/{counter}/walk-in"): "clerk",
    ("POST", "/counters/{counter}/call-next"): "clerk",
    ("POST", "/counters/{counter}/call"): "clerk",
    ("POST", "/day/open"): "manager",
    ("POST", "/day/close"): "manager",
    ("POST", "/appointments/{day}"): "manager",
    ("GET", "/compliance"): "manager",
    ("GET", "/accuracy"): "manager",
    ("GET", "/tickets.csv"): "manager",
}
CELLS = [(*operation, least, role) for operation, least in OPERATIONS.items() for role in (*LADDER, "", "stranger")]


def ask(api: Any, method: str, path: str, role: str) -> Any:
    """An operation with nothing to say: whoever may ask is told what is missing, and nothing happens."""
    address = path.format(ticket="0", counter="none", day="2026-11-24")
    return api.get(address, role=role) if method == "GET" else api.post(address, {}, role=role)


@pytest.mark.parametrize(("method", "path", "least", "role"), CELLS)
def test_a_role_reaches_what_it_may_and_nothing_else(api: Any, method: str, path: str, least: str, role: str) -> None:
    answer = ask(api, method, path, role)
    if role not in LADDER:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    elif LADDER.index(role) < LADDER.index(least):
        assert answer.status_code == 403
    else:
        assert answer.status_code not in (401, 403, 500)
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"


def test_the_table_of_rights_names_every_operation(app: Any) -> None:
    document = app.test_client().get("/api/v1/openapi.json").json
    told = {
        (verb.upper(), path.removeprefix("/api/v1")): operation["security"][0]["BearerAuth"][0]
        for path, operations in document["paths"].items()
        for verb, operation in operations.items()
        if operation.get("security")
    }
    assert told == OPERATIONS


def test_a_revoked_token_stops_at_once(api: Any, centre: Any) -> None:
    from sportello.ledger import access

    assert api.get("/board", role="clerk").status_code == 200
    centre.write(lambda db: access.revoke_token(db, "test-clerk", 0))
    assert api.get("/board", role="clerk").status_code == 401


# --- the outermost guard -------------------------------------------------------------------------

PLACES = ("/healthz", "/api/v1/board", "/socket.io/?EIO=4&transport=websocket", "/sign-in", "/static/base.css")
STRANGE = [
    {"Host": "evil.example"},
    {"Host": "evil.example:8080"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": ""},
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[localhost"},
    {"Origin": "http://localhost:9999"},
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("headers", STRANGE, ids=lambda headers: "=".join(*headers.items()))
def test_a_strange_host_or_origin_gets_nowhere(app: Any, place: str, headers: dict[str, str]) -> None:
    answer = app.test_client().get(place, headers=headers)
    assert answer.status_code == 403
    assert answer.data.startswith(b"403: this host name or origin is not one of ours")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost"},
        {"Host": "127.0.0.1:8080"},
        {"Host": "[::1]:8080"},
        {"Host": "LOCALHOST", "Origin": "http://localhost"},
        {"Host": "localhost:8080", "Origin": "http://localhost:8080"},
    ],
)
def test_our_own_names_are_let_in(app: Any, place: str, headers: dict[str, str]) -> None:
    with app.test_client().get(place, headers=headers) as answer:
        assert b"this host name or origin" not in answer.data  # who may watch the board is asked after the guard


@pytest.mark.parametrize(
    ("site", "let_in"), [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False)]
)
def test_another_site_may_link_here_but_not_write(app: Any, site: str, *, let_in: bool) -> None:
    client = app.test_client()
    headers = {"Sec-Fetch-Site": site}
    assert client.get("/healthz", headers=headers).status_code == 200
    assert (client.post("/api/v1/tickets", headers=headers).status_code == 401) is let_in


def test_every_answer_carries_the_security_headers(app: Any) -> None:
    client = app.test_client()
    for path in ("/healthz", "/api/v1/nothing", "/sign-in"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
