"""The yearly verification: a value of the log, and its files as anybody opens them."""

import csv
import hashlib
import io
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import page
import pytest
import time_machine
from odfdo import Document
from openpyxl import load_workbook

from sportello.domain.charter import Outcome
from sportello.domain.remarks import Remark, Remarks
from sportello.ledger import publications, sqlite
from sportello.ledger.db import Db
from sportello.reports import paper
from sportello.reports.sums import SUMS, digest
from sportello.reports.verification import Verification, verification
from sportello.reports.verification_files import MAKERS, files
from sportello.reports.verification_words import printed
from tests.ledger.lived import CODE

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
PROFILES = (page.ValidationProfile.PDF_A_2A, page.ValidationProfile.PDF_UA_1)
KEY = "carta/2|A01|T-A2"
WRITTEN = Remarks(
    lines={KEY: Remark(cause="Due assenze a luglio", action="Un operatore in più", note="=1+1")},
    accessibility="Ingresso senza gradini",
)


def verified(db: Db, remarks: Remarks = WRITTEN) -> Verification:
    return verification(db, CODE, **YEAR, remarks=remarks, as_of_ms=None)


@pytest.fixture(scope="module")
def found(lived_file: Path) -> Verification:
    database = sqlite.connect(lived_file)
    value = verified(database)
    database.close()
    return value


@pytest.fixture(scope="module")
def made(found: Verification) -> Mapping[str, bytes]:
    return dict(files(found))


def rows_of(made: Mapping[str, bytes]) -> list[list[str]]:
    text = made["verification.csv"].decode("utf-8")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def test_two_versions_of_the_charter_give_two_blocks(found: Verification) -> None:
    blocks = [(block.charter.id if block.charter else "", block.first, block.last) for block in found.blocks]
    assert blocks == [
        ("carta/1", date(2026, 1, 1), date(2026, 6, 30)),
        ("carta/2", date(2026, 7, 1), date(2026, 12, 31)),
    ]
    promised = [{row.standard.code for row in block.rows if row.standard} for block in found.blocks]
    assert promised == [{"T-A", "T-A-P", "T-B"}, {"T-A2", "T-B"}]


def test_the_deviation_is_achieved_minus_programmed(found: Verification) -> None:
    row = next(row for block in found.blocks for row in block.rows if row.key == KEY)
    assert row.standard
    assert row.standard.share
    assert row.figures
    assert row.figures.share is not None
    assert row.deviation == row.figures.share - row.standard.share
    assert row.remark.cause == "Due assenze a luglio"


def test_the_same_events_give_the_same_bytes_whatever_the_clock_says(lived_file: Path) -> None:
    def at(moment: datetime) -> dict[str, bytes]:
        with time_machine.travel(moment, tick=False):
            database = sqlite.connect(lived_file)
            made = dict(files(verified(database)))
            database.close()
        return made

    one, other = at(datetime(2027, 1, 2, tzinfo=UTC)), at(datetime(2031, 7, 9, 12, 30, tzinfo=UTC))
    assert {name for name in one if one[name] != other[name]} == set()


def test_sqlite_and_postgresql_give_the_same_files(on_sqlite: sqlite.Sqlite, on_postgres: Db) -> None:
    one, other = dict(files(verified(on_sqlite))), dict(files(verified(on_postgres)))
    assert {name for name in one if one[name] != other[name]} == set()


@pytest.mark.parametrize("profile", PROFILES, ids=str)
def test_the_pdf_is_archivable_and_accessible(made: Mapping[str, bytes], profile: page.ValidationProfile) -> None:
    report = page.validate_pdf_bytes(made["verification.pdf"], profile=profile)
    assert [(fault.rule_id, fault.message) for fault in report.failures] == []
    assert report.is_compliant


def test_letters_no_font_has_leave_the_pdf_archivable(on_sqlite: sqlite.Sqlite) -> None:
    remarks = replace(WRITTEN, note="Ανάλυση 🎫 号码 ≤ 15 → «Șșă» Київ \u200b\u0007")
    made = paper.pdf("verification", printed(verified(on_sqlite, remarks)))
    assert all(page.validate_pdf_bytes(made, profile=profile).is_compliant for profile in PROFILES)


def test_the_csv_is_what_an_italian_spreadsheet_opens(made: Mapping[str, bytes]) -> None:
    assert made["verification.csv"].startswith(b"\xef\xbb\xbfdal;al;carta;")
    head, *rows = rows_of(made)
    assert all(len(row) == len(head) for row in rows)
    shares = [row[head.index("obiettivo (%)")] for row in rows]
    assert set(shares) == {"90,00", ""}
    assert rows[0][0] == "01/01/2026"


