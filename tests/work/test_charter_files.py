"""A charter in every form of file: nothing is lost on the way, and all that is wrong is told with its cell."""

import csv
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odfdo import Document
from openpyxl import Workbook, load_workbook
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDFS

from sportello.charter_files import BASE, SHEETS, Form, Linked, form_of, linked, read, template, written
from sportello.charters import examples
from sportello.charters import read as read_toml
from sportello.domain.charter import Act, Channel, Charter, Indicator, LegRule, Mode
from sportello.tables import CONTROL, Faults

COMO = read_toml(examples()["como"], "como")


def small() -> Charter:
    """Two services and three standards, with everything that can be written."""
    first, second = COMO.sheets[:2]
    return replace(
        COMO,
        act=Act(kind="delibera", number="12", date=date(2026, 12, 1)),
        valid_to=date(2027, 12, 31),
        areas=COMO.areas[:1],
        sheets=(
            replace(first, lep=("Uno; due", 'Detto "tre"', "DID, profilazione"), sensitive=True),
            replace(second, kiosk=False),
        ),
        sites=(replace(COMO.sites[0], services=(first.code, second.code), patron="08-31"),),
        standards=(
            replace(COMO.standards[0], threshold_s=150, share=Decimal("0.905"), leg=LegRule.SUM, page="7"),
            replace(COMO.standards[1], priority=False, channel=Channel.WALK_IN, services=(first.code, second.code)),
            next(one for one in COMO.standards if one.indicator is Indicator.MANUAL),
        ),
    )


def faults(raw: bytes, name: str) -> list[str]:
    """Each fault as the terminal shows it."""
    with pytest.raises(Faults) as found:
        read(raw, name)
    return [str(fault) for fault in found.value.faults]


# --- there and back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Form)
def test_a_charter_written_and_read_again_is_the_same(form: Form) -> None:
    assert read(written(COMO, form), f"carta.{form}") == COMO


@pytest.mark.parametrize("form", Form)
def test_every_field_survives_every_form(form: Form) -> None:
    assert read(written(small(), form), f"carta.{form}") == small()


TEXT = st.text(
    st.characters(exclude_categories=["Cs"]).filter(lambda sign: not CONTROL.match(sign)), min_size=1, max_size=40
).filter(str.strip)


@given(
    texts=st.lists(TEXT, min_size=4, max_size=4),
    words=st.lists(TEXT.filter(lambda one: "\n" not in one and one == one.strip()), unique=True),
)
@settings(max_examples=8, deadline=None)
def test_whatever_can_be_typed_survives_every_form(texts: list[str], words: list[str]) -> None:
    charter = small()
    title, note, formula, address = texts
    standard = replace(charter.standards[0], title={"it": title, "ar": formula}, note=note, formula=formula)
    sheet = replace(charter.sheets[0], what={"it": title}, lep=tuple(words))
    charter = replace(
        charter,
        title=title,
        standards=(standard,),
        sheets=(sheet, charter.sheets[1]),
        sites=(replace(charter.sites[0], address=address),),
    )
    for form in Form:
        assert read(written(charter, form), f"carta.{form}") == charter, form


def test_the_form_is_known_by_the_end_of_the_name() -> None:
    assert [form_of(name) for name in ("a.TOML", "b.yml", "c.yaml", "d.Xlsx", "e.doc", "f")] == [
        Form.TOML, Form.YAML, Form.YAML, Form.XLSX, None, None,
    ]  # fmt: skip
    assert faults(b"", "carta.doc") == ["il nome del file deve finire in .toml, .yaml, .csv, .xlsx, .ods"]


# --- what Italian offices type -------------------------------------------------------------------------


def cells(raw: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";"))


def changed(old: str, new: str, *, nth: int = 0) -> bytes:
    """The small charter as CSV with one cell typed otherwise."""
    rows = cells(written(small(), Form.CSV))
    places = [(r, c) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == old]
    row, column = places[nth]
    rows[row][column] = new
    kept = StringIO()
    csv.writer(kept, delimiter=";").writerows(rows)
    return kept.getvalue().encode()


