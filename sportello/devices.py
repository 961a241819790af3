"""Which screens are let in: codes that wait for a manager, tokens that were let in, and who was heard lately."""

import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sportello.centre import Centre
from sportello.ledger import devices as rows
from sportello.ledger.access import digest
from sportello.ledger.db import Db
from sportello.ledger.devices import Device, Face

LETTERS = "ACDEFHJKMNPRTUVWXY34679"  # none that looks like another: 0 and O, 1 and I, 2 and Z, 5 and S, 8 and B
CODE = 6
VALID_S = 15 * 60
WAITING = 32  # codes that wait at once; who was not heard for longest is forgotten
KNOCKS = RateLimitItemPerMinute(12)  # new codes for one address
BEAT_S = 10
LATE_S = 1.5 * BEAT_S
KEPT = 50  # beats of each screen

Steady = Callable[[], float]


@dataclass(slots=True, kw_only=True)
class Pending:
    """A screen that shows a code and waits for a manager."""

    digest: str
    face: Face
    code: str
    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a page says of itself every ten seconds. `page` is its kind, never what a visitor chose on it."""

    at_s: float  # on the steady clock of this process
    version: str
    page: str
    sound: str
    width: int
    height: int


class Devices:
    """The screens of one centre. What was decided is in its ledger; codes and beats live as long as this process."""

    def __init__(self, centre: Centre, steady: Steady = time.monotonic) -> None:
        self._centre, self._steady = centre, steady
        self._known: dict[str, Device] = {}
        self._pending: OrderedDict[str, Pending] = OrderedDict()
        self._beats: dict[str, deque[Beat]] = {}
        self._lock = Lock()
        self._knocks = MovingWindowRateLimiter(MemoryStorage())

    def now_s(self) -> float:
        return self._steady()

    # --- who is let in -------------------------------------------------------------------------------

    def of_token(self, token: str) -> Device | None:
        """The screen that holds this token. Remembered until a screen is let in, changed or shut out."""
        if not token:
            return None
        known, mark = self._known, digest(token)  # a change takes another dict: a late answer ends in the old one
        if mark not in known:
            with self._centre.reading() as db:
                found = rows.device_of(db, mark)
            if found is None:
                return None
            known[mark] = found
        return known[mark]

    def here(self, face: Face) -> Device:
        """The box's own screen of this kind: it is let in without a token."""
        known, mark = self._known, _here(face)
        if mark not in known:
            with self._centre.reading() as db:
                known[mark] = rows.device(db, mark) or Device(id=mark, name="", face=face)
        return known[mark]

    def device(self, id: str) -> Device | None:
        """A screen by its name in the ledger."""
        for face in Face:
            if id == _here(face):
                return self.here(face)
        with self._centre.reading() as db:
            return rows.device(db, id)

    def all(self) -> Sequence[Device]:
        """The screens let in; of the box's own those that were set or heard."""
        with self._centre.reading() as db:
            found = rows.devices(db)
        listed = {one.id for one in found}
        own = [self.here(face) for face in Face if _here(face) not in listed and self._beats.get(_here(face))]
        return [*own, *found]

    # --- codes ---------------------------------------------------------------------------------------

    def knock(self, face: Face, address: str) -> tuple[str, Pending] | None:
        """A screen nobody knows asks to come in: its token and its code. None where an address asks too often."""
        if not self._knocks.hit(KNOCKS, address):
            return None
        token = secrets.token_urlsafe(32)
        with self._lock:
            one = Pending(digest=digest(token), face=face, code=self._fresh_code(), since_s=self._steady())
            self._pending[one.digest] = one
            while len(self._pending) > WAITING:
                self._pending.popitem(last=False)
        return token, one

    def waits(self, token: str, face: Face | None = None) -> Pending | None:
        """The code of a screen that waits; a new one when its time is over."""
        with self._lock:
            one = self._pending.get(digest(token)) if token else None
            if one is None:
                return None
            self._pending.move_to_end(one.digest)
            if self._over(one):
                one.code, one.since_s = self._fresh_code(), self._steady()
            one.face = face or one.face
            return one

    def waiting(self) -> int:
        """How many screens wait with a code that is good."""
        with self._lock:
            return sum(not self._over(one) for one in self._pending.values())

    def behind(self, code: str) -> Pending | None:
        """The screen that shows this code now."""
        with self._lock:
            return next((one for one in self._pending.values() if one.code == code and not self._over(one)), None)

    def _over(self, one: Pending) -> bool:
        return self._steady() - one.since_s >= VALID_S

    def _fresh_code(self) -> str:
        taken = {one.code for one in self._pending.values()}
        while (code := "".join(secrets.choice(LETTERS) for _ in range(CODE))) in taken:
            pass
        return code

    # --- what a manager decides ------------------------------------------------------------------------

    def approve(self, code: str, wanted: Device) -> Device | None:
        """Let in the screen that shows this code; None when it shows another one by now."""
        one, now_ms = self.behind(code), self._centre.now().wall_ms
        if one is None:
            return None
        device = replace(wanted, id=secrets.token_hex(4), approved_ms=now_ms, changed_ms=now_ms)
        kept = self._centre.write(lambda db: rows.keep_device(db, device, one.digest, now_ms))
        self._known = {}
        with self._lock:  # only now: a screen that asks meanwhile keeps its token
            self._pending.pop(one.digest, None)
        return device if kept else None

    def change(self, device: Device) -> bool:
        """Set a screen anew; whether it is still let in."""
        now_ms = self._centre.now().wall_ms
        try:
            return self._centre.write(lambda db: _changed(db, device, now_ms))
        finally:
            self._known = {}

    def revoke(self, id: str) -> bool:
        """Shut a screen out, at once; whether it was in."""
        now_ms = self._centre.now().wall_ms
        try:
            return self._centre.write(lambda db: rows.revoke_device(db, id, now_ms))
        finally:
            self._known = {}
            self._beats.pop(id, None)

    # --- beats -----------------------------------------------------------------------------------------

    def heard(self, device: Device, beat: Beat) -> None:
        with self._lock:
            self._beats.setdefault(device.id, deque(maxlen=KEPT)).append(beat)

    def beats(self, id: str) -> Sequence[Beat]:
        """The last beats of a screen, the oldest first."""
        with self._lock:
            return tuple(self._beats.get(id, ()))


def _here(face: Face) -> str:
    return f"here-{face.value}"


def _changed(db: Db, device: Device, now_ms: int) -> bool:
    """Whether it was set. The box's own screens have a row once they are set: no token has their name as its digest."""
    if rows.change_device(db, device, now_ms):
        return True
    if own(device):
        rows.keep_device(db, device, device.id, now_ms)
    return own(device)


def own(device: Device) -> bool:
    """Whether this is a screen of the box itself."""
    return device.id == _here(device.face)


def typed_code(text: str) -> str:
    """A code as somebody typed it."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def marks(beats: Sequence[Beat], now_s: float) -> Sequence[bool]:
    """The last beats in their order, each heard or missed; the newest is last."""
    found: list[bool] = []
    for before, after in pairwise([*(beat.at_s for beat in beats), now_s]):
        gap = after - before
        found += [True, *[False] * (min(KEPT, int((gap - LATE_S) // BEAT_S) + 1) if gap > LATE_S else 0)]
    return found[-KEPT:]