def test_a_text_that_looks_like_a_formula_stays_a_text(made: Mapping[str, bytes]) -> None:
    assert "'=1+1" in {cell for row in rows_of(made) for cell in row}
    book = load_workbook(io.BytesIO(made["verification.xlsx"]))
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_workbooks_hold_the_same_table_as_the_csv(made: Mapping[str, bytes], found: Verification) -> None:
    counted = sum(len(block.rows) for block in found.blocks) + 1
    sheet = load_workbook(io.BytesIO(made["verification.xlsx"]))["Standard"]
    table = Document(io.BytesIO(made["verification.ods"])).body.get_table(name="Standard")
    assert table
    assert sheet.max_row == counted == table.height == len(rows_of(made))
    place = rows_of(made)[0].index("P90 (s)")
    written = [row[place] for row in rows_of(made)[1:]]
    assert [str(row[place] or "") for row in list(sheet.values)[1:]] == written
    assert [str(row[place] or "") for row in list(table.iter_values())[1:]] == written


def test_the_sums_are_those_of_the_files(made: Mapping[str, bytes]) -> None:
    told = set(made[SUMS].decode().splitlines())
    assert told == {f"{hashlib.sha256(made[name]).hexdigest()}  {name}" for name in MAKERS}


def test_what_was_constructed_says_so_wherever_it_is_shown(made: Mapping[str, bytes], found: Verification) -> None:
    assert "DIMOSTRATIVO" in made["verification.html"].decode()
    head, *rows = rows_of(made)
    assert {row[head.index("provenienza")] for row in rows} == {"dimostrativo", "ufficiale", ""}
    form = [line for block in printed(found)["blocks"] for line in block["form"]]
    assert [("dimostrativo" in line[3]) for line in form] == [
        row.demonstrative for block in found.blocks for row in block.rows if row.standard
    ]


def test_a_count_of_one_to_four_people_is_nowhere(found: Verification) -> None:
    for block in found.blocks:
        for row in block.rows:
            one = row.figures
            counts = [one.n, one.unserved, one.left, one.no_show, one.turned_away, one.voided] if one else []
            assert not [n for n in counts if n is not None and 0 < n < 5]
            if one and one.few:
                assert (one.share, one.p50, one.longest, one.within) == (None, None, None, None)
    assert not [n for n in found.outside.values() if n is not None and 0 < n < 5]


def test_no_counter_is_told(made: Mapping[str, bytes]) -> None:
    assert "Sportello 1" not in made["verification.html"].decode() + made["verification.csv"].decode()


def test_one_changed_byte_is_named_and_nothing_is_judged(lived_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(lived_file, tmp_path / "centre.db"))
    with sqlite3.connect(path) as raw:
        seq = raw.execute("SELECT seq FROM event WHERE kind = 'TicketCalled' ORDER BY seq LIMIT 1 OFFSET 3").fetchone()[
            0
        ]
        raw.execute("UPDATE event SET wall_ms = wall_ms + 1 WHERE seq = ?", (seq,))
    raw.close()
    database = sqlite.connect(path)
    found = verified(database)
    database.close()
    assert found.report.fault
    assert found.report.fault.seq == seq
    assert {row.outcome for block in found.blocks for row in block.rows} == {Outcome.NOT_ASSESSABLE}
    html = dict(files(found))["verification.html"].decode()
    assert f"primo evento alterato: epoca 1, numero {seq} (TicketCalled)" in html


# --- drafts and publications ---------------------------------------------------------------------------


@pytest.fixture
def shelf(lived_file: Path, tmp_path: Path) -> sqlite.Sqlite:
    return sqlite.connect(Path(shutil.copy(lived_file, tmp_path / "centre.db")), write=True)


def publish(db: Db, content: bytes, remarks: Remarks = WRITTEN) -> int:
    return publications.publish(
        db, CODE, **YEAR, role="Dirigente del servizio", act="Det. n. 12 del 3/2/2027", remarks=remarks,
        data_hash="0" * 64, files={"verification.pdf": (digest(content), content)}, now_ms=1,
    )  # fmt: skip


def test_a_draft_is_kept_until_it_is_published(shelf: sqlite.Sqlite) -> None:
    with shelf.transaction():
        publications.keep_draft(shelf, CODE, **YEAR, remarks=WRITTEN, now_ms=1)
        publications.keep_draft(shelf, CODE, **YEAR, remarks=replace(WRITTEN, note="ancora"), now_ms=2)
    assert publications.drafts(shelf, CODE) == ((YEAR["first"], YEAR["last"]),)
    assert publications.written(shelf, CODE, **YEAR).note == "ancora"
    with shelf.transaction():
        publish(shelf, b"one")
    assert publications.draft(shelf, CODE, **YEAR) is None
    assert publications.written(shelf, CODE, **YEAR) == WRITTEN
    shelf.close()


def test_a_verification_published_again_leaves_the_older_version_as_it_was(shelf: sqlite.Sqlite) -> None:
    with shelf.transaction():
        assert [publish(shelf, b"one"), publish(shelf, b"two", replace(WRITTEN, note="corretta"))] == [1, 2]
    newest, older = publications.publications(shelf, CODE)
    assert (newest.version, older.version, older.remarks) == (2, 1, WRITTEN)
    assert publications.content(shelf, CODE, older, "verification.pdf") == b"one"
    assert publications.files(shelf, CODE, newest)[0].sha256 == hashlib.sha256(b"two").hexdigest()
    shelf.close()
