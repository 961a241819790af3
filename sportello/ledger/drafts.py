"""Charters being written: rows and no events, as nothing is promised until one is adopted."""

from dataclasses import dataclass

from sportello.ledger.db import Db, Row, row


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A charter as TOML. `revision` grows with each change, so that nobody overwrites what another wrote."""

    id: str
    content: str
    revision: int
    made_ms: int
    changed_ms: int


def _draft(found: Row) -> Draft:
    return Draft(
        id=found["id"],
        content=found["content"],
        revision=found["revision"],
        made_ms=found["made_ms"],
        changed_ms=found["changed_ms"],
    )


def drafts(db: Db) -> tuple[Draft, ...]:
    """Every draft, the one changed last first."""
    return tuple(map(_draft, db.rows("SELECT * FROM charter_draft ORDER BY changed_ms DESC, id")))


def draft(db: Db, id: str) -> Draft | None:
    found = row(db, "SELECT * FROM charter_draft WHERE id = :id", {"id": id})
    return _draft(found) if found else None


def begin(db: Db, id: str, content: str, now_ms: int) -> None:
    """A new draft; the same again changes nothing."""
    db.run(
        """INSERT INTO charter_draft (id, content, revision, made_ms, changed_ms)
           VALUES (:id, :content, 1, :now, :now) ON CONFLICT (id) DO NOTHING""",
        {"id": id, "content": content, "now": now_ms},
    )


def change(db: Db, id: str, content: str, revision: int, now_ms: int) -> bool:
    """Write a draft anew; false where it is not at this revision any more."""
    return (
        db.run(
            """UPDATE charter_draft SET content = :content, revision = revision + 1, changed_ms = :now
               WHERE id = :id AND revision = :revision""",
            {"id": id, "content": content, "revision": revision, "now": now_ms},
        )
        == 1
    )


def drop(db: Db, id: str) -> None:
    db.run("DELETE FROM charter_draft WHERE id = :id", {"id": id})
