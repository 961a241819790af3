"""The locks: every version pinned by hash, none tied to a host, and all that pyproject.toml asks for."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "deploy" / "locks").glob("*.lock"))

pinned_line = re.compile(r"^[a-z0-9.-]+==\S+( ; [^\\]+)? \\$")
hash_line = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock: Path) -> None:
    lines = lock.read_text().splitlines()
    assert lines
    assert [line for line in lines if not pinned_line.match(line) and not hash_line.match(line)] == []


def test_the_front_end_lock_names_no_registry_and_pins_every_package() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "registry." not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')


def test_what_runs_is_pinned_as_pyproject_asks() -> None:
    project = _pyproject()["project"]
    assert _unmet(project["dependencies"], "run") == []


@pytest.mark.parametrize(("group", "lock"), [("build", "run"), ("test", "dev"), ("lint", "dev"), ("node", "node")])
def test_each_group_is_pinned_as_pyproject_asks(group: str, lock: str) -> None:
    assert _unmet(_pyproject()["dependency-groups"][group], lock) == []


def test_tests_run_on_the_very_versions_that_users_run() -> None:
    run, dev = _pins("run"), _pins("dev")
    assert {name: dev.get(name) for name in run} == run


def test_the_locks_leave_no_dependency_out() -> None:
    """They are installed without resolving, so what they forget would be missing."""
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def _pyproject() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def _pins(lock: str) -> dict[str, set[str]]:
    """Versions by name; a package may be pinned once for each range of Pythons."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", _text(lock), re.MULTILINE):
        pins.setdefault(name, set()).add(version)
    return pins


def _text(lock: str) -> str:
    return (ROOT / "deploy" / "locks" / f"{lock}.lock").read_text()


def _unmet(wanted: list[str], lock: str) -> list[str]:
    pins = _pins(lock)
    return [
        line
        for line in wanted
        if not (versions := pins.get(canonicalize_name((asked := Requirement(line)).name)))
        or not all(asked.specifier.contains(version) for version in versions)
    ]
