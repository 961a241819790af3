"""emupos, a printer that others wrote: what it draws from our bytes owes nothing to how we read them ourselves."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml
from PIL import Image, ImageChops, ImageOps

ENVIRONMENT = Path(sys.prefix) / "emupos"  # deploy/prerequisites.sh makes it where there is a Python new enough
PATIENCE_S = 30

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

    def __init__(self, program: subprocess.Popen[str], ports: Mapping[int, int], folder: Path) -> None:
        self._program = program
        self._ports = ports
        self._folder = folder
        self.not_known: list[str] = []

    def sheets(self, data: bytes, *, width: int) -> list[Image.Image]:
        """What comes out for these bytes, cut where they cut. Mode "1", a set pixel being ink."""
        with socket.create_connection(("127.0.0.1", self._ports[width]), PATIENCE_S) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass
        return [self._drawn(name, width) for name in self._finished()]

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
        assert self._program.stdout is not None
        for told in self._program.stdout:
            yield told.rstrip()
        pytest.fail("emupos ended")

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
            machine = Emupos(program, printers, folder)
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