def test_a_csv_opens_right_in_an_italian_spreadsheet() -> None:
    raw = written(small(), Form.CSV)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = cells(raw)
    assert ["in vigore dal", "01/01/2026"] in rows
    assert any("0,905" in row and "2,5" in row for row in rows)
    assert ["Standard"] in rows


@pytest.mark.parametrize("typed", ["90,5 %", "90.5%", "0,905", " 0.905 ", "90,5\u00a0%"])
def test_a_share_is_read_however_it_is_typed(typed: str) -> None:
    assert read(changed("0,905", typed), "carta.csv") == small()


@pytest.mark.parametrize("typed", ["01/01/2026", "1/1/2026", "01.01.2026", "2026-01-01"])
def test_a_day_is_read_however_it_is_typed(typed: str) -> None:
    assert read(changed("01/01/2026", typed), "carta.csv") == small()


@pytest.mark.parametrize(("old", "typed"), [("sì", "SI"), ("sì", "vero"), ("sì", "x"), ("no", "falso"), ("no", "0")])
def test_yes_and_no_are_read_however_they_are_typed(old: str, typed: str) -> None:
    assert read(changed(old, typed), "carta.csv") == small()


def test_words_are_read_with_other_accents_and_capitals_and_as_the_other_files_call_them() -> None:
    assert read(changed("tempestività", "TEMPESTIVITA"), "carta.csv") == small()
    assert read(changed("tempestività", "timeliness"), "carta.csv") == small()
    assert read(changed("soglia in minuti", "Soglia  in Minuti"), "carta.csv") == small()
    assert read(changed("soglia in minuti", "threshold_minutes"), "carta.csv") == small()


def test_a_csv_may_be_in_the_letters_of_windows_and_with_other_dividers() -> None:
    italian = replace(small(), areas=(replace(small().areas[0], title={"it": "Attività"}),))
    only = {"it": "Perché"}
    sheets = tuple(
        replace(one, title=only, label=only, what=only, who_for=only, how=only, bring=only) for one in italian.sheets
    )
    standards = tuple(replace(one, title=only) for one in italian.standards)
    charter = replace(italian, sheets=sheets, standards=standards)
    raw = written(charter, Form.CSV)
    assert read(raw.decode("utf-8-sig").encode("cp1252"), "carta.csv") == charter
    for sign in ",\t":
        kept = StringIO()
        csv.writer(kept, delimiter=sign).writerows(cells(raw))
        assert read(kept.getvalue().encode(), "carta.csv") == charter


def test_the_cells_that_a_spreadsheet_made_days_numbers_and_percentages_are_read() -> None:
    workbook = load_workbook(BytesIO(written(small(), Form.XLSX)))
    sheet = workbook["Carta"]
    for row in sheet.iter_rows():
        if row[0].value == "in vigore dal":
            row[1].value = datetime(2026, 1, 1)  # noqa: DTZ001 - as a spreadsheet keeps a day
        if row[0].value == "numero dell'atto":
            row[1].value = 12
    put(workbook, "Standard", "quota", 2, 0.905)
    put(workbook, "Sedi", "patrono", 2, datetime(2026, 8, 31))  # noqa: DTZ001
    put(workbook, "Schede", "sul totem", 2, True)
    assert read(saved(workbook), "carta.xlsx") == small()


def put(workbook: Workbook, sheet: str, head: str, row: int, value: object) -> str:
    """Write one cell; its name."""
    heads = [cell.value for cell in workbook[sheet][1]]
    cell = workbook[sheet].cell(row, heads.index(head) + 1)
    cell.value = value  # type: ignore[assignment]
    return f"{sheet}!{cell.coordinate}"


def saved(workbook: Workbook) -> bytes:
    kept = BytesIO()
    workbook.save(kept)
    return kept.getvalue()


# --- everything wrong at once ------------------------------------------------------------------------

