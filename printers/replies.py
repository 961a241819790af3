"""What a printer says back, sorted out of one stream of bytes."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The voices that share the line."""

    STATUS = "status"  # one byte, to DLE EOT
    FENCE = "fence"  # one byte, to GS r
    NEWS = "news"  # four bytes that nobody asked for (automatic status back)
    BLOCK = "block"  # a header, text, a zero byte
    FULL = "full"  # six bytes to DLE EOT 20, of Custom printers


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer."""

    kind: Kind
    content: bytes


_FULL = b"\x10\x0f"
_FLOW = frozenset((0x11, 0x13))  # XON, XOFF
_BLOCKS = frozenset((0x37, 0x3D, 0x5F))
_LONGEST_BLOCK = 80


@dataclass(slots=True)
class Replies:
    """Sorts bytes by their fixed bits (Epson's ESC/POS reference, "Transmission status").

    `full`: the printer is one of Custom's, whose full status looks like the news of others at first.
    """

    full: bool = False
    _rest: bytearray = field(default_factory=bytearray)

    def feed(self, arrived: bytes) -> list[Reply]:
        """The answers completed by these bytes; what is unfinished waits for more, noise is dropped."""
        self._rest += arrived
        found = []
        while self._rest:
            length = _length(self._rest, full=self.full)
            if length is None:
                break
            taken = bytes(self._rest[:length])
            del self._rest[:length]
            if (kind := _kind(taken)) is not None:
                found.append(Reply(kind, taken))
        return found


def _length(stream: bytearray, *, full: bool) -> int | None:
    """How many bytes the first answer has; None while some are missing."""
    first = stream[0]
    if first in _BLOCKS:
        end = stream.find(0, 1, _LONGEST_BLOCK)
        if end < 0:
            return 1 if len(stream) >= _LONGEST_BLOCK else None
        return end + 1
    if full and first == _FULL[0] and (len(stream) == 1 or stream[1] == _FULL[1]):
        return 6 if len(stream) >= 6 else None
    if first & 0x93 == 0x10:
        if any(byte & 0x90 for byte in stream[1:4]):
            return 1
        return 4 if len(stream) >= 4 else None
    return 1


def _kind(taken: bytes) -> Kind | None:
    first = taken[0]
    if first in _FLOW:
        return None
    if len(taken) == 6 and taken[:2] == _FULL:
        return Kind.FULL
    if len(taken) == 4 and first & 0x93 == 0x10:
        return Kind.NEWS
    if len(taken) > 1:
        return Kind.BLOCK
    if first & 0x93 == 0x12:
        return Kind.STATUS
    if first & 0x90 == 0 and first not in _BLOCKS:
        return Kind.FENCE
    return None
