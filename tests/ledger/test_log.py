"""The log: once, in order, and whoever changes it is found out."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.centre import Centre, Closed
from sportello.domain import commands as c
from sportello.domain.clock import Instant
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import TicketIssued, TicketVoided
from sportello.domain.tickets import ServiceDay
from sportello.ledger import log, projections, queries, sqlite, walk
from sportello.ledger.schema import READ
from tests.ledger import lived
from tests.ledger.lived import CODE

Change = Callable[[sqlite.Sqlite], Any]


@pytest.fixture
def copy(lived_file: Path, tmp_path: Path) -> Iterator[sqlite.Sqlite]:
    """A lived ledger that may be changed."""
    shutil.copy(lived_file, tmp_path / "centre.db")
    database = sqlite.connect(tmp_path / "centre.db", write=True)
    yield database
    database.close()


def written(column: str, value: object) -> Change:
    return lambda db: db.run(f"UPDATE event SET {column} = :value WHERE seq = 300", {"value": value})


def rewritten(how: str) -> Change:
    return lambda db: db.run(f"UPDATE event SET {how} WHERE seq = 300")


def one_byte(db: sqlite.Sqlite) -> None:
    data = db.rows("SELECT data FROM event WHERE seq = 300")[0]["data"]
    db.run("UPDATE event SET data = :data WHERE seq = 300", {"data": data[:-2] + "~" + data[-1]})


def swapped(db: sqlite.Sqlite) -> None:
    for before, after in ((300, -1), (301, 300), (-1, 301)):
        db.run("UPDATE event SET seq = :after WHERE seq = :before", {"before": before, "after": after})


def linked_anew(db: sqlite.Sqlite) -> None:
    """The event is changed and its own hash made again, as one who knows the program would."""
    db.run("UPDATE event SET actor = 'altri' WHERE seq = 300")
    columns = db.rows(f"SELECT {', '.join(log.NAMES)} FROM event WHERE seq = 300")[0]
    before = db.rows("SELECT hash FROM event WHERE seq = 299")[0]["hash"]
    db.run("UPDATE event SET hash = :hash WHERE seq = 300", {"hash": log.chain(before, log.told(*columns))})


CHANGES: dict[str, tuple[Change, int]] = {
    "a byte of the data": (one_byte, 300),
    "the time": (written("wall_ms", 1), 300),
    "the other clock": (written("mono_ms", 1), 300),
    "who did it": (written("actor", "altri"), 300),
    "the day": (written("day", "2026-01-01"), 300),
    "the kind": (written("kind", "TicketLeft"), 300),
    "the command": (written("command_id", "x"), 300),
    "words made bytes": (lambda db: db.run("UPDATE event SET data = CAST(data AS BLOB) WHERE seq = 300"), 300),
    "words made bytes that read like them": (rewritten("data = jsonb(json_quote(data))"), 300),
    "a number made words": (written("mono_ms", "poco"), 300),
    "a number with words after it": (rewritten("mono_ms = mono_ms || ' ms'"), 300),
    "a number made bytes that read like it": (rewritten("mono_ms = jsonb(mono_ms)"), 300),
    "no day made the word for it": (rewritten("day = 'null'"), 300),
    "the hash": (written("hash", "0" * 64), 300),
    "one event deleted": (lambda db: db.run("DELETE FROM event WHERE seq = 300"), 301),
    "the first event deleted": (lambda db: db.run("DELETE FROM event WHERE seq = 1"), 2),
    "two events swapped": (swapped, 300),
    "one event written anew with its hash": (linked_anew, 301),
}


@pytest.mark.parametrize("what", CHANGES)
def test_verify_names_the_first_bad_event(copy: sqlite.Sqlite, what: str) -> None:
    change, seq = CHANGES[what]
    change(copy)
    fault = list(walk.verify(copy, CODE))[-1]
    assert isinstance(fault, walk.Fault)
    assert (fault.epoch, fault.seq) == (1, seq)
    assert walk.first_bad(copy, CODE, 1, 1, seq) == fault  # the last of a stretch, too
    assert walk.first_bad(copy, CODE, 1, seq, seq + 9) == fault


COLUMNS = {
    "day": st.none() | st.text(),
    **dict.fromkeys(("epoch", "seq", "wall_ms", "mono_ms", "trusted"), st.integers(-(2**63), 2**63 - 1)),
    **dict.fromkeys(("centre", "boot", "actor", "command_id", "kind", "data"), st.text()),
}


@given(st.fixed_dictionaries(COLUMNS))
def test_what_is_hashed_is_the_compact_json_of_the_columns(columns: dict[str, Any]) -> None:
    told = json.dumps([columns[name] for name in log.NAMES], ensure_ascii=False, separators=(",", ":"))
    assert log.told(**columns) == told
    assert log.chain("before", told) == hashlib.sha256(f"before\n{told}".encode()).hexdigest()


def test_a_log_that_is_whole_is_told_by_its_file(copy: sqlite.Sqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Event by event the walk of a year takes twice as long."""
    monkeypatch.setattr(log, "told", lambda *_: pytest.fail("told one by one"))
    assert not isinstance(list(walk.verify(copy, CODE))[-1], walk.Fault)


