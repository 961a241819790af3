"""The high-water mark: how far the log is known to reach, kept beside the database and outside its backups.

A backup put back, or a tail lost to a lying disk, shows as a log shorter than its mark; the centre then begins
a new epoch and gives numbers from beyond a fence, so that no number of the lost tail is given twice.
"""

import json
import os
import time
from dataclasses import dataclass
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


class Mark:
    """The mark's file, written whole and synced, at most once a second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept_at = 0.0
        self._known = self._read()
        self._label: date | None = self._known.day

    def read(self) -> Known:
        return self._known

    def _read(self) -> Known:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return Known(epoch=0, seq=0, hash="", restores=0, day=None)
        day = kept.get("day")
        return Known(
            epoch=kept["epoch"],
            seq=kept["seq"],
            hash=kept["hash"],
            restores=kept["restores"],
            day=date.fromisoformat(day) if day else None,
        )

    def ahead_of(self, head: Head) -> bool:
        """Whether more was once recorded than the log now holds."""
        return (self._known.epoch, self._known.seq) > (head.epoch, head.seq)

    def next_fence(self) -> int:
        """The number after which a restored centre goes on; counts restores before it is used."""
        known = self._known
        self._write(
            Known(epoch=known.epoch, seq=known.seq, hash=known.hash, restores=known.restores + 1, day=known.day)
        )
        return self._known.restores * STRIDE

    def keep_soon(self, head: Head, day: date | None = None) -> None:
        """Move the mark unless that was done within the last second."""
        self._label = day or self._label
        if time.monotonic() - self._kept_at >= EVERY_S:
            self.keep(head)

    def keep(self, head: Head) -> None:
        """Move the mark to the end of the log."""
        self._kept_at = time.monotonic()
        self._write(
            Known(epoch=head.epoch, seq=head.seq, hash=head.hash, restores=self._known.restores, day=self._label)
        )

    def _write(self, known: Known) -> None:
        aside = self._path.with_suffix(".mark-new")
        text = json.dumps(
            {
                "epoch": known.epoch,
                "seq": known.seq,
                "hash": known.hash,
                "restores": known.restores,
                "day": known.day.isoformat() if known.day else None,
            }
        )
        with open(aside, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(aside, self._path)
        self._known = known
