"""The high-water mark: how far the log is known to reach, kept beside the database and outside its backups.

A backup put back, or a tail lost to a lying disk, shows as a log shorter than its mark; the centre then begins
a new epoch and gives numbers from beyond a fence, so that no number of the lost tail is given twice.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from sportello.ledger.log import Head

EVERY_S = 1.0
STRIDE = 500  # numbers between one fence and the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    epoch: int
    seq: int
    hash: str
    restores: int
    day: date | None
    highest: int = 0  # the highest number given that day, of any letter


class Mark:
    """The mark's file, written whole and synced, at most once a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept_at = 0.0
        self._known = self._read()

    def read(self) -> Known:
        return self._known

    def _read(self) -> Known:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            day = kept["day"]
            return Known(**{**kept, "day": date.fromisoformat(day) if day else None})
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return Known(epoch=0, seq=0, hash="", restores=0, day=None)

    def ahead_of(self, head: Head) -> bool:
        """Whether more was once recorded than the log now holds."""
        return (self._known.epoch, self._known.seq) > (head.epoch, head.seq)

    def next_fence(self) -> int:
        """The number after which a restored centre goes on; counts restores before it is used.

        At least a stride beyond the highest number known: the mark may be a second older than what was lost.
        """
        known = self._known
        self._write(replace(known, restores=known.restores + 1))
        return max(self._known.restores, known.highest // STRIDE + 2) * STRIDE

    def keep(self, head: Head, day: date | None, highest: int, *, at_once: bool = False) -> None:
        """Move the mark to the end of the log, unless that was done within the last second."""
        if not at_once and time.monotonic() - self._kept_at < EVERY_S:
            return
        self._kept_at = time.monotonic()
        self._write(
            Known(
                epoch=head.epoch,
                seq=head.seq,
                hash=head.hash,
                restores=self._known.restores,
                day=day or self._known.day,
                highest=highest,
            )
        )

    def _write(self, known: Known) -> None:
        aside = self._path.with_suffix(".mark-new")
        day = known.day.isoformat() if known.day else None
        with open(aside, "w", encoding="utf-8") as handle:
            handle.write(json.dumps({**asdict(known), "day": day}))
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(aside, self._path)
        self._known = known
