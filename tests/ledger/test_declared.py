"""What managers declare: kept with its evidence, put right by a later word, never counted from tickets."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sportello.domain import commands as c
from sportello.domain.charter import Outcome
from sportello.domain.errors import Reason, Refused
from sportello.domain.lep import CODES, LEVELS, Delivered, Recipient
from sportello.ledger.db import Db
from sportello.ledger.declared import delivering, evidence, lep_checks
from sportello.reports.by_hand import by_hand
from sportello.reports.compliance import compliance
from sportello.reports.rendering import table, to_data
from tests.ledger import lived

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def db(request: pytest.FixtureRequest) -> Db:
    found: Db = request.getfixturevalue(request.param)
    return found


def test_the_last_word_on_a_period_holds_and_says_where_it_is_written(db: Db) -> None:
    (found,) = evidence(db, lived.CODE, *YEAR)
    assert (found.standard, found.value, found.outcome) == ("RECLAMI", "27 giorni", Outcome.KEPT)
    assert (found.document, found.dated) == ("Relazione 4/2027", date(2027, 1, 10))
    assert found.office == "Ufficio relazioni con il pubblico"
    assert evidence(db, lived.CODE, date(2026, 7, 2), YEAR[1]) == ()  # a part of the period is another figure


def test_a_promise_verified_by_hand_is_shown_with_what_was_declared_or_as_not_assessable(db: Db) -> None:
    (found,) = by_hand(db, lived.CODE, (lived.OLD, lived.NEW), *YEAR)
    assert (found.charter, found.standard.programmed, found.outcome) == ("carta/2", "30 giorni", Outcome.KEPT)
    (empty,) = by_hand(db, lived.CODE, (lived.NEW,), date(2027, 1, 1), date(2027, 12, 31))
    assert (empty.evidence, empty.outcome) == ((), Outcome.NOT_ASSESSABLE)
    assert by_hand(db, lived.CODE, (lived.OLD,), *YEAR) == ()


def test_a_report_on_everything_tells_the_promises_verified_by_hand_too(db: Db) -> None:
    ask = partial(
        compliance, db, lived.CODE, charters=(lived.OLD, lived.NEW), site=lived.SITE, first=YEAR[0], last=YEAR[1]
    )
    report = ask()
    found: Any = to_data(report)["by_hand"]
    (told,) = found
    assert (told["standard"]["code"], told["outcome"]) == ("RECLAMI", "kept")
    (said,) = told["declared"]
    assert (said["value"], said["document"], said["to"]) == ("27 giorni", "Relazione 4/2027", "2026-12-31")
    written = "\n".join(table(report))
    assert "RECLAMI" in written
    assert "31/12/2026 27 giorni (Relazione 4/2027, 10/01/2027, Ufficio relazioni con il pubblico)" in written
    assert ask(service=report.lines[0].service).by_hand == ()  # what one service promised says nothing of them


def test_every_level_is_on_the_list_and_only_what_was_declared_is_told(db: Db) -> None:
    found = lep_checks(db, lived.CODE, 2026)
    assert [one.lep.code for one in found] == [level.code for level in LEVELS]
    (told,) = [one for one in found if one.delivered is not None]
    assert (told.lep.code, told.lep.letter, told.delivered, told.evidence) == ("did", "B1", Delivered.YES, "Prot. 2")
    assert all(one.delivered is None for one in lep_checks(db, lived.CODE, 2025))


def test_only_two_letters_are_verified() -> None:
    assert {(level.letter, level.recipient) for level in LEVELS if level.verified} == {
        ("J", Recipient.PERSON),
        ("S", Recipient.FIRM),
    }
    assert len(CODES) == len(LEVELS)


def test_a_centre_delivers_when_every_level_is_declared_as_delivered(life: lived.Life) -> None:
    def share() -> Decimal | None:
        with life.centre.reading() as db:
            return delivering(db, 2026).share

    assert share() == 0
    for level in LEVELS:
        life.do(c.DeclareLep(lep=level.code, year=2026, delivered=Delivered.YES, evidence="Prot. 3", office="URP"))
    assert share() == 1
    life.do(c.DeclareLep(lep="did", year=2026, delivered=Delivered.PARTLY, evidence="Prot. 4", office="URP"))
    assert share() == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"standard": "T-A2"}, Reason.UNKNOWN_STANDARD),  # measured: never helped along by hand
        ({"standard": "X"}, Reason.UNKNOWN_STANDARD),
        ({"charter": "carta/9"}, Reason.UNKNOWN_STANDARD),
        ({"value": " "}, Reason.INCOMPLETE),
        ({"document": ""}, Reason.INCOMPLETE),
        ({"office": ""}, Reason.INCOMPLETE),
        ({"last": date(2026, 6, 30)}, Reason.INCOMPLETE),
    ],
)
def test_a_declaration_without_its_evidence_is_refused(
    life: lived.Life, changes: dict[str, object], reason: Reason
) -> None:
    life.do(c.PublishCharter(charter=lived.NEW))
    with pytest.raises(Refused) as refused:
        life.do(replace(lived.declared("27 giorni"), **changes))  # type: ignore[arg-type]
    assert refused.value.reason is reason


def test_a_level_that_is_not_delivered_needs_no_evidence_and_one_that_is_does(life: lived.Life) -> None:
    life.do(c.DeclareLep(lep="did", year=2026, delivered=Delivered.NO, evidence="", office="URP"))
    for command, reason in (
        (c.DeclareLep(lep="did", year=2026, delivered=Delivered.YES, evidence="", office="URP"), Reason.INCOMPLETE),
        (c.DeclareLep(lep="x", year=2026, delivered=Delivered.NO, evidence="", office="URP"), Reason.UNKNOWN_LEP),
        (c.LabelLep(lep="x", letter="A"), Reason.UNKNOWN_LEP),
        (c.LabelLep(lep="did", letter=""), Reason.INCOMPLETE),
    ):
        with pytest.raises(Refused) as refused:
            life.do(command)
        assert refused.value.reason is reason
