"""Printers as rows: how each was set up, and how much of its roll is used."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sportello.domain.codec import decode, encode
from sportello.domain.printing import PrinterSetup
from sportello.ledger.db import Db, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What was printed since the roll was changed."""

    mm: int = 0
    slips: int = 0
    changed_ms: int = 0  # 0: nobody ever said


def printers(db: Db) -> Sequence[PrinterSetup]:
    """The printers kept here, by name."""
    return [
        decode(PrinterSetup, {**dict(one), "capabilities": json.loads(one["capabilities"])})
        for one in db.rows("SELECT * FROM printer ORDER BY name")
    ]


def keep_printer(db: Db, setup: PrinterSetup, now_ms: int) -> None:
    """Set a printer up, or anew."""
    kept = encode(setup)
    db.run(
        """INSERT INTO printer (name, uri, width, dialect, capabilities, role, backup, roll_mm, speed_mm_s, changed_ms)
           VALUES (:name, :uri, :width, :dialect, :capabilities, :role, :backup, :roll_mm, :speed_mm_s, :now)
           ON CONFLICT (name) DO UPDATE SET uri = excluded.uri, width = excluded.width, dialect = excluded.dialect,
               capabilities = excluded.capabilities, role = excluded.role, backup = excluded.backup,
               roll_mm = excluded.roll_mm, speed_mm_s = excluded.speed_mm_s, changed_ms = excluded.changed_ms""",
        {**kept, "capabilities": json.dumps(kept["capabilities"]), "now": now_ms},
    )


def drop_printer(db: Db, name: str) -> bool:
    """Forget a printer; whether there was one."""
    return db.run("DELETE FROM printer WHERE name = :name", {"name": name}) == 1


def roll(db: Db, printer: str) -> Roll:
    found = row(db, "SELECT mm, slips, changed_ms FROM roll WHERE printer = :printer", {"printer": printer})
    return Roll(mm=found["mm"], slips=found["slips"], changed_ms=found["changed_ms"]) if found else Roll()


def use_paper(db: Db, printer: str, mm: int, slips: int = 1) -> None:
    """So much more of the roll is used."""
    db.run(
        """INSERT INTO roll (printer, mm, slips, changed_ms) VALUES (:printer, :mm, :slips, 0)
           ON CONFLICT (printer) DO UPDATE SET mm = roll.mm + excluded.mm, slips = roll.slips + excluded.slips""",
        {"printer": printer, "mm": mm, "slips": slips},
    )


def change_roll(db: Db, printer: str, now_ms: int) -> None:
    """There is a new roll in it."""
    db.run(
        """INSERT INTO roll (printer, mm, slips, changed_ms) VALUES (:printer, 0, 0, :now)
           ON CONFLICT (printer) DO UPDATE SET mm = 0, slips = 0, changed_ms = excluded.changed_ms""",
        {"printer": printer, "now": now_ms},
    )
