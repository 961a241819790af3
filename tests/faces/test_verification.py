"""From the year to the public page: the four steps, asked over HTTP as a browser without scripts asks them."""

import csv
import hashlib
import io
import re
import zipfile
from html import unescape

import page
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic
from werkzeug.datastructures import MultiDict

from sportello.centre import Centre
from sportello.domain.publication import SMALL
from sportello.ledger.access import Role
from sportello.reports.sums import SUMS
from sportello.reports.transparency import ARCHIVE, INDEX, OFFERED
from tests.faces.conftest import a_past
from tests.faces.test_admin import Manager, signed_in

HERE = "https://example.org/trasparenza/"
DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
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


def test_the_sum_on_the_page_is_that_of_the_file(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    told = dict(re.findall(r'<a href="([^"]+)">.*?<td class="hash">(\w{64})</td>', anybody.get("/trasparenza/").text))
    assert set(told) == set(OFFERED)
    files = {name: anybody.get(f"/trasparenza/{name}").data for name in OFFERED}
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_zip_holds_the_same_folder(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    archive = zipfile.ZipFile(io.BytesIO(anybody.get(f"/trasparenza/{ARCHIVE}").data))
    names = {name.removeprefix("trasparenza/") for name in archive.namelist()}
    assert {*OFFERED, INDEX, SUMS, "stile.css"} == names
    for name in names:
        assert archive.read(f"trasparenza/{name}") == anybody.get(f"/trasparenza/{name}").data, name
    sums = archive.read(f"trasparenza/{SUMS}").decode().splitlines()
    assert len(sums) == len(names) - 1


def test_a_page_asks_nothing_of_another_host(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    for name in (INDEX, "verification.html"):
        text = anybody.get(f"/trasparenza/{name}").text
        links = re.findall(r'(?:href|src)="([^"]+)"', text)
        assert links
        assert not [link for link in links if "//" in link]
        assert "<script" not in text
        assert "style=" not in text
    assert "url(" not in anybody.get("/trasparenza/stile.css").text


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


def test_a_preview_is_the_file_as_it_would_be_published(manager: Manager, anybody: FlaskClient) -> None:
    preview = manager.get(f"{YEAR}/preview/verification.pdf")
    publish(manager)
    assert preview.data == anybody.get("/trasparenza/verification.pdf").data
    assert page.is_pdf_compliant_bytes(preview.data, profile="ua1")


# --- open data -------------------------------------------------------------------------------------------


def graphs(anybody: FlaskClient) -> tuple[Graph, Graph]:
    turtle, linked = (anybody.get(f"/trasparenza/catalogo.{suffix}").text for suffix in ("ttl", "jsonld"))
    return (
        Graph().parse(data=turtle, format="turtle", publicID=HERE),
        Graph().parse(data=linked, format="json-ld", publicID=HERE),
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the library's own, reading JSON-LD
def test_the_metadata_say_the_same_in_both_forms(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    turtle, linked = graphs(anybody)
    assert len(turtle) > 60
    assert isomorphic(turtle, linked)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_each_dataset_has_what_dcat_ap_it_asks(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    graph, _ = graphs(anybody)
    datasets = set(graph.subjects(RDF.type, DCATAPIT.Dataset))
    assert len(datasets) == 3
    for dataset in datasets:
        for name in ("identifier", "title", "description", "modified", "rightsHolder", "accrualPeriodicity"):
            assert graph.value(dataset, DCTERMS[name]), name
        assert graph.value(dataset, DCAT.theme)
        distribution = graph.value(dataset, DCAT.distribution)
        assert {DCTERMS.format, DCTERMS.license, DCAT.accessURL} <= set(graph.predicates(distribution))
        file = str(graph.value(distribution, DCAT.downloadURL)).removeprefix(HERE)
        content = anybody.get(f"/trasparenza/{file}").data
        told = graph.value(graph.value(distribution, SPDX.checksum), SPDX.checksumValue)
        assert str(told) == hashlib.sha256(content).hexdigest()
    assert (None, DCAT.dataset, None) in graph
    assert isinstance(next(graph.subjects(RDF.type, DCATAPIT.Catalog)), URIRef)


def test_each_column_of_the_open_data_is_described(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    read = {name: rows_of(anybody, name) for name in OFFERED if name.endswith(".csv") and name[0] not in "v"}
    described = {(row[0], row[1]) for row in read.pop("colonne.csv")[1:]}
    assert described == {(name, column) for name, rows in read.items() for column in rows[0]}
    assert rows_of(anybody, "attese-mensili.csv")[1][0] == "2026-10"


def test_months_of_few_people_are_not_in_the_open_data(manager: Manager, anybody: FlaskClient) -> None:
    publish(manager)
    head, *rows = rows_of(anybody, "attese-mensili.csv")
    counts = [row[head.index("numeri_validi")] for row in rows]
    assert not [n for n in counts if n and 0 < int(n) < SMALL]


def rows_of(anybody: FlaskClient, name: str) -> list[list[str]]:
    text = anybody.get(f"/trasparenza/{name}").data.decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


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
