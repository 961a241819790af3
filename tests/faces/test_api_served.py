"""The API over a real socket: two clerks at once, a retry after a lost answer, strangers on the live connection."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from sportello import config as settings
from sportello import founding
from sportello.ledger import access
from sportello.ledger.access import Role
from sportello.local import line, ok
from sportello.timekeeping import system_clock

PATIENCE_S = 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A centre as it is really served, and a clerk's program that asks it."""
    charter = founding.charter_named("como")
    site = founding.site_of(charter, "cpi-como")
    path = founding.init(tmp_path_factory.mktemp("served") / "centre", charter, site, system_clock(), always_open=True)
    token = secrets.token_urlsafe(32)
    with line(settings.read(path)) as ask:
        ok(ask({"do": "keep_token", "digest": access.digest(token), "name": "test", "role": Role.CLERK.value}))
    words = ["serve", "--config", str(path), "--port", "0", "--no-print"]
    process = subprocess.Popen([sys.executable, "-m", "sportello", *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[1]
        with httpx.Client(
            base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S
        ) as client:
            yield client
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_S)


def take(served: httpx.Client) -> str:
    answer = served.post("/tickets", json={"service": "A01"})
    assert answer.status_code == 201
    ticket: str = answer.json()["id"]
    return ticket


def test_two_clerks_who_press_together_get_two_tickets_always(served: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as desks:
        for _ in range(20):
            waiting = {take(served), take(served)}
            answers = desks.map(lambda counter: served.post(f"/counters/{counter}/call-next"), ("1", "2"))
            assert {answer.json()["id"] for answer in answers} == waiting


def test_a_retry_on_a_new_connection_happens_once(served: httpx.Client) -> None:
    key = {"Idempotency-Key": "after-a-lost-answer"}
    answers = []
    for _ in range(3):
        request = served.build_request("POST", "/tickets", json={"service": "A02"}, headers=key)
        with httpx.Client(timeout=PATIENCE_S) as fresh:
            answers.append(fresh.send(request).json()["id"])
    assert len(set(answers)) == 1


def test_many_kiosks_at_once_each_get_a_number_of_their_own(served: httpx.Client) -> None:
    before = served.get("/board").json()["seq"]
    with ThreadPoolExecutor(32) as kiosks:
        taken = list(kiosks.map(lambda _: take(served), range(200)))
    assert len(set(taken)) == 200
    assert served.get("/board").json()["seq"] == before + 200


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize("strange", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
def test_a_stranger_opens_no_live_connection(served: httpx.Client, strange: dict[str, str]) -> None:
    root = str(served.base_url).removesuffix("/api/v1/")
    answer = httpx.get(f"{root}/socket.io/?EIO=4&transport=websocket", headers=UPGRADE | strange, timeout=PATIENCE_S)
    assert answer.status_code == 403


def test_polling_is_refused_so_that_a_screen_is_one_connection(served: httpx.Client) -> None:
    root = str(served.base_url).removesuffix("/api/v1/")
    assert httpx.get(f"{root}/socket.io/?EIO=4&transport=polling", timeout=PATIENCE_S).status_code == 400
