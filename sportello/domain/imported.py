"""A day from the log of the system used before, as a script: who came is known, which counter called is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sportello.domain import commands as c
from sportello.domain.charter import Charter
from sportello.domain.plan import Plan
from sportello.domain.script import Ask, Desk, Later, Script, Stint

ABSENT_MS = 90_000  # how long a counter waits for somebody who does not come
AWAY_MS = 45 * 60_000  # a counter without a call for so long has nobody behind it
USUAL_MS = 15 * 60_000  # a passage whose end is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One row of the past. Times are UTC milliseconds."""

    id: str
    service: str
    priority: bool
    arrival_ms: int
    called_ms: int | None
    ended_ms: int | None
    absent: bool = False
    left: bool = False

    @property
    def until_ms(self) -> int:
        """When its counter was free again, as far as is known."""
        assert self.called_ms is not None
        if self.absent:
            return self.called_ms + ABSENT_MS
        return max(self.called_ms, self.ended_ms or self.called_ms + USUAL_MS)


@dataclass(slots=True)
class _Counter:
    """A counter supposed from the calls: the first that was free took the next."""

    until_ms: int = 0
    presence: list[tuple[int, c.Command]] = field(default_factory=list)


def script(plan: Plan, charters: Sequence[Charter], day: date, visits: Sequence[Visit]) -> Script | None:
    """The day of these visits under the plan of now; None without visits."""
    known = [visit for visit in visits if plan.offer(visit.service) is not None]
    if not known:
        return None
    called = [visit for visit in known if visit.called_ms is not None]
    return Script(
        label=day,
        plan=plan,
        charters=tuple(charters),
        opened_ms=min(visit.arrival_ms for visit in known) - 1,
        closed_ms=max([visit.until_ms for visit in called] + [visit.ended_ms or visit.arrival_ms for visit in known])
        + 1,
        asks=tuple(_ask(visit) for visit in known),
        stints={visit.id: (_stint(visit),) for visit in called},
        later={(visit.id, 0): (_gone(visit),) for visit in known if visit.left and visit.ended_ms is not None},
        desks=_desks(plan, called),
    )


def _ask(visit: Visit) -> Ask:
    return Ask(at_ms=visit.arrival_ms, ticket=visit.id, service=visit.service, priority=visit.priority)


def _stint(visit: Visit) -> Stint:
    assert visit.called_ms is not None
    end = c.NoShow(ticket=visit.id) if visit.absent else c.Finish(ticket=visit.id)
    return Stint(service=visit.service, takes_ms=visit.until_ms - visit.called_ms, end=end)


def _gone(visit: Visit) -> Later:
    assert visit.ended_ms is not None
    return Later(after_ms=visit.ended_ms - visit.arrival_ms, act=c.Leave(ticket=visit.id))


def _desks(plan: Plan, called: Sequence[Visit]) -> tuple[Desk, ...]:
    """As many counters as the plan has, each there from its first call until it has none for long."""
    counters = {place.code: _Counter() for place in plan.places}
    for visit in sorted(called, key=lambda visit: visit.called_ms or 0):
        assert visit.called_ms is not None
        code, one = min(
            counters.items(), key=lambda pair: (pair[1].until_ms > (visit.called_ms or 0), pair[1].until_ms == 0)
        )
        if not one.presence:
            one.presence.append((visit.called_ms, c.OpenCounter(counter=code)))
        elif visit.called_ms - one.until_ms > AWAY_MS:
            one.presence.append((one.until_ms, c.PauseCounter(counter=code)))
            one.presence.append((visit.called_ms, c.ResumeCounter(counter=code)))
        one.until_ms = max(one.until_ms, visit.until_ms)
    for code, one in counters.items():
        if one.presence:
            one.presence.append((one.until_ms, c.CloseCounter(counter=code)))
    return tuple(Desk(code=code, presence=tuple(one.presence)) for code, one in counters.items() if one.presence)
