"""The virtual printer's page."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel

from printers.views import blueprint
from tests.paper.test_virtual import put, virtual


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "slips"
    printer = virtual(folder)
    for label in ("00000001-A041-T1", "00000002-A042-T2"):
        put(printer, label)
    (folder / "notes.png").write_bytes(b"not a slip")
    (tmp_path / "secret.png").write_bytes(b"secret")
    return folder


@pytest.fixture
def visitor(folder: Path) -> FlaskClient:
    app = Flask("paper")
    app.config["SLIPS_FOLDER"] = folder
    Babel(app, default_locale="it")
    app.register_blueprint(blueprint)
    return app.test_client()


def test_the_newest_slip_comes_first(visitor: FlaskClient) -> None:
    told = visitor.get("/printers/slips.json")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json == [
        {"number": "A042", "url": "/printers/slips/00000002-A042-T2.png"},
        {"number": "A041", "url": "/printers/slips/00000001-A041-T1.png"},
    ]


def test_the_picture_is_served(visitor: FlaskClient, folder: Path) -> None:
    with visitor.get("/printers/slips/00000002-A042-T2.png") as answer:
        assert answer.mimetype == "image/png"
        assert answer.data == (folder / "00000002-A042-T2.png").read_bytes()


@pytest.mark.parametrize(
    "name", ["../secret.png", "..%2Fsecret.png", "notes.png", "fault", "00000009-A001-T9.png", "%2Fetc%2Fpasswd"]
)
def test_nothing_else_is_served(visitor: FlaskClient, name: str) -> None:
    assert visitor.get(f"/printers/slips/{name}").status_code == 404


def test_the_page_has_no_script_or_style_of_its_own(visitor: FlaskClient) -> None:
    page = visitor.get("/printers/").text
    assert "Stampante virtuale" in page
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == 1
    assert '<script type="module" src="/printers/static/virtual.js"></script>' in page
    for part in ("virtual.js", "virtual.css"):
        with visitor.get(f"/printers/static/{part}") as answer:
            assert answer.status_code == 200


def test_a_centre_without_slips_yet_has_an_empty_list(tmp_path: Path) -> None:
    app = Flask("paper")
    app.config["SLIPS_FOLDER"] = tmp_path / "none"
    Babel(app)
    app.register_blueprint(blueprint)
    assert app.test_client().get("/printers/slips.json").json == []
