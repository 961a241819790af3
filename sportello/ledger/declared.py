"""What managers declare with its evidence: promises verified by hand, and the essential levels (LEP) of a centre."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sportello.domain import events as e
from sportello.domain.charter import Outcome
from sportello.domain.lep import LEVELS, Delivered, Lep
from sportello.ledger.db import Db

# --- promises verified by hand -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an office says was achieved of one promise in the days `first` to `last`, and where it is written."""

    charter: str
    standard: str
    first: date
    last: date
    value: str
    outcome: Outcome
    document: str
    dated: date
    office: str


def keep_evidence(db: Db, centre: str, event: e.EvidenceDeclared, wall_ms: int) -> None:
    db.run(
        """INSERT INTO evidence (centre, charter, standard, first_day, last_day, value, outcome, document, dated,
               office, wall_ms)
           VALUES (:centre, :charter, :standard, :first, :last, :value, :outcome, :document, :dated, :office, :wall_ms)
           ON CONFLICT (centre, charter, standard, first_day, last_day) DO UPDATE SET value = excluded.value,
               outcome = excluded.outcome, document = excluded.document, dated = excluded.dated,
               office = excluded.office, wall_ms = excluded.wall_ms""",
        {
            "centre": centre,
            "charter": event.charter,
            "standard": event.standard,
            "first": event.first.isoformat(),
            "last": event.last.isoformat(),
            "value": event.value,
            "outcome": event.outcome.value,
            "document": event.document,
            "dated": event.dated.isoformat(),
            "office": event.office,
            "wall_ms": wall_ms,
        },
    )


def evidence(db: Db, centre: str, first: date, last: date) -> tuple[Evidence, ...]:
    """What was declared for days inside a period, by standard and day; a period that only touches it is outside."""
    found = db.rows(
        """SELECT charter, standard, first_day, last_day, value, outcome, document, dated, office FROM evidence
           WHERE centre = :centre AND first_day >= :first AND last_day <= :last
           ORDER BY charter, standard, first_day, last_day""",
        {"centre": centre, "first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(
        Evidence(
            charter=one["charter"],
            standard=one["standard"],
            first=date.fromisoformat(one["first_day"]),
            last=date.fromisoformat(one["last_day"]),
            value=one["value"],
            outcome=Outcome(one["outcome"]),
            document=one["document"],
            dated=date.fromisoformat(one["dated"]),
            office=one["office"],
        )
        for one in found
    )


# --- essential levels --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LepCheck:
    """One level in one year; `delivered` None: nobody has declared anything."""

    lep: Lep
    delivered: Delivered | None = None
    evidence: str = ""
    office: str = ""


def keep_lep(db: Db, centre: str, event: e.LepDeclared, wall_ms: int) -> None:
    db.run(
        """INSERT INTO lep_check (centre, year, lep, delivered, evidence, office, wall_ms)
           VALUES (:centre, :year, :lep, :delivered, :evidence, :office, :wall_ms)
           ON CONFLICT (centre, year, lep) DO UPDATE SET delivered = excluded.delivered,
               evidence = excluded.evidence, office = excluded.office, wall_ms = excluded.wall_ms""",
        {
            "centre": centre,
            "year": event.year,
            "lep": event.lep,
            "delivered": event.delivered.value,
            "evidence": event.evidence,
            "office": event.office,
            "wall_ms": wall_ms,
        },
    )


def keep_letter(db: Db, centre: str, event: e.LepLabelled) -> None:
    db.run(
        """INSERT INTO lep_letter (centre, lep, letter) VALUES (:centre, :lep, :letter)
           ON CONFLICT (centre, lep) DO UPDATE SET letter = excluded.letter""",
        {"centre": centre, "lep": event.lep, "letter": event.letter},
    )


def lep_checks(db: Db, centre: str, year: int) -> tuple[LepCheck, ...]:
    """Every level of the decree, in its order, with what this centre declared for a year."""
    rows = db.rows("SELECT lep, letter FROM lep_letter WHERE centre = :centre", {"centre": centre})
    letters = {one["lep"]: one["letter"] for one in rows}
    found = db.rows(
        "SELECT lep, delivered, evidence, office FROM lep_check WHERE centre = :centre AND year = :year",
        {"centre": centre, "year": year},
    )
    said = {one["lep"]: one for one in found}
    return tuple(_check(replace(one, letter=letters.get(one.code, one.letter)), said.get(one.code)) for one in LEVELS)


def _check(lep: Lep, said: dict[str, str] | None) -> LepCheck:
    if said is None:
        return LepCheck(lep=lep)
    delivered = Delivered(said["delivered"])
    return LepCheck(lep=lep, delivered=delivered, evidence=said["evidence"], office=said["office"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivering:
    """The share that target M5C1-5 of the PNRR speaks of, over the centres of this database.

    A centre counts when every level of the list is declared as delivered; partly is not delivered, and a centre that
    declared nothing counts among all the same.
    """

    centres: int
    delivering: int

    @property
    def share(self) -> Decimal | None:
        """Delivering / centres, 4 decimals, rounded down."""
        return Decimal(self.delivering * 10_000 // self.centres) / 10_000 if self.centres else None


TARGET = Decimal("0.80")  # M5C1-5: at least this share of the centres, by the end of 2025


def delivering(db: Db, year: int) -> Delivering:
    """How many of the centres of this database deliver every level in a year."""
    centres = db.rows("SELECT count(DISTINCT centre) AS n FROM event")[0]["n"]
    whole = db.rows(
        """SELECT centre FROM lep_check WHERE year = :year AND delivered = 'yes'
           GROUP BY centre HAVING count(*) = :levels""",
        {"year": year, "levels": len(LEVELS)},
    )
    return Delivering(centres=centres, delivering=len(whole))
