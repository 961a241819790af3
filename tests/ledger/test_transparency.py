"""The folder that is published: a page, its files and their sums, open data and what portals read of them."""

import csv
import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from odfdo import Document
from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from sportello.domain.publication import SMALL
from sportello.domain.remarks import Remarks
from sportello.ledger import queries, sqlite
from sportello.ledger.queries import By
from sportello.reports.compliance import compliance
from sportello.reports.transparency import ARCHIVE, INDEX, OFFERED, Approval, folder, packed
from sportello.reports.verification import verification
from tests.ledger.lived import CODE
from tests.ledger.test_verification import YEAR

HERE = "https://example.org/trasparenza/"
DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
Folder = Mapping[str, bytes]


@pytest.fixture(scope="module")
def made(lived_file: Path) -> Folder:
    database = sqlite.connect(lived_file)
    charters, plan = queries.charters(database, CODE), queries.plan(database, CODE)
    found = verification(database, CODE, **YEAR, remarks=Remarks(note="<b>&"), as_of_ms=None)
    first, last = YEAR["first"], YEAR["last"]
    monthly = compliance(database, CODE, charters=charters, site=plan.site, by=By.MONTH, first=first, last=last)
    database.close()
    return folder(
        found, monthly, Approval(role="Dirigente", act="Det. n. 12", version=1, published_ms=1_800_000_000_000)
    )


def rows_of(made: Folder, name: str) -> list[list[str]]:
    text = made[name].decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_sum_on_the_page_is_that_of_the_file(made: Folder) -> None:
    told = dict(re.findall(r'<a href="([^"]+)">.*?<td class="hash">(\w{64})</td>', made[INDEX].decode()))
    assert told == {name: hashlib.sha256(made[name]).hexdigest() for name in OFFERED}


def test_a_page_asks_nothing_of_another_host(made: Folder) -> None:
    for name in (INDEX, "verification.html"):
        text = made[name].decode()
        links = re.findall(r'(?:href|src)="([^"]+)"', text)
        assert links
        assert not [link for link in links if "//" in link]
        assert "<script" not in text
        assert "style=" not in text
    assert b"url(" not in made["stile.css"]


def test_each_link_of_the_page_is_in_the_folder(made: Folder) -> None:
    links = re.findall(r'href="([^"#:,]+)"', made[INDEX].decode())
    assert set(links) <= set(made)


def test_what_was_written_is_text_on_the_page(made: Folder) -> None:
    assert "&lt;b&gt;&amp;" in made[INDEX].decode()


def test_the_same_files_make_the_same_zip(made: Folder) -> None:
    assert packed({name: content for name, content in made.items() if name != ARCHIVE}) == made[ARCHIVE]
    assert zipfile.ZipFile(io.BytesIO(made[ARCHIVE])).testzip() is None


def test_each_month_has_a_bar_as_wide_as_its_share(made: Folder) -> None:
    month = r'<th scope="row">(\w+ 2026)</th><td class="n">[\d.]+</td>'
    share = r'<td class="n">([\d,]+) %<svg.*?<rect class="part" width="([\d.]+)"'
    rows = re.findall(month + share, made[INDEX].decode())
    assert len(rows) > 1
    assert [share.replace(",", ".") for _, share, _ in rows] == [bar for _, _, bar in rows]
    shares = {month: float(bar) for month, _, bar in rows}
    told = re.search(r"migliore è stato (\w+ 2026), .* più difficile (\w+ 2026)", made[INDEX].decode())
    assert told
    assert shares[told[1]] == max(shares.values())
    assert shares[told[2]] == min(shares.values())


# --- open data -------------------------------------------------------------------------------------------


