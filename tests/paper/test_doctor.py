"""The doctor names what is in the way of paper, and what to do about it."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from printers import doctor, fonts
from printers.base import Delivery, PrinterError
from sportello import config as settings
from sportello import founding
from sportello.cli import main
from sportello.config import Config
from sportello.domain.printing import PrinterSetup
from sportello.timekeeping import system_clock
from tests.conftest import como


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings.read(founding.init(tmp_path / "centre", *como(), system_clock(), always_open=True))


def found(config: Config, *setups: PrinterSetup) -> dict[str, doctor.Finding]:
    return {one.what: one for one in doctor.examine(config, setups)}


def test_a_healthy_machine_gets_no_advice(config: Config) -> None:
    assert [one for one in found(config).values() if one.advice] == []


def test_a_cable_that_is_out_and_one_that_may_not_be_used_are_told_apart(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "ttyS9"
    locked.write_bytes(b"")
    monkeypatch.setattr("os.access", lambda path, mode: path != locked)
    told = found(
        config,
        PrinterSetup(name="totem", uri=f"serial:{tmp_path}/none?baud=9600"),
        PrinterSetup(name="banco", uri=f"serial:{locked}"),
    )
    assert told["printer totem"].advice == "is it on, is the cable in?"
    assert told["printer banco"].advice.startswith("usermod -aG ")


def test_missing_fribidi_is_the_first_thing_said(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise PrinterError("no_raqm", "apt install libfribidi0", delivery=Delivery.NOT_SENT, retry=False)

    monkeypatch.setattr(fonts, "check", missing)
    first = next(iter(doctor.examine(config, [])))
    assert (first.told, first.advice) == ("no_raqm", "apt install libfribidi0")


def test_a_code_that_leads_nowhere_is_told(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        there = found(replace(config, phones=f"http://127.0.0.1:{port}"))["code on the slip"]
        assert there.advice == ""
    gone = found(replace(config, phones=f"http://127.0.0.1:{port}"))["code on the slip"]
    assert "centre.toml" in gone.advice


def test_the_command_ends_with_1_where_something_is_in_the_way(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["printer", "doctor", "--config", str(config.folder / "centre.toml")]
    well = CliRunner().invoke(main, words)
    assert (well.exit_code, well.stdout.count("!!")) == (0, 0), well.output
    monkeypatch.setattr(doctor, "LEAST_FREE", 1 << 62)
    ill = CliRunner().invoke(main, words)
    assert ill.exit_code == 1
    assert "make room" in ill.stdout
