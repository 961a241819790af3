"""Real centres to measure, founded and served by the `sportello` command, and the floor under them."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks.connections import Connection, request

SITE = "cpi-como"
SCREENS = 600
COUNTER = "1"
STOPS_S = 10


class Failed(Exception):
    """A process of the benchmark ended or did not start; the message holds what it said."""


def sportello(*arguments: str | Path) -> str:
    """What the command printed."""
    done = subprocess.run([sys.executable, "-m", "sportello", *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"sportello {arguments[0]}: {done.stderr}")
    return done.stdout.strip()


def found(folder: Path) -> Path:
    """A new centre that is always open and lets many screens in; its settings."""
    settings = folder / "centre.toml"
    sportello("init", folder, "--charter", "como", "--site", SITE, "--always-open")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("screens = 64 ", f"screens = {SCREENS} "), encoding="utf-8")
    return settings


@dataclass(frozen=True, slots=True)
class Served:
    """A server process of ours or of the floor."""

    process: subprocess.Popen[bytes]
    port: int

    @classmethod
    def start(cls, *command: str | Path, log: Path) -> Self:
        """Start a server and wait until it says `ready http://…:PORT`."""
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", *map(str, command)], stdout=subprocess.PIPE, stderr=errors
            )
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b"ready "):
                return cls(process, int(line.rsplit(b":", 1)[1]))
        raise Failed(f"{' '.join(map(str, command))} did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOPS_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class Ours:
    """A centre being served, and how its API is asked."""

    served: Served
    headers: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def port(self) -> int:
        return self.served.port

    def post(self, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """A write, with a key of its own as a careful client sends one."""
        once = f"Idempotency-Key: {secrets.token_hex(12)}"
        return request("POST", f"/api/v1{path}", headers=(*self.headers, once), body=json.dumps(body or {}).encode())

    def ticket(self) -> bytes:
        """Asks for a number at one service or another."""
        return self.post("/tickets", {"service": secrets.choice(self.services)})

    def serve_all(self) -> None:
        """Call whoever waits, so that what follows finds the short line of an ordinary moment."""
        with Connection(self.port) as connection:
            while connection.ask(self.post(f"/counters/{COUNTER}/call-next")).status == 200:
                pass


def serve(settings: Path, *, prints: bool) -> Served:
    """Serve a centre on any free port."""
    paper = () if prints else ("--no-print",)
    log = settings.with_name("serve.log")
    return Served.start("sportello", "serve", "--config", settings, "--port", "0", *paper, log=log)


@contextmanager
def ours(settings: Path, *, prints: bool = False) -> Iterator[Ours]:
    """Serve a centre. Paper is a process of its own and would only take the other core from the clients."""
    token = sportello("token", "create", "--config", settings, "--role", "clerk", "--name", "benchmark")
    headers = (f"Authorization: Bearer {token}",)
    with serve(settings, prints=prints) as served:
        with Connection(served.port) as connection:
            answer = connection.ask(request("GET", "/api/v1/services", headers=headers))
        services = tuple(one["code"] for one in json.loads(answer.body)["services"] if one["open"])
        yield Ours(served, headers, services)


def floor(settings: Path) -> Served:
    """Serve the floor with the server settings of a centre."""
    return Served.start("benchmarks.floor", settings, log=settings.with_name("floor.log"))


def children(process: int) -> list[int]:
    """Process ids of a process's children, oldest first."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it may have ended meanwhile
            if f"\nPPid:\t{process}\n" in status.read_text():
                found.append(int(status.parent.name))
    return sorted(found)


def print_worker(centre: int) -> int:
    """The child of a centre's process that prints; another one speaks."""
    return next(child for child in children(centre) if b"\0print\0" in Path(f"/proc/{child}/cmdline").read_bytes())


def memory(process: int) -> Mapping[str, float]:
    """Resident and proportional megabytes (10⁶ bytes) of a process."""
    lines = (line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines())
    sizes = {line[0].rstrip(":").lower(): int(line[1]) * 1024 / 1e6 for line in lines if line[0] in ("Rss:", "Pss:")}
    return sizes


def environment() -> Mapping[str, object]:
    """What the figures depend on."""
    return {"python": sys.version.split()[0], "cores": os.cpu_count(), "load": os.getloadavg()[0]}