WRONG: list[tuple[str, str, object, str]] = [
    ("Standard", "quota", 90, "al massimo 1"),
    ("Standard", "quota", "novanta", "«novanta» non è un numero"),
    ("Standard", "soglia in minuti", "1,000.5", "non è un numero"),
    ("Standard", "dimensione", "velocità", "«velocità» non è uno di: accessibilità, tempestività"),
    ("Standard", "servizi", "A01; A99", "il servizio A99 non è in questa carta"),
    ("Standard", "nota", datetime(2026, 12, 1), "ne ha fatto una data"),  # noqa: DTZ001
    ("Standard", "nota", 2.5, "ne ha fatto un numero"),
    ("Standard", "nota", True, "vero/falso"),
    ("Standard", "nota", "=1+1", "una formula senza risultato"),
    ("Schede", "lettera", "I", "deve essere una lettera sola"),
    ("Schede", "minuti previsti", "8,5", "non è un numero intero"),
    ("Schede", "riservato", "forse", "«forse» non è sì o no"),
    ("Schede", "codice", None, "manca"),
    ("Sedi", "patrono", "agosto", "non è giorno e mese"),
    ("Sedi", "orario lunedì", "9-13", "non è un orario"),
]


def test_everything_wrong_in_a_workbook_is_told_at_once_with_its_cell() -> None:
    good = written(small(), Form.XLSX)
    workbook = load_workbook(BytesIO(good))
    for sheet, head, value, reason in WRONG:
        single = load_workbook(BytesIO(good))
        cell = put(single, sheet, head, 2, value)
        (found,) = [one for one in faults(saved(single), "carta.xlsx") if cell in one.split(": ")]
        assert reason in found
    for (sheet, head, value, _), row in zip(WRONG[3:7], (2, 2, 2, 3), strict=True):
        put(workbook, sheet, head, row, value)
    assert len(faults(saved(workbook), "carta.xlsx")) == 4


@pytest.mark.parametrize("form", [Form.XLSX, Form.ODS])
def test_what_is_in_no_known_place_is_told_and_not_dropped(form: Form) -> None:
    from sportello.charter_files import book, ods_file, xlsx_file
    from sportello.charter_files.tree import tree

    pages = list(book.pages(tree(small()), ("it",)))
    areas = pages[1]
    pages[1] = replace(
        areas, rows=[[*areas.rows[0], "colore", "titolo", "titolo [xx]"], [*areas.rows[1], "blu", "a", "b", "c"]]
    )
    pages.append(book.Page(name="Appunti", rows=[["da rivedere"]]))
    pages.append(book.Page(name="Istruzioni", rows=[["per chi scrive"]]))
    del pages[3]
    raw = (xlsx_file if form is Form.XLSX else ods_file).written(pages)
    found = faults(raw, f"carta.{form}")
    assert any("manca il foglio Sedi" in one for one in found)
    assert "Macro-aree!C1: colonna sconosciuta: colore" in found
    assert "Macro-aree!D1: la colonna titolo c'è già" in found
    assert "Macro-aree!E1: lingua sconosciuta: titolo [xx]" in found
    assert "Macro-aree!F2: un valore in una colonna senza titolo" in found
    assert any(one.startswith("Appunti!: non è un foglio della Carta") for one in found)
    assert not any("Istruzioni!" in one for one in found)


def test_a_fault_of_a_csv_is_told_with_its_line_and_column() -> None:
    raw = changed("0,905", "novanta")
    line = next(n for n, row in enumerate(raw.decode().splitlines(), 1) if "novanta" in row)
    (found,) = faults(raw, "carta.csv")
    assert found.startswith("Standard!")
    assert found.split(": ")[0].endswith(str(line))


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.yaml", "a.csv"])
@pytest.mark.parametrize("raw", [b"\x00\xff\xfe", b"PK\x03\x04 nothing", b"[1, 2]", b"a;b\n"])
def test_what_is_no_charter_is_told_in_a_sentence(name: str, raw: bytes) -> None:
    assert all("Error" not in one for one in faults(raw, name))


def test_a_key_written_twice_an_alias_and_a_tag_are_told_with_their_lines() -> None:
    text = written(small(), Form.YAML).decode()
    version = next(line for line in text.splitlines() if line.startswith("version"))
    found = faults((text + "version: altra\nnota: *x\n").encode(), "carta.yaml")
    assert "la grammatica YAML" in found[0]
    found = faults((text + version + "\n").encode(), "carta.yml")
    assert found == [f"{len(text.splitlines()) + 1}: version: è scritto due volte"]
    found = faults(text.replace("title: ", "title: !!python/name:os.system ", 1).encode(), "carta.yml")
    assert [one for one in found if "non si capisce che valore è" in one]


