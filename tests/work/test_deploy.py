"""What a technician installs beside the program: hardened units, and a browser that shows one place."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ["sportello.service", "sportello-print.service"]
HIGHEST_EXPOSURE = 2.0

needs_udev = pytest.mark.skipif(shutil.which("udevadm") is None, reason="udev is not installed here")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")


@needs_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_exposed_to_little(unit: str) -> None:
    report = _analyze("security", "--offline=yes", str(DEPLOY / "systemd" / unit)).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", report)
    assert exposure, report
    assert float(exposure[1]) <= HIGHEST_EXPOSURE


@needs_systemd
def test_systemd_understands_every_line_of_every_unit() -> None:
    units = [*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("kiosk/*.service")]
    complaints = _analyze("verify", "--man=no", *map(str, units)).stderr.splitlines()
    # the programs are not installed on the machine that tests them
    assert [line for line in complaints if "is not executable: No such file" not in line] == []


@needs_udev
def test_udev_understands_the_rules_for_printers() -> None:
    help_text = subprocess.run(["udevadm", "--help"], capture_output=True, text=True).stdout
    if "verify" not in help_text:
        pytest.skip("this udevadm cannot verify rules")
    rules = DEPLOY / "udev" / "70-sportello-printers.rules"
    checked = subprocess.run(["udevadm", "verify", "--no-summary", str(rules)], capture_output=True, text=True)
    assert "Unknown group" in checked.stderr or checked.returncode == 0, checked.stderr


def test_no_printer_is_open_to_everybody_and_each_rule_names_what_it_matches() -> None:
    text = (DEPLOY / "udev" / "70-sportello-printers.rules").read_text()
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(line.startswith('SUBSYSTEM=="usb') for line in rules)
    assert "0666" not in text
    group = "sportello-print"
    assert f'GROUP="{group}"' in text
    assert f"g {group} -" in (DEPLOY / "systemd" / "sportello.sysusers").read_text()
    assert group in (DEPLOY / "systemd" / "sportello-print.service").read_text()


@pytest.fixture
def image(tmp_path: Path) -> Path:
    done = _install("http://127.0.0.1:8080/display/", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_the_kiosk_opens_the_page_it_was_told(image: Path) -> None:
    assert "SPORTELLO_URL=http://127.0.0.1:8080/display/\n" in (image / "etc/sportello/kiosk.conf").read_text()


def test_the_kiosk_shows_no_other_place(image: Path) -> None:
    policy = json.loads((image / "etc/chromium/policies/managed/sportello.json").read_text())
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == ["http://127.0.0.1:8080"]


def test_the_kiosk_unit_starts_a_program_that_is_there(image: Path) -> None:
    unit = (image / "etc/systemd/system/sportello-kiosk.service").read_text()
    started = re.search(r"^ExecStart=/(\S+)", unit, re.MULTILINE)
    assert started
    assert (image / started[1]).stat().st_mode & 0o111
    assert (image / "usr/local/lib/sportello/kiosk-browser").stat().st_mode & 0o111


def test_the_browser_keeps_its_profile_over_the_night_and_no_lock_of_one_that_was_killed(
    image: Path, tmp_path: Path
) -> None:
    programs, state = tmp_path / "programs", tmp_path / "state"
    profile = state / "profile"
    for folder in (programs, profile):
        folder.mkdir(parents=True)
    (programs / "curl").write_text("#!/bin/sh\n")
    (programs / "chromium").write_text('#!/bin/sh\necho "$@"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    (profile / "SingletonLock").symlink_to("another-machine-4711")
    (profile / "Cookies").write_text("the token")
    browser = image / "usr/local/lib/sportello/kiosk-browser"
    told = {
        "SPORTELLO_URL": "http://127.0.0.1:8080/",
        "STATE_DIRECTORY": str(state),
        "PATH": f"{programs}:/usr/bin:/bin",
    }
    done = subprocess.run([browser, "wayland"], env=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert f"--user-data-dir={profile}" in done.stdout
    assert [file.name for file in profile.iterdir()] == ["Cookies"]


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "http://a b/", 'http://a/"', "http://a|b/"])
def test_an_address_that_is_no_page_is_refused_and_nothing_is_laid(url: str, tmp_path: Path) -> None:
    done = _install(url, tmp_path)
    assert done.returncode == 2
    assert "--url" in done.stderr
    assert list(tmp_path.iterdir()) == []


def _install(url: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY / "kiosk" / "install.sh"), "--url", url, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True)


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)