@pytest.mark.parametrize("odd", ["\x00", "\x07\x1f\x7f", '"\\/\b\f\n\r\t', "è ș 中 ع 🐦 \u2028", ""])
def test_an_event_of_odd_characters_is_good(copy: sqlite.Sqlite, odd: str) -> None:
    """Whoever writes them down as JSON."""
    end = log.head(copy, CODE)
    at = Instant(wall_ms=1, mono_ms=1, boot=odd, trusted=True)
    for n in range(2):
        happened = [(TicketVoided(ticket=odd, counter=None, why=odd), None)]
        _, end = log.append(copy, end, happened, at=at, actor=odd, command_id=f"{odd}{n}")
    assert list(walk.verify(copy, CODE))[-1] == end.seq


def test_verify_finds_an_untouched_log_whole(copy: sqlite.Sqlite) -> None:
    events = copy.rows("SELECT count(*) AS n FROM event")[0]["n"]
    assert list(walk.verify(copy, CODE))[-1] == events


def test_tables_made_again_from_the_log_are_those_that_grew_with_it(copy: sqlite.Sqlite) -> None:
    def tables() -> dict[str, list[tuple[Any, ...]]]:
        return {name: sorted(map(tuple, copy.rows(f"SELECT * FROM {name}")), key=repr) for name in READ}

    grown = tables()
    assert all(grown.values())
    with copy.transaction():
        steps = list(projections.rebuild(copy, CODE, ServiceDay(plan=lived.PLAN)))
    assert tables() == grown
    assert queries.service_day(copy, CODE)[0].tickets == steps[-1][1].tickets


def test_a_command_sent_twice_happens_once(life: lived.Life) -> None:
    centre = life.centre
    first = centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap")
    again = centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap")
    assert again == first
    assert len(centre.day.tickets) == 1


def test_a_command_sent_again_after_a_restart_happens_once(tmp_path: Path, clock: lived.Ticking) -> None:
    centre = lived.new_centre(tmp_path, clock)
    first = centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap")
    centre.close()
    centre = Centre(tmp_path / "centre.db", CODE, clock)
    assert centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap") == first
    centre.close()


def test_an_id_used_for_another_command_is_refused(life: lived.Life) -> None:
    life.centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap")
    with pytest.raises(Refused) as refused:
        life.centre.handle(c.IssueTicket(service="B01"), actor="totem", command_id="tap")
    assert refused.value.reason is Reason.COMMAND_REUSED
    assert len(life.centre.day.tickets) == 1


def test_one_tap_that_arrives_eight_times_at_once_gives_one_number(life: lived.Life) -> None:
    def tap(_: int) -> str:
        answer = life.centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="tap")
        assert isinstance(answer[-1].event, TicketIssued)
        return answer[-1].event.ticket

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(tap, range(8)))) == 1


def test_thirty_two_at_once_get_numbers_without_gaps_and_a_refusal_spoils_no_other(life: lived.Life) -> None:
    def tap(n: int) -> int:
        answer = life.centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id=f"tap-{n}")
        assert isinstance(answer[-1].event, TicketIssued)
        return answer[-1].event.number

    def err(n: int) -> None:
        with pytest.raises(Refused):
            life.centre.handle(c.IssueTicket(service="Z99"), actor="totem", command_id=f"err-{n}")

    with ThreadPoolExecutor(32) as pool:
        errors = [pool.submit(err, n) for n in range(160)]
        numbers = list(pool.map(tap, range(480)))
        assert [error.result() for error in errors] == [None] * 160
    assert sorted(numbers) == list(range(1, 481))
    with life.centre.reading() as db:
        assert list(walk.verify(db, CODE))[-1] == life.centre.head.seq


def test_two_clerks_calling_at_once_get_two_tickets(life: lived.Life) -> None:
    for _ in range(60):
        life.issue()

    def call(n: int) -> str:
        answer = life.centre.handle(c.CallNext(counter=str(n % 3 + 1)), actor="c", command_id=f"call-{n}")
        return str(answer[-1].event.ticket)  # type: ignore[union-attr]

    with ThreadPoolExecutor(12) as pool:
        called = list(pool.map(call, range(60)))
    assert len(set(called)) == 60


def test_who_asks_while_the_centre_closes_is_answered_or_told(tmp_path: Path, clock: lived.Ticking) -> None:
    centre = lived.new_centre(tmp_path, clock)

    def tap(n: int) -> None:
        with suppress(Closed):
            for turn in range(200):
                centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id=f"tap-{n}-{turn}")

    with ThreadPoolExecutor(8) as pool:
        taps = [pool.submit(tap, n) for n in range(8)]
        centre.close()
        for future in taps:
            future.result(timeout=20)
    with pytest.raises(Closed):
        centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id="late")