# --- templates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", SHEETS)
def test_the_empty_workbook_is_read_and_only_asks_for_what_every_charter_needs(form: Form) -> None:
    asked = [one.split(": ")[1:] for one in faults(template(form), f"modello.{form}")]
    needed = ("code", "version", "title", "administration", "valid_from")
    assert asked == [[key, "manca"] for key in needed]


def test_the_example_of_the_empty_workbook_is_a_right_charter_once_its_mark_is_gone() -> None:
    text = template(Form.CSV).decode().replace("# A", "A").replace("# cpi", "cpi").replace("# TEMP", "TEMP")
    answers = {"codice": "x", "versione": "1", "titolo": "t", "amministrazione": "a", "in vigore dal": "01/01/2027"}
    for field, answer in answers.items():
        text = text.replace(f"{field};\r\n", f"{field};{answer}\r\n", 1)
    charter = read(text.encode(), "carta.csv")
    assert (charter.standards[0].threshold_s, charter.standards[0].share) == (900, Decimal("0.9"))
    assert charter.sheets[0].modes == (Mode.WALK_IN,)


def test_the_empty_workbook_explains_each_column() -> None:
    tables = Document(BytesIO(template(Form.ODS))).body.tables
    assert [table.name for table in tables] == ["Carta", "Macro-aree", "Schede", "Sedi", "Standard", "Istruzioni"]


def test_texts_that_look_like_formulas_are_never_calculated() -> None:
    charter = replace(small(), title="=1+1", source="'-x")
    for form in SHEETS:
        assert read(written(charter, form), f"c.{form}") == charter
    assert "'=1+1" in written(charter, Form.CSV).decode()
    sheet = load_workbook(BytesIO(written(charter, Form.XLSX)))["Carta"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"} == {"s"}


# --- linked data -----------------------------------------------------------------------------------------

CPSV, L0 = Namespace("https://w3id.org/italia/onto/CPSV/"), Namespace("https://w3id.org/italia/onto/l0/")
HERE = "https://lavoro.example.it/carta"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(data=linked(COMO, Linked.TURTLE, HERE), format="turtle")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # the library's own, reading JSON-LD
def test_turtle_and_json_ld_are_one_graph(graph: Graph) -> None:
    assert isomorphic(graph, Graph().parse(data=linked(COMO, Linked.JSON_LD, HERE), format="json-ld"))
    assert BASE.encode() in linked(COMO, Linked.TURTLE)


def test_each_sheet_is_a_public_service_with_its_place_its_rules_and_its_words(graph: Graph) -> None:
    root = f"{HERE}/como/2026-1"
    services = set(graph.subjects(RDF.type, CPSV.PublicService))
    assert services == {URIRef(f"{root}/service/{sheet.code}") for sheet in COMO.sheets}
    sheet = COMO.sheets[0]
    service = URIRef(f"{root}/service/{sheet.code}")
    assert Literal(sheet.title["it"], lang="it") in set(graph.objects(service, L0.name))
    assert Literal(sheet.what["en"], lang="en") in set(graph.objects(service, L0.description))
    rules = set(graph.objects(service, CPSV.isCompliantWithRule))
    assert URIRef(f"{root}/standard/TEMP-A01") in rules
    assert set(graph.subjects(RDF.type, CPSV.Rule)) >= rules
    given = {str(place).rpartition("/")[2] for place in graph.objects(service, CPSV.isPhysicallyAvailableAt)}
    assert given == {site.code for site in COMO.sites if sheet.code in site.services}


def test_what_is_demonstrative_says_so_in_linked_data(graph: Graph) -> None:
    for kind in (CPSV.PublicService, CPSV.Rule):
        for thing in graph.subjects(RDF.type, kind):
            told = graph.value(thing, DCTERMS.provenance)
            assert told is not None
            assert Literal("dimostrativo", lang="it") in set(graph.objects(told, RDFS.label))


def test_nothing_in_linked_data_is_named_without_being_described(graph: Graph) -> None:
    described = set(graph.subjects(RDF.type, None))
    named = {thing for thing in graph.objects() if isinstance(thing, URIRef) and str(thing).startswith(HERE)}
    assert named <= described
