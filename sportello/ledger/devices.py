"""The screens that were let in: what each is called, shows, and how it is set. Of its token only a digest is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sportello.ledger.db import Db, Row, row


class Face(StrEnum):
    """What a screen shows."""

    KIOSK = "kiosk"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A screen and its settings. `room` is empty where a display shows every room."""

    id: str
    name: str
    face: Face
    room: str = ""
    diagonal_in: float = 43.0
    distance_m: float = 8.0  # from which it is to be read
    voice: bool = True
    volume: int = 70  # 0–100
    px_per_mm: float | None = None  # pixels in a millimetre, once it was measured with a card
    approved_ms: int = 0
    changed_ms: int = 0


def devices(db: Db) -> Sequence[Device]:
    """The screens let in, by name."""
    return [_device(one) for one in db.rows("SELECT * FROM device WHERE revoked_ms IS NULL ORDER BY name, id")]


def device(db: Db, id: str) -> Device | None:
    found = row(db, "SELECT * FROM device WHERE id = :id AND revoked_ms IS NULL", {"id": id})
    return _device(found) if found else None


def device_of(db: Db, digest: str) -> Device | None:
    """The screen that holds the token of this digest, while it is let in."""
    found = row(db, "SELECT * FROM device WHERE digest = :digest AND revoked_ms IS NULL", {"digest": digest})
    return _device(found) if found else None


def keep_device(db: Db, one: Device, digest: str, now_ms: int) -> bool:
    """Let a screen in; whether it was not in before."""
    added = db.run(
        """INSERT INTO device (id, digest, name, face, room, diagonal, distance, voice, volume, mm,
               approved_ms, changed_ms, revoked_ms)
           VALUES (:id, :digest, :name, :face, :room, :diagonal, :distance, :voice, :volume, :mm, :now, :now, NULL)
           ON CONFLICT (digest) DO NOTHING""",
        {**_columns(one), "digest": digest, "now": now_ms},
    )
    return added == 1


def change_device(db: Db, one: Device, now_ms: int) -> bool:
    """Set a screen anew; whether it is still let in."""
    changed = db.run(
        """UPDATE device SET name = :name, face = :face, room = :room, diagonal = :diagonal, distance = :distance,
               voice = :voice, volume = :volume, mm = :mm, changed_ms = :now
           WHERE id = :id AND revoked_ms IS NULL""",
        {**_columns(one), "now": now_ms},
    )
    return changed == 1


def revoke_device(db: Db, id: str, now_ms: int) -> bool:
    """Shut a screen out; whether it was let in. The row stays, with its times."""
    return (
        db.run("UPDATE device SET revoked_ms = :now WHERE id = :id AND revoked_ms IS NULL", {"id": id, "now": now_ms})
        == 1
    )


def _columns(one: Device) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "face": one.face.value,
        "room": one.room,
        "diagonal": round(one.diagonal_in * 10),
        "distance": round(one.distance_m * 10),
        "voice": int(one.voice),
        "volume": one.volume,
        "mm": None if one.px_per_mm is None else round(one.px_per_mm * 100),
    }


def _device(found: Row) -> Device:
    return Device(
        id=found["id"],
        name=found["name"],
        face=Face(found["face"]),
        room=found["room"],
        diagonal_in=found["diagonal"] / 10,
        distance_m=found["distance"] / 10,
        voice=bool(found["voice"]),
        volume=found["volume"],
        px_per_mm=None if found["mm"] is None else found["mm"] / 100,
        approved_ms=found["approved_ms"],
        changed_ms=found["changed_ms"],
    )
