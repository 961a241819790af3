"""The log of another system comes in whole: once, with its reasons where a row cannot."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sportello import history
from sportello.centre import Centre
from sportello.domain.clock import local_time
from sportello.history import Summary
from sportello.ledger import queries, walk
from sportello.ledger.db import Broken, Row
from tests.ledger import lived
from tests.ledger.lived import CODE, FIRST_DAY

MAP = "arrival=Arrivo,called=Chiamata,start=Inizio,end=Fine,service=Servizio,outcome=Esito,number=Numero"
HEAD = "Numero;Servizio;Arrivo;Chiamata;Inizio;Fine;Esito"
GOOD = "A1;A01;02/03/2026 09:00;02/03/2026 09:10;02/03/2026 09:11;02/03/2026 09:20;servito"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    made = lived.new_centre(tmp_path, lived.Ticking(lived.at(FIRST_DAY, 9)))
    yield made
    made.close()


@pytest.fixture
def waits(tmp_path: Path) -> Path:
    return tmp_path / "waits.csv"


def bring(centre: Centre, path: Path, columns: str = MAP, **asked: Any) -> Summary:
    with centre.reading() as db:
        return history.bring_in(
            path,
            history.mapping(columns),
            **{
                "timezone": "Europe/Rome",
                "services": {"A01", "B01"},
                "known": lambda keys: queries.known(db, CODE, keys),
                "send": lambda block, key: centre.handle(block, actor="import", command_id=key),
                "now_ms": centre.now().wall_ms,
                **asked,
            },
        )


def tickets(centre: Centre) -> list[Row]:
    with centre.reading() as db:
        return list(queries.tickets(db, CODE, date(2000, 1, 1), date(2100, 1, 1)))


def write(path: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> None:
    path.write_bytes("\r\n".join((head, *rows, "")).encode(encoding))


def test_a_row_becomes_a_visit_marked_with_its_source(centre: Centre, waits: Path) -> None:
    write(waits, GOOD)
    summary = bring(centre, waits)
    assert (summary.taken, summary.known, summary.rejected, summary.rejects) == (1, 0, 0, None)
    (row,) = tickets(centre)
    assert (row["number"], row["service"], row["day"], row["status"]) == ("A1", "A01", "2026-03-02", "finished")
    assert (row["wait_s"], row["walk_s"], row["service_s"], row["journey_s"]) == (600, 60, 540, 1200)
    assert (row["source"], row["standard"], row["threshold_s"], row["charter"]) == ("import", "T-A", 900, "carta/1")


def test_the_same_file_again_changes_nothing(centre: Centre, waits: Path) -> None:
    write(waits, GOOD, GOOD, GOOD.replace("A1", "A2"))
    assert bring(centre, waits).taken == 3
    before = centre.head
    summary = bring(centre, waits)
    assert (summary.taken, summary.known) == (0, 3)
    assert centre.head == before
    assert len(tickets(centre)) == 3


def test_a_longer_export_adds_only_what_is_new(centre: Centre, waits: Path, tmp_path: Path) -> None:
    write(waits, GOOD)
    bring(centre, waits)
    longer = tmp_path / "longer.csv"
    write(longer, GOOD, GOOD.replace("02/03", "03/03"))
    summary = bring(centre, longer)
    assert (summary.taken, summary.known) == (1, 1)


def test_an_import_cut_short_is_simply_begun_again(centre: Centre, waits: Path) -> None:
    rows = [GOOD.replace("A1", f"A{n}").replace("09:00", f"09:{n % 10:02d}") for n in range(2500)]
    write(waits, *rows)
    sent = 0

    def cut(block: Any, key: str) -> None:
        nonlocal sent
        if sent:
            raise ConnectionResetError
        sent += 1
        centre.handle(block, actor="import", command_id=key)

    with pytest.raises(ConnectionResetError):
        bring(centre, waits, send=cut)
    summary = bring(centre, waits)
    assert (summary.taken, summary.known) == (1500, 1000)
    with centre.reading() as db:
        assert sum(sum(one.called) for one in queries.waits(db, CODE, *[date(2026, 3, 2)] * 2).values()) == 2500
        assert isinstance(list(walk.verify(db, CODE))[-1], int)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_any_usual_encoding_is_read(centre: Centre, waits: Path, encoding: str) -> None:
    write(waits, GOOD.replace("A1", "perché"), encoding=encoding)
    assert bring(centre, waits).taken == 1
    assert tickets(centre)[0]["number"] == "perché"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_any_usual_delimiter_is_read(centre: Centre, waits: Path, delimiter: str) -> None:
    write(waits, GOOD.replace(";", delimiter), head=HEAD.replace(";", delimiter))
    assert bring(centre, waits).taken == 1


@pytest.mark.parametrize(
    ("written", "arrival"),
    [
        ("2026-03-02 09:00:05", "2026-03-02T09:00:05+01:00"),
        ("2026-03-02T09:00:05", "2026-03-02T09:00:05+01:00"),
        ("2026-03-02T08:00:05Z", "2026-03-02T09:00:05+01:00"),
        ("2026-03-02T09:00:05.250+01:00", "2026-03-02T09:00:05.250000+01:00"),
        ("2/3/2026 9:00", "2026-03-02T09:00:00+01:00"),
        ("02-03-2026 09:00:05", "2026-03-02T09:00:05+01:00"),
        ("02.03.2026, ore 09.00", "2026-03-02T09:00:00+01:00"),
        ("25/10/2025 23:59:59", "2025-10-25T23:59:59+02:00"),
        ("26/10/2025 02:30", "2025-10-26T02:30:00+02:00"),  # the first of the two
    ],
)
def test_a_time_is_read_as_people_write_it(centre: Centre, waits: Path, written: str, arrival: str) -> None:
    write(waits, f"A1;A01;{written};;;;")
    assert bring(centre, waits).rejected == 0
    assert local_time(tickets(centre)[0]["arrival_ms"]).isoformat() == arrival


def test_a_date_and_a_time_in_two_columns_are_read_as_one(centre: Centre, waits: Path) -> None:
    write(waits, "A01;02/03/2026;09:00;09:07", head="Servizio;Data;Ora;Ora chiamata")
    summary = bring(centre, waits, "service=Servizio,arrival=Data+Ora,called=Data+Ora chiamata")
    assert summary.taken == 1
    assert tickets(centre)[0]["wait_s"] == 420


def test_another_time_zone_is_read_as_such(centre: Centre, waits: Path) -> None:
    write(waits, "A1;A01;2026-03-02 23:30;;;;")
    bring(centre, waits, timezone="UTC")
    assert tickets(centre)[0]["day"] == "2026-03-03"  # half past midnight in Rome


@pytest.mark.parametrize(
    ("outcome", "called", "ended", "status"),
    [
        ("", "02/03/2026 09:10", "", "finished"),
        ("", "", "", "unserved"),
        ("SERVITO", "02/03/2026 09:10", "", "finished"),
        ("No-Show", "02/03/2026 09:10", "", "no_show"),
        ("non  presentato", "02/03/2026 09:10", "", "no_show"),
        ("rinuncia", "", "02/03/2026 09:30", "left"),
        ("annullato", "", "", "voided"),
        ("non_servito", "", "", "unserved"),
    ],
)
def test_an_outcome_is_read_in_its_own_words(
    centre: Centre, waits: Path, outcome: str, called: str, ended: str, status: str
) -> None:
    write(waits, f"A1;A01;02/03/2026 09:00;{called};;{ended};{outcome}")
    assert bring(centre, waits).rejected == 0
    assert tickets(centre)[0]["status"] == status


REJECTED = {
    "A1;A01;;;;;": "manca l'ora di arrivo",
    "A1;A01;ieri;;;;": "«ieri» non è una data con ora",
    "A1;A01;02/03/2026;;;;": "«02/03/2026» non è una data con ora",
    "A1;A01;31/02/2026 09:00;;;;": "«31/02/2026 09:00» non è una data con ora",
    "A1;A01;03/13/2026 09:00;;;;": "«03/13/2026 09:00» non è una data con ora",
    "A1;A01;29/03/2026 02:30;;;;": "«29/03/2026 02:30» non esiste",
    "A1;A01;02/03/2026 09:00;02/03/2026 08:59;;;": "gli orari non sono in ordine",
    "A1;A01;02/03/2026 09:00;02/03/2026 09:10;02/03/2026 09:20;02/03/2026 09:19;": "gli orari non sono in ordine",
    "A1;A01;02/03/2026 09:00;04/03/2026 09:10;;;": "più di 24 ore",
    "A1;A01;02/03/2036 09:00;;;;": "l'arrivo è nel futuro",
    "A1;;02/03/2026 09:00;;;;": "manca il servizio",
    "A1;Z99;02/03/2026 09:00;;;;": "il servizio «Z99» non è fra quelli del centro",
    "A1;A01;02/03/2026 09:00;;;;boh": "l'esito «boh» non è fra quelli conosciuti",
    "A1;A01;02/03/2026 09:00;;;;servito": "manca l'ora di chiamata",
    "A1;A01;02/03/2026 09:00;02/03/2026 09:10;;;non servito": "c'è l'ora di chiamata",
    "A1;A01;02/03/2026 09:00;;;;rinuncia": "manca l'ora di fine",
    "un numero molto lungo;A01;02/03/2026 09:00;;;;": "più lungo di 16 caratteri",
    "A1;A01": "la riga ha 2 colonne",
}


def test_each_row_that_cannot_be_a_visit_is_kept_aside_with_its_line_and_reason(centre: Centre, waits: Path) -> None:
    write(waits, GOOD, *REJECTED, GOOD.replace("A1", "A2"))
    summary = bring(centre, waits)
    assert (summary.taken, summary.rejected) == (2, len(REJECTED))
    assert summary.rejects == waits.with_name("waits.rejected.csv")
    with summary.rejects.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["line", "reason", *HEAD.split(";")]
    for line, (row, written) in enumerate(zip(rows, REJECTED.items(), strict=True), start=3):
        assert row[0] == str(line)
        assert written[1] in row[1]
        assert row[2:] == written[0].split(";")


def test_reasons_are_told_in_the_language_of_who_reads(centre: Centre, waits: Path) -> None:
    write(waits, "A1;A01;ieri;;;;")
    summary = bring(centre, waits, say=lambda text: f"[{text}]")
    assert summary.rejects is not None
    assert "[«ieri» non è" in summary.rejects.read_text(encoding="utf-8-sig")


def test_a_rejected_cell_cannot_become_a_formula(centre: Centre, waits: Path) -> None:
    write(waits, "=1+1;A01;ieri;;;;")
    summary = bring(centre, waits)
    assert summary.rejects is not None
    assert ",'=1+1," in summary.rejects.read_text(encoding="utf-8-sig")


def test_a_file_of_rejects_does_not_outlive_the_correction(centre: Centre, waits: Path) -> None:
    write(waits, "A1;A01;ieri;;;;")
    rejects = bring(centre, waits).rejects
    write(waits, GOOD)
    assert bring(centre, waits).rejects is None
    assert rejects is not None
    assert not rejects.exists()


def test_a_service_the_plan_does_not_have_is_taken_when_asked_and_has_no_standard(centre: Centre, waits: Path) -> None:
    write(waits, GOOD.replace("A01", "Z99"))
    assert bring(centre, waits, services=None).taken == 1
    (row,) = tickets(centre)
    assert (row["service"], row["standard"]) == ("Z99", None)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("arrival=Arrivo,called=Chiamata", "«service» is missing"),
        ("arrival=Arrivo,called=Chiamata,service=Servizio,colour=Blu", "«colour» is not understood"),
        ("arrival=Arrivo,called=,service=Servizio", "«called» is not understood"),
        ("arrival=Quando,called=Chiamata,service=Servizio", "«Quando» is not one of: Numero, Servizio, Arrivo"),
    ],
)
def test_a_mapping_that_does_not_fit_says_what_is_wrong(centre: Centre, waits: Path, columns: str, said: str) -> None:
    write(waits, GOOD)
    with pytest.raises(Broken, match=said):
        bring(centre, waits, columns)


def test_a_column_that_is_there_twice_is_not_guessed(centre: Centre, waits: Path) -> None:
    write(waits, GOOD, head=HEAD.replace("Chiamata", "Arrivo"))
    with pytest.raises(Broken, match="more than once"):
        bring(centre, waits, "arrival=Arrivo,called=Inizio,service=Servizio")


def test_a_quotation_mark_never_closed_says_the_line(centre: Centre, waits: Path) -> None:
    write(waits, GOOD, '"' + GOOD, *[GOOD] * 3000)
    with pytest.raises(Broken, match=r"line 3: .* quotation mark"):
        bring(centre, waits)


def test_an_empty_file_and_an_unknown_time_zone_are_told(centre: Centre, waits: Path) -> None:
    waits.write_bytes(b"")
    with pytest.raises(Broken, match="without the names of its columns"):
        bring(centre, waits)
    with pytest.raises(Broken, match="not a time zone"):
        bring(centre, waits, timezone="Europe/Roma")


def test_a_file_that_is_no_table_is_told_in_one_short_line(centre: Centre, waits: Path) -> None:
    waits.write_bytes(bytes(range(256)) * 50)
    with pytest.raises(Broken, match="is not one of") as told:
        bring(centre, waits)
    assert len(str(told.value)) < 500
    assert str(told.value).isprintable()


def test_progress_ends_at_the_size_of_the_file(centre: Centre, waits: Path) -> None:
    write(waits, *[GOOD.replace("A1", f"A{n}") for n in range(3000)])
    read: list[int] = []
    bring(centre, waits, progress=read.append)
    assert len(read) > 2
    assert sum(read) == waits.stat().st_size
