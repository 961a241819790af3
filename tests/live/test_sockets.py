"""More screens than the server lets in: the extra ones are turned away, and numbers go on being given."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

SCREENS = 4
MUTE = 40  # clients whose cable was pulled; lingering for one after the other would take four times a kiosk's patience
WAITING = 12  # screens that try to come in
UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: c3BvcnRlbGxvLXNjcmVlbg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Served:
    """A centre being served by the real command."""

    port: int
    token: str

    def take(self) -> httpx.Response:
        """Take a number, with a connection of its own as each kiosk has."""
        return httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1/tickets",
            json={"service": "A01"},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=20,
        )

    def mute(self, stack: ExitStack) -> None:
        """Ask for the last thing on a connection, and never let go of it."""
        client = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=20))
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    def screen(self, stack: ExitStack) -> str:
        """Open a live connection and leave it open; the status the server answers."""
        screen = stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=20))
        screen.sendall(UPGRADE.encode())
        return screen.recv(4096).decode(errors="replace").split(" ")[1]


def sportello(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "sportello", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    settings = tmp_path / "centre" / "centre.toml"
    sportello("init", settings.parent, "--charter", "como", "--site", "cpi-como", "--always-open")
    text = settings.read_text(encoding="utf-8")
    assert "screens = 64 " in text
    settings.write_text(text.replace("screens = 64 ", f"screens = {SCREENS} "), encoding="utf-8")
    token = sportello("token", "create", "--config", settings, "--role", "kiosk", "--name", "totem")
    command = [sys.executable, "-m", "sportello", "serve", "--config", str(settings), "--port", "0", "--no-print"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().decode()
        assert ready.startswith("ready http://127.0.0.1:"), (tmp_path / "log").read_text(encoding="utf-8")
        yield Served(int(ready.rsplit(":", 1)[1]), token)
        process.terminate()
        process.wait(10)


def test_screens_beyond_the_limit_are_turned_away_while_numbers_are_given(served: Served) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(4) as kiosks:
        taken = [kiosks.submit(served.take) for _ in range(40)]
        answers = [served.screen(stack) for _ in range(WAITING)]
        given = [one.result() for one in taken]
    assert answers == ["101"] * SCREENS + ["503"] * (WAITING - SCREENS)
    assert [one.status_code for one in given] == [201] * 40
    assert len({json.loads(one.text)["number"] for one in given}) == 40


def test_numbers_are_given_while_every_screen_is_in(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(SCREENS):
            assert served.screen(stack) == "101"
        assert [served.take().status_code for _ in range(10)] == [201] * 10


def test_numbers_are_given_while_clients_never_let_go_of_their_connections(served: Served) -> None:
    with ExitStack() as stack:
        for _ in range(MUTE):
            served.mute(stack)
        assert served.take().status_code == 201


def test_a_screen_that_leaves_makes_room_for_another(served: Served) -> None:
    with ExitStack() as stack:
        answers = [served.screen(stack) for _ in range(SCREENS + 1)]
    assert answers[-1] == "503"
    with ExitStack() as stack:
        answers = []
        while not answers or (answers[-1] == "503" and len(answers) < 100):
            answers.append(served.screen(stack))
    assert answers[-1] == "101"
