"""How much of the time the doors were open is proved to have been recorded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

Span = tuple[int, int]  # UTC milliseconds: from, up to


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Open hours expected and recorded, in whole seconds. Nothing expected: nothing is missing."""

    expected_s: int
    recorded_s: int

    @property
    def share(self) -> Decimal | None:
        """Recorded of expected, 0..1, cut to four decimals; None where nothing was expected."""
        return Decimal(self.recorded_s * 10_000 // self.expected_s) / 10_000 if self.expected_s else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which a centre's box recorded nothing; `open_s`: so many seconds of it the doors were open."""

    centre: str
    since_ms: int
    until_ms: int
    open_s: int


def coverage(opened: Sequence[Span], silences: Sequence[Span]) -> Coverage:
    """The share of the open spans outside every silence."""
    silent = list(merged(silences))
    expected = sum(until - since for since, until in opened)
    missing = sum(overlap(span, one) for span in opened for one in silent)
    return Coverage(expected_s=expected // 1000, recorded_s=(expected - missing) // 1000)


def gaps(centre: str, opened: Sequence[Span], silences: Sequence[Span]) -> Iterator[Gap]:
    """The silences that touched open hours."""
    for since, until in merged(silences):
        touched = sum(overlap(span, (since, until)) for span in opened)
        if touched >= 1000:
            yield Gap(centre=centre, since_ms=since, until_ms=until, open_s=touched // 1000)


def overlap(one: Span, other: Span) -> int:
    """Milliseconds two spans share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """The same time as spans that do not touch, in order."""
    since, until = None, 0
    for begins, ends in sorted(spans):
        if since is not None and begins <= until:
            until = max(until, ends)
            continue
        if since is not None:
            yield since, until
        since, until = begins, ends
    if since is not None:
        yield since, until