def graphs(made: Folder) -> tuple[Graph, Graph]:
    return (
        Graph().parse(data=made["catalogo.ttl"].decode(), format="turtle", publicID=HERE),
        Graph().parse(data=made["catalogo.jsonld"].decode(), format="json-ld", publicID=HERE),
    )


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the library's own, reading JSON-LD
def test_the_metadata_say_the_same_in_both_forms(made: Folder) -> None:
    turtle, linked = graphs(made)
    assert len(turtle) > 60
    assert isomorphic(turtle, linked)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_each_dataset_has_what_dcat_ap_it_asks(made: Folder) -> None:
    graph, _ = graphs(made)
    datasets = set(graph.subjects(RDF.type, DCATAPIT.Dataset))
    assert len(datasets) == 3
    for dataset in datasets:
        for name in ("identifier", "title", "description", "modified", "rightsHolder", "accrualPeriodicity"):
            assert graph.value(dataset, DCTERMS[name]), name
        assert graph.value(dataset, DCAT.theme)
        distribution = graph.value(dataset, DCAT.distribution)
        assert {DCTERMS.format, DCTERMS.license, DCAT.accessURL} <= set(graph.predicates(distribution))
        file = str(graph.value(distribution, DCAT.downloadURL)).removeprefix(HERE)
        told = graph.value(graph.value(distribution, SPDX.checksum), SPDX.checksumValue)
        assert str(told) == hashlib.sha256(made[file]).hexdigest()
    assert (None, DCAT.dataset, None) in graph
    assert isinstance(next(graph.subjects(RDF.type, DCATAPIT.Catalog)), URIRef)


def test_each_column_of_the_open_data_is_described(made: Folder) -> None:
    read = {name: rows_of(made, name) for name in ("attese-mensili.csv", "standard.csv", "sede.csv")}
    assert {(row[0], row[1]) for row in rows_of(made, "colonne.csv")[1:]} == {
        (name, column) for name, rows in read.items() for column in rows[0]
    }
    assert rows_of(made, "attese-mensili.csv")[1][0].startswith("2026-")


def test_months_of_few_people_are_not_in_the_open_data(made: Folder) -> None:
    head, *rows = rows_of(made, "attese-mensili.csv")
    for name in ("numeri_validi", "mai_chiamati", "non_accolti"):
        assert not [n for row in rows if (n := row[head.index(name)]) and 0 < int(n) < SMALL]
    hidden = [row for row in rows if not row[head.index("numeri_validi")]]
    assert all(row[head.index("p50_secondi")] == "" for row in hidden)


# --- in a real spreadsheet -------------------------------------------------------------------------------

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
AS_ITALIANS_OPEN_IT = "Text - txt - csv (StarCalc):59,34,UTF8,1,,1040,false,true"  # semicolon, Italian, dates seen
AS_IT_IS_SHOWN = "csv:Text - txt - csv (StarCalc):59,34,UTF8,1,,1040,false,true,false"


def opened(folder: Path, name: str, to: str, *how: str) -> Path:
    """A file as LibreOffice writes it again after opening it."""
    words = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", *how]
    subprocess.run([*words, "--convert-to", to, "--outdir", folder / "out", folder / name], check=True, timeout=120,
                   capture_output=True)  # fmt: skip
    return folder / "out" / f"{Path(name).stem}.{to.partition(':')[0]}"


def meant(text: str) -> object:
    """What a cell of an Italian CSV is for a person."""
    if figure := re.fullmatch(r"(-?\d+(?:,\d+)?)( %)?", text):
        return Decimal(figure[1].replace(",", ".")) / (100 if figure[2] else 1)
    if day := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text):
        return date(int(day[3]), int(day[2]), int(day[1]))
    return text or None


@needs_libreoffice
@pytest.mark.parametrize("name", ["attese-mensili.csv", "standard.csv", "colonne.csv", "verification.csv"])
def test_libreoffice_opens_a_csv_with_figures_as_figures_and_days_as_days(
    made: Folder, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(made[name])
    table = Document(opened(tmp_path, name, "ods", f"--infilter={AS_ITALIANS_OPEN_IT}")).body.tables[0]
    seen = [[Decimal(str(one)) if isinstance(one, int | float | Decimal) else one for one in row]
            for row in table.get_values()]  # fmt: skip
    written = [list(map(meant, row)) for row in rows_of(made, name)]
    assert [row[: len(line)] for row, line in zip(seen, written, strict=True)] == written


@needs_libreoffice
def test_libreoffice_shows_a_day_of_the_workbook_as_italians_write_it(made: Folder, tmp_path: Path) -> None:
    name = "verification.ods"
    (tmp_path / name).write_bytes(made[name])
    shown = opened(tmp_path, name, AS_IT_IS_SHOWN).read_text().splitlines()
    assert shown[1].startswith("01/01/2026;30/06/2026;")
