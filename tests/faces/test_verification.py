"""From the year to the public page: the four steps, asked over HTTP as a browser without scripts asks them."""

import io
import re
import zipfile
from html import unescape

import page
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from sportello.centre import Centre
from sportello.config import Config
from sportello.ledger import sqlite
from sportello.ledger.access import Role
from sportello.reports.sums import SUMS
from sportello.reports.transparency import ARCHIVE, INDEX, OFFERED
from tests.faces.conftest import a_past
from tests.faces.test_admin import Manager, signed_in

YEAR = "/admin/verification/2026"


@pytest.fixture
def manager(app: APIFlask, centre: Centre) -> Manager:
    a_past(centre)
    return Manager(signed_in(app, centre, "direttrice", Role.MANAGER))


@pytest.fixture
def anybody(app: APIFlask) -> FlaskClient:
    return app.test_client()


def field_of(text: str, key: str) -> int:
    """The place of a line in the form."""
    return [unescape(one) for one in re.findall(r'name="key" value="([^"]+)"', text)].index(key)


def publish(manager: Manager, version: int = 1) -> None:
    answer = manager.send(f"{YEAR}/publication", role="Dirigente", act="Det. n. 12", version=str(version))
    assert answer.status_code == 303, answer.text


def test_the_four_steps_end_on_a_page_for_everybody(manager: Manager, anybody: FlaskClient) -> None:
    assert manager.get("/admin/verification?year=2026").headers["Location"].endswith(YEAR)
    assert "NON VALUTABILE" in manager.get(YEAR).text
    form = manager.get(f"{YEAR}/remarks").text
    place = field_of(form, "como/2026-1|A01|TEMP-A01")
    keys = MultiDict([("key", unescape(key)) for key in re.findall(r'name="key" value="([^"]+)"', form)])
    written = {f"cause-{place}": "Due assenze", f"action-{place}": "Un operatore in più", "contact": "urp@example.org"}
    assert (
        manager.send(f"{YEAR}/remarks", keys, **written, **{"go-on": "1"}).headers["Location"].endswith("publication")
    )
    assert "Due assenze" in manager.get(f"{YEAR}/remarks").text
    assert anybody.get("/trasparenza/").status_code == 404
    publish(manager)
    shown = anybody.get("/trasparenza/")
    assert shown.status_code == 200
    assert {"Due assenze", "Un operatore in più", "urp@example.org", "Det. n. 12", "DIMOSTRATIVO"} <= {
        word for word in ("Due assenze", "Un operatore in più", "urp@example.org", "Det. n. 12", "DIMOSTRATIVO")
        if word in shown.text
    }  # fmt: skip


def test_nobody_but_a_manager_comes_to_the_steps(anybody: FlaskClient, app: APIFlask, centre: Centre) -> None:
    clerk = signed_in(app, centre, "allo-sportello", Role.CLERK)
    for address in ("/admin/verification", YEAR, f"{YEAR}/remarks", f"{YEAR}/publication", "/admin/evidence"):
        assert anybody.get(address).status_code == 302
        assert clerk.get(address).status_code == 403


def test_the_zip_holds_the_same_folder(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    archive = zipfile.ZipFile(io.BytesIO(anybody.get(f"/trasparenza/{ARCHIVE}").data))
    names = {name.removeprefix("trasparenza/") for name in archive.namelist()}
    assert {*OFFERED, INDEX, SUMS, "stile.css"} == names
    for name in names:
        assert archive.read(f"trasparenza/{name}") == anybody.get(f"/trasparenza/{name}").data, name
    sums = archive.read(f"trasparenza/{SUMS}").decode().splitlines()
    assert len(sums) == len(names) - 1


def test_published_again_the_older_version_stays(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    first = anybody.get("/trasparenza/").data
    manager.send(f"{YEAR}/remarks", note="Corretta")
    publish(manager, 2)
    assert "Corretta" in anybody.get("/trasparenza/").text
    assert anybody.get("/trasparenza/2026/1/").data == first
    assert b"Corretta" not in first
    assert "versione 2" in manager.get("/admin/verification").text


def test_a_form_sent_twice_publishes_once(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    again = manager.send(f"{YEAR}/publication", role="Dirigente", act="Det. n. 12", version="1")
    assert again.status_code == 409
    assert anybody.get("/trasparenza/2026/2/").status_code == 404


def test_without_a_role_and_an_act_nothing_is_published(manager: Manager, anybody: FlaskClient) -> None:
    answer = manager.send(f"{YEAR}/publication", role="", act="Det. n. 12", version="1")
    assert (answer.status_code, "Det. n. 12" in answer.text) == (400, True)
    assert anybody.get("/trasparenza/").status_code == 404


def test_of_an_altered_log_nothing_is_published_and_the_event_is_named(
    manager: Manager, anybody: FlaskClient, config: Config
) -> None:
    database = sqlite.connect(config.database, write=True)
    (bad,) = database.rows("SELECT epoch, seq FROM event WHERE kind = 'VisitImported' ORDER BY epoch, seq LIMIT 1")
    database.run("UPDATE event SET wall_ms = wall_ms - 1 WHERE epoch = :epoch AND seq = :seq", dict(bad))
    database.close()
    answer = manager.send(f"{YEAR}/publication", role="Dirigente", act="Det. n. 12", version="1")
    assert answer.status_code == 409
    assert "Il registro è stato alterato" in answer.text
    assert f"epoca {bad['epoch']}, numero {bad['seq']} (VisitImported)" in manager.get(YEAR).text
    assert anybody.get("/trasparenza/").status_code == 404


def test_a_preview_is_the_file_as_it_would_be_published(manager: Manager, anybody: FlaskClient) -> None:
    preview = manager.get(f"{YEAR}/preview/verification.pdf")
    publish(manager)
    assert preview.data == anybody.get("/trasparenza/verification.pdf").data
    assert page.is_pdf_compliant_bytes(preview.data, profile="ua1")


# --- evidence --------------------------------------------------------------------------------------------


def test_the_evidence_of_a_day_is_shown_and_taken_away(manager: Manager) -> None:
    shown = manager.get("/admin/evidence?day=2026-10-20&service=A01")
    assert "Tutto quello che è accaduto" in shown.text
    sent = manager.get("/admin/evidence.zip?day=2026-10-20&service=A01")
    archive = zipfile.ZipFile(io.BytesIO(sent.data))
    assert "prove-2026-10-20-A01/evidence.pdf" in archive.namelist()


def test_a_day_that_is_none_is_asked_again(manager: Manager) -> None:
    assert manager.get("/admin/evidence?day=ieri").status_code == 400
    assert manager.get("/admin/evidence?day=2031-01-01").status_code == 200
