"""emupos, a printer that others wrote: what it draws from our bytes owes nothing to how we read them ourselves."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Literal

import httpx
import pytest
import yaml
from PIL import Image, ImageChops, ImageOps

ENVIRONMENT = Path(sys.prefix) / "emupos"  # deploy/prerequisites.sh makes it where there is a Python new enough
PATIENCE_S = 30

Fault = Literal["paper-near-end", "paper-out", "cover-open"]

_DRAWN = re.compile(r"printer\.job\.completed .* → (\S+)$")
_NOT_KNOWN = re.compile(r"printer\.command\.unknown +skipped unknown bytes (.*)$")
_NARROW = {
    "type": "printer",
    "name": "58 mm",
    "dpi": 203,
    "width_dots": 384,
    "font_a": {"width": 12, "height": 24},
    "font_b": {"width": 9, "height": 17},
    "code_pages": {0: "PC437"},
    "default_code_page": 0,
    "drawer_sensor_open_level": "high",
}
_PROFILES = {576: "epson-tm-t20iii", 384: "./narrow.yaml"}


class Emupos:
    """Printers at work, one for each width of paper. `not_known` collects the bytes they made nothing of."""

    def __init__(self, program: subprocess.Popen[str], control: int, ports: Mapping[int, int], folder: Path) -> None:
        self._program = program
        self._control = f"http://127.0.0.1:{control}"
        self._ports = ports
        self._folder = folder
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self.not_known: list[str] = []
        Thread(target=self._listen, daemon=True).start()

    def uri(self, width: int) -> str:
        return f"tcp://127.0.0.1:{self._ports[width]}"

    def sheets(self, data: bytes, *, width: int) -> list[Image.Image]:
        """What comes out for these bytes, cut where they cut. Mode "1", a set pixel being ink."""
        self.answers(data, width=width)
        return self.drawn(width)

    def answers(self, data: bytes, *, width: int) -> bytes:
        """What it says to these bytes, over a connection of their own."""
        with socket.create_connection(("127.0.0.1", self._ports[width]), PATIENCE_S) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(4096), b""))

    def drawn(self, width: int) -> list[Image.Image]:
        """The sheets of the connection that was closed last, or is about to be: it waits for that."""
        return [self._drawn(name, width) for name in self._finished()]

    def set(self, fault: Fault, *, on: bool) -> None:
        """Let a fault begin at the wide printer, or end."""
        place = f"/api/v1/devices/paper-576/faults/{fault}"
        httpx.request("PUT" if on else "DELETE", self._control + place).raise_for_status()

    def _finished(self) -> Iterator[str]:
        """The sheets told of until the connection is told to be over."""
        for told in self._told():
            if sheet := _DRAWN.search(told):
                yield sheet[1]
            elif unknown := _NOT_KNOWN.search(told):
                self.not_known.append(unknown[1])
            elif "connection.closed" in told:
                return

    def _told(self) -> Iterator[str]:
        while (told := self._lines.get(timeout=PATIENCE_S)) is not None:
            yield told
        pytest.fail("emupos ended")

    def _listen(self) -> None:
        """Take what it tells at once: it would wait for a reader."""
        assert self._program.stdout is not None
        for line in self._program.stdout:
            self._lines.put(line.rstrip())
        self._lines.put(None)

    def await_start(self) -> None:
        next(told for told in self._told() if told.startswith("Showing events"))

    def _drawn(self, name: str, width: int) -> Image.Image:
        with Image.open(self._folder / str(width) / f"{name}.png") as sheet:
            return ImageOps.invert(sheet.convert("L")).convert("1")


@contextmanager
def emupos(folder: Path) -> Iterator[Emupos]:
    """Start emupos with its files in `folder`; skips the test where it cannot be installed."""
    if not (ENVIRONMENT / "made-from.lock").exists():
        pytest.skip("emupos is not here: `make test` installs it where there is a Python from 3.13 on")
    ports = _free_ports(1 + len(_PROFILES))
    printers = dict(zip(_PROFILES, ports[1:], strict=True))
    (folder / "narrow.yaml").write_text(yaml.safe_dump(_NARROW))
    (folder / "emupos.yaml").write_text(yaml.safe_dump(_set_up(ports[0], printers)))
    with subprocess.Popen(
        [ENVIRONMENT / "bin" / "emupos", "run"],
        cwd=folder,
        env={**os.environ, "COLUMNS": "1000", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as program:
        try:
            machine = Emupos(program, ports[0], printers, folder)
            machine.await_start()
            yield machine
        finally:
            program.kill()


def _set_up(control: int, printers: Mapping[int, int]) -> dict[str, object]:
    return {
        "schema": 1,
        "api": {"host": "127.0.0.1", "port": control},
        "devices": [
            {
                "id": f"paper-{width}",
                "type": "printer",
                "profile": _PROFILES[width],
                "connections": [{"tcp": {"port": port}}],
                "receipts_dir": f"./{width}",
            }
            for width, port in printers.items()
        ],
    }


def _free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on now: emupos takes no port 0."""
    with ExitStack() as held:
        taken = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in taken]


def differing(one: Image.Image, other: Image.Image) -> int:
    """How many dots of two pictures differ; all of the larger one where their sizes do."""
    if one.size != other.size:
        return max(one.width * one.height, other.width * other.height)
    return ImageChops.logical_xor(one, other).histogram()[255]
