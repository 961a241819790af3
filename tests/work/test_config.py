"""centre.toml: read whole, and every fault in it told at once."""

import re
from pathlib import Path

import pytest

from sportello.config import Config, Unreadable, read
from sportello.domain.printing import PrinterSetup
from sportello.founding import SETTINGS

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "centre.toml"


def given(path: Path, text: str) -> Config:
    path.write_text(text, encoding="utf-8")
    return read(path)


def faults(path: Path, text: str) -> list[str]:
    with pytest.raises(Unreadable) as refused:
        given(path, text)
    return [line.removeprefix(f"{path}: ") for line in str(refused.value).splitlines()]


def test_a_code_is_enough(path: Path) -> None:
    config = given(path, '[centre]\ncode = "cpi-como"\n')
    assert (config.code, config.host, config.port, config.screens) == ("cpi-como", "127.0.0.1", 8080, 64)
    assert (config.demo, config.https, config.printers) == (False, False, ())
    assert config.database == path.parent / "centre.db"
    assert config.names == ("127.0.0.1", "localhost", "[::1]")


def test_telephones_may_come_by_an_ipv6_address(path: Path) -> None:
    config = given(path, '[centre]\ncode = "cpi-como"\n[web]\nphones = "http://[fd00::1]:8080"\n')
    assert "[fd00::1]" in config.names


def test_settings_saved_in_another_encoding_are_told_with_what_to_do(path: Path) -> None:
    path.write_bytes('[centre]\ncode = "cantù"\n'.encode("cp1252"))
    with pytest.raises(Unreadable, match="is not a text in UTF-8: save it as one"):
        read(path)


def test_what_init_writes_can_be_read(path: Path) -> None:
    config = given(path, SETTINGS.format(code="cpi-como", demo="true"))
    assert (config.code, config.demo) == ("cpi-como", True)
    assert config.printers == (PrinterSetup(name="totem", uri="virtual:", width=576),)


def test_the_documented_example_can_be_read(path: Path) -> None:
    (text,) = re.findall(r"(?s)```toml\n(.*?)```", (DOCS / "configuration.md").read_text(encoding="utf-8"))
    config = given(path, text)
    assert "centro.local" in config.names
    assert config.printers[0].uri == "tcp://192.168.1.50:9100"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "[centre] code is missing: a short name such as cpi-como"),
        ('[centre]\ncode = ""', "[centre] code is missing: a short name such as cpi-como"),
        ("[centre]\ncode = 7", "[centre] code is missing: a short name such as cpi-como"),
        ('[centre]\ncode = "x"\ndatabase = 1', "[centre] database is a file name"),
        ('[centre]\ncode = "x"\ndemo = "yes"', "[centre] demo is true or false"),
        ('[centre]\ncode = "x"\nkode = 1', "[centre] kode is not known; known are code, database, demo"),
        ('[centre]\ncode = "x"\n[net]', "[net] is not known; known are centre, web, printers"),
        ('[centre]\ncode = "x"\n[web]\nhost = 1', "[web] host is an address such as 127.0.0.1"),
        ('[centre]\ncode = "x"\n[web]\nport = 70000', "[web] port is a number from 0 to 65535"),
        ('[centre]\ncode = "x"\n[web]\nport = true', "[web] port is a number from 0 to 65535"),
        ('[centre]\ncode = "x"\n[web]\nnames = "a"', "[web] names is a list of host names"),
        (
            '[centre]\ncode = "x"\n[web]\nkiosks = ["192.168.1.20"]',
            "[web] kiosks is not known; known are host, https, names, phones, port, screens",
        ),
        ('[centre]\ncode = "x"\n[web]\nscreens = 0', "[web] screens is a number from 1 to 2000"),
        ('[centre]\ncode = "x"\n[web]\nhttps = 1', "[web] https is true or false"),
        (
            '[centre]\ncode = "x"\n[printers]\nname = "a"',
            "[centre] and [web] are tables, [[printers]] is a list of tables",
        ),
        ("centre = 1", "[centre] and [web] are tables, [[printers]] is a list of tables"),
    ],
)
def test_a_fault_says_what_would_be_right(path: Path, text: str, told: str) -> None:
    assert faults(path, text) == [told]


@pytest.mark.parametrize(
    "uri", ["tcp://", "tcp://printer:port", "tcp://printer:99999", "tcp://printer:0", "usb:1", "virtual:x", ""]
)
def test_a_printer_that_cannot_be_reached_is_told_before_the_first_slip(path: Path, uri: str) -> None:
    (told,) = faults(path, f'[centre]\ncode = "x"\n[[printers]]\nname = "totem"\nuri = "{uri}"\n')
    assert told.startswith("[[printers]] number 1: uri is one of «virtual:», «tcp://192.168.1.50:9100», «usblp:")


@pytest.mark.parametrize("uri", ["virtual:", "tcp://192.168.1.50:9100", "tcp://printer.local", "tcp://[fd00::7]:9100"])
def test_a_printer_has_an_address(path: Path, uri: str) -> None:
    config = given(path, f'[centre]\ncode = "x"\n[[printers]]\nname = "totem"\nuri = "{uri}"\nwidth = 384\n')
    assert config.printers == (PrinterSetup(name="totem", uri=uri, width=384),)


def test_faults_are_told_all_at_once(path: Path) -> None:
    text = (
        '[centre]\n[web]\nport = "x"\nhosts = 1\n[[printers]]\n[[printers]]\nname = "a"\nuri = "virtual:"\nwidth = 5\n'
    )
    assert len(faults(path, text)) == 6


def test_two_printers_have_two_names(path: Path) -> None:
    printer = '[[printers]]\nname = "totem"\nuri = "virtual:"\n'
    assert faults(path, f'[centre]\ncode = "x"\n{printer}{printer}') == ["[[printers]] two are called «totem»"]


def test_what_is_not_toml_is_told_with_its_place(path: Path) -> None:
    (told,) = faults(path, "[centre\n")
    assert "line 1" in told


def test_settings_that_are_not_there_say_how_to_make_them(path: Path) -> None:
    with pytest.raises(Unreadable, match="make a centre with «sportello init»"):
        read(path)
