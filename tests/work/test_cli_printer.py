"""`sportello printer`, at a centre that is not served: the terminal becomes it for a moment."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sportello import config as settings
from sportello import founding, local
from sportello.cli import main
from sportello.domain.commands import IssueTicket
from sportello.timekeeping import system_clock

Run = Callable[..., Result]


@pytest.fixture
def centre_toml(tmp_path: Path) -> Path:
    charter = founding.charter_named("como")
    site = founding.site_of(charter, "cpi-como")
    return founding.init(tmp_path / "centre", charter, site, system_clock(), always_open=True)


@pytest.fixture
def printer(centre_toml: Path) -> Run:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["printer", *words, "--config", str(centre_toml)])

    return run


def test_status_says_what_is_known_and_no_more(printer: Run) -> None:
    told = printer("status")
    assert (told.exit_code, told.stdout) == (
        0,
        "totem: unknown, roll: nobody said when it was changed, virtual:\n",
    )


def test_a_new_roll_is_counted_from_its_change(printer: Run) -> None:
    assert printer("roll-changed", "totem").exit_code == 0
    assert "about 666 slips left" in printer("status").stdout
    missing = printer("roll-changed", "nessuna")
    assert (missing.exit_code, missing.stderr) == (1, "Error: there is no printer «nessuna»\n")


def test_a_slip_in_doubt_is_told_and_printed_again_as_a_copy(printer: Run, centre_toml: Path) -> None:
    config = settings.read(centre_toml)
    with local.line(config) as ask:
        local.command(ask, IssueTicket(service="A02"), actor="test")
        mark = {"process_id": "0001", "counter": None, "attempt": 1}
        assert local.ok(ask({"do": "begin", "job": 1, "printer": "totem", "mark": mark}))
        lost = {"do": "settle", "job": 1, "state": "unknown", "detail": "no_confirmation", "evidence": 0, "mm": 0}
        assert local.ok(ask(lost))
    assert "in doubt: T001 copy 0, unknown at totem no_confirmation" in printer("status").stdout
    assert printer("reprint", "t001").stdout == "T001: a copy is on its way\n"
    assert "in doubt" not in printer("status").stdout
    with local.line(config) as ask:
        found = local.ok(ask({"do": "peek", "printer": "totem", "wait_s": 0}))
    assert (found["copy"], found["slip"]["copy"], found["slip"]["number"]) == (1, 1, "T001")
    assert printer("reprint", "Z999").stderr == "Error: there is no number Z999 today\n"
