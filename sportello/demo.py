"""A centre to look at: a year of past tickets, and mornings simulated faster than life. All of it is marked DEMO.

Nothing here is drawn from real people: arrivals, durations and absences are constructed.
"""

import logging
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from heapq import heapreplace
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import click

from sportello import founding, passwords
from sportello.centre import Centre
from sportello.config import Config, read
from sportello.domain import commands as c
from sportello.domain.charter import Charter, Mode, Sheet
from sportello.domain.clock import Instant, elapsed, local_ms, wall_ms
from sportello.domain.errors import Refused
from sportello.domain.events import Recorded
from sportello.domain.plan import Plan, next_opening, sessions
from sportello.domain.tickets import ServiceDay, Status, Ticket
from sportello.ledger import queries
from sportello.ledger.access import Role
from sportello.ledger.appointments import Appointment, keep_day
from sportello.ledger.sqlite import connect
from sportello.local import Ask, command, line
from sportello.timekeeping import DemoClock, system_clock

LOG = logging.getLogger(__name__)
BLOCK = 2000
BUSY = 0.72  # share of the counters' time that is asked for
EARLY = 0.12  # visitors already outside at opening time
ABSENT, GIVE_UP = 0.05, 0.03
PRIORITY = 0.07
LANGUAGES = ("it",) * 12 + ("en", "ro", "sq", "ar", "fr", "uk")
CODE = "123456"  # of an appointment that somebody has each morning
BOOKED_MIN = 90  # after opening
NOTICE = "Serve aiuto? Chieda a un operatore"
PATIENCE_S = 40 * 60  # who gives up does so after waiting this long
STEP_S = 0.2  # real seconds between two looks at the simulated room
HANDS_FREE = 1  # the first counter is left to whoever looks at the demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A constructed visitor: when, for what, and how long it will take."""

    at_ms: int
    sheet: Sheet
    service_s: int
    priority: bool


def run(where: Path, *, port: int, speed: float, months: int, charter_name: str, site_code: str | None) -> None:
    """Found the demo centre in `where` unless it is there, fill its past, and serve it until stopped."""
    from sportello import serving

    serving.check_port("127.0.0.1", port)
    charter = in_force_since(founding.charter_named(charter_name), months)
    site = founding.site_of(charter, site_code)
    settings = where / "centre.toml"
    fresh = not settings.exists()
    if fresh:
        founding.init(where, charter, site, system_clock(), demo=True)
    config = replace(read(settings), port=port, phones=f"http://127.0.0.1:{port}")
    password = passwords.one_time()
    with line(config) as ask:
        if fresh:
            _fill(ask, config, charter.sheets, months)
        founding.admit(ask, "demo", Role.MANAGER, password, once=False)
    clock = DemoClock(speed=speed)
    click.echo(_welcome(port, password, where), err=True)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)

    def started(centre: Centre) -> None:
        Thread(target=Room(centre, clock).live, name="demo", daemon=True).start()

    serving.Service(config, settings, clock, prints=True, started=started).run()


def in_force_since(charter: Charter, months: int) -> Charter:
    """The charter as if it had been in force for all of the demo's past."""
    first = past_days(months)[0] if months else charter.valid_from
    return replace(charter, valid_from=min(charter.valid_from, first))


def past_days(months: int) -> list[date]:
    """The days before today that the demo fills."""
    today = datetime.now().astimezone().date()
    return [today - timedelta(days=ago) for ago in range(round(months * 30.44), 0, -1)]


def _welcome(port: int, password: str, where: Path) -> str:
    base = f"http://127.0.0.1:{port}"
    return "\n".join(
        (
            "",
            "  DEMO: nothing here is real.",
            f"  kiosk              {base}/",
            f"  waiting room       {base}/display/",
            f"  desk               {base}/counter/",
            f"  managers           {base}/admin/",
            f"  the slips on paper {base}/printers/",
            f"  an appointment     {CODE}, at the kiosk",
            "",
            f"  sign in as  demo   password  {password}   (for this run only)",
            f"  the centre is kept in {where}",
            "",
        )
    )


# --- the past ------------------------------------------------------------------------------------


def _fill(ask: Ask, config: Config, sheets: Sequence[Sheet], months: int) -> None:
    """Bring in constructed visits for the months before today."""
    database = connect(config.database)
    plan = queries.plan(database, config.code)
    database.close()
    days = past_days(months)
    chance = random.Random(2026)
    block: list[c.Visit] = []
    touched: list[date] = []
    total = 0
    with click.progressbar(days, label="a year of past tickets", file=sys.stderr) as bar:
        for day in bar:
            visits = list(past_day(plan, sheets, day, len(plan.places), chance))
            block += visits
            total += len(visits)
            touched += [day] if visits else []
            if len(block) >= BLOCK:
                _send(ask, block)
                block = []
    _send(ask, block, days=tuple(touched), total=total)


def _send(ask: Ask, block: Sequence[c.Visit], *, days: tuple[date, ...] = (), total: int = 0) -> None:
    asked = c.ImportVisits(source="demo", visits=tuple(block), demo=True, closing=bool(days), days=days, total=total)
    command(ask, asked, actor="demo")


def arrivals(
    plan: Plan, sheets: Sequence[Sheet], day: date, counters: int, chance: random.Random, busy: float = BUSY
) -> list[Arrival]:
    """A day's visitors in order: some wait outside at opening, then more early than late."""
    offered = [sheet for sheet in sheets if plan.offer(sheet.code)]
    weights = [30 / (sheet.expected_minutes or 20) for sheet in offered]
    found: list[Arrival] = []
    for opening in sessions(plan, day):
        length = opening.end - opening.start - plan.last_number_min
        asked_s = (opening.end - opening.start) * 60 * counters * busy * chance.uniform(0.8, 1.15)
        while asked_s > 0 and length > 0:
            sheet = chance.choices(offered, weights)[0]
            mean = 60 * min(sheet.expected_minutes or 20, 35)
            taken = round(chance.lognormvariate(0, 0.5) * mean * 0.88)
            minute = 0.0 if chance.random() < EARLY else length * chance.betavariate(1.2, 1.8)
            at_ms = local_ms(day, opening.start) + round((minute * 60 + chance.uniform(0, 90)) * 1000)
            found.append(Arrival(at_ms=at_ms, sheet=sheet, service_s=taken, priority=chance.random() < PRIORITY))
            asked_s -= taken
    return sorted(found, key=lambda one: one.at_ms)


def past_day(plan: Plan, sheets: Sequence[Sheet], day: date, counters: int, chance: random.Random) -> Iterator[c.Visit]:
    """One day as the system before would have logged it: first come, first served, at `counters` counters."""
    open_until = max((opening.end for opening in sessions(plan, day)), default=0)
    free_ms = [0] * counters
    for n, one in enumerate(arrivals(plan, sheets, day, counters, chance), start=1):
        called_ms = max(one.at_ms + chance.randint(5_000, 20_000), free_ms[0])
        visit = c.Visit(
            key=f"demo-{day:%Y%m%d}-{n:03d}",
            service=one.sheet.code,
            day=day,
            arrival_ms=one.at_ms,
            called_ms=None,
            started_ms=None,
            ended_ms=None,
            outcome=Status.UNSERVED.value,
            priority=one.priority,
            number=f"{one.sheet.letter}{n:03d}",
        )
        if called_ms >= local_ms(day, open_until) + 15 * 60_000:
            yield visit
        elif called_ms - one.at_ms > PATIENCE_S * 1000 and chance.random() < GIVE_UP * 5:
            gone_ms = one.at_ms + PATIENCE_S * 1000
            yield replace(visit, ended_ms=gone_ms, outcome=Status.LEFT.value)
        elif chance.random() < ABSENT:
            heapreplace(free_ms, called_ms + 90_000)
            yield replace(visit, called_ms=called_ms, outcome=Status.NO_SHOW.value)
        else:
            started_ms = called_ms + chance.randint(15_000, 70_000)
            ended_ms = started_ms + one.service_s * 1000
            heapreplace(free_ms, ended_ms)
            yield replace(
                visit,
                called_ms=called_ms,
                started_ms=started_ms,
                ended_ms=ended_ms,
                outcome=Status.FINISHED.value,
            )


# --- the present ---------------------------------------------------------------------------------


class Room:
    """Visitors who tap and clerks who call, through the same `Centre.handle` as everybody."""

    def __init__(self, centre: Centre, clock: DemoClock, seed: int | None = None) -> None:
        self._centre, self._clock = centre, clock
        self._chance = random.Random(seed)
        self._coming: list[Arrival] = []
        self._takes_s: dict[str, int] = {}
        self._stop = Event()

    def live(self) -> None:
        """Morning after morning: when a day is over the clock leaps to the next opening."""
        self._ask_more()
        self._next_morning()
        while not self._stop.wait(STEP_S):
            try:
                self.step()
            except Refused as refused:
                LOG.debug("refused: %s", refused)
            except Exception:
                LOG.exception("the simulated room stumbled; it goes on")

    def _ask_more(self) -> None:
        """What a centre may switch on is on here, for all to see."""
        self._do(c.AdoptPlan(plan=replace(self._centre.day.plan, feedback=True, notice=NOTICE)))

    def step(self) -> None:
        """Everything that is due by now."""
        now = self._centre.now()
        while self._coming and self._coming[0].at_ms <= now.wall_ms:
            self._tap(self._coming.pop(0))
        for place in self._centre.day.plan.places[HANDS_FREE:]:
            self._clerk(place.code, now)
        if not self._coming and not self._busy():
            if self._centre.day.open:
                self._do(c.CloseDay())
            self._next_morning()

    def _busy(self) -> bool:
        """Whether anybody is still in the room; who looks at the demo may keep their own counter's visitor."""
        day = self._centre.day
        others = (place.code for place in day.plan.places[HANDS_FREE:])
        return day.open and (bool(day.waiting()) or any(day.in_hand(counter) for counter in others))

    def _next_morning(self) -> None:
        """The clock just before the next day's opening, and that day's visitors."""
        plan, now = self._centre.day.plan, self._centre.now().local()
        opening = next_opening(plan, now)
        if self._centre.day.label == now.date() and opening and opening.date() == now.date():
            opening = next_opening(plan, now.replace(hour=23, minute=59))
        if opening is None:
            return
        self._clock.leap(wall_ms(opening) - 60_000)
        charter = self._centre.day.charter(opening.date())
        sheets = charter.sheets if charter else ()
        whole = arrivals(plan, sheets, opening.date(), len(plan.places), self._chance)
        self._coming = [one for one in whole if one.at_ms >= wall_ms(opening)]
        self._expect(opening, sheets)

    def _expect(self, opening: datetime, sheets: Sequence[Sheet]) -> None:
        """Somebody has an appointment today."""
        plan, day = self._centre.day.plan, opening.date()
        booked = next((one for one in sheets if plan.offer(one.code) and Mode.APPOINTMENT in one.modes), None)
        if booked:
            booked_ms = wall_ms(opening) + BOOKED_MIN * 60_000
            expected = Appointment(code=CODE, day=day, service=booked.code, booked_ms=booked_ms)
            self._centre.write(partial(keep_day, day=day, expected=[expected], today=day))

    def _tap(self, one: Arrival) -> None:
        asked = c.IssueTicket(service=one.sheet.code, language=self._chance.choice(LANGUAGES), priority=one.priority)
        try:
            recorded = self._do(asked)
        except Refused:
            return
        for record in recorded:
            ticket = getattr(record.event, "ticket", None)
            if ticket:
                self._takes_s[ticket] = one.service_s

    def _clerk(self, counter: str, now: Instant) -> None:
        """One look of a clerk at the person before them, or at the queue."""
        day: ServiceDay = self._centre.day
        ticket = day.in_hand(counter)
        if ticket is None:
            if day.open and day.waiting():
                self._do(c.CallNext(counter=counter))
            return
        assert ticket.acted is not None
        since_s = elapsed(ticket.acted, now).seconds
        if ticket.status is Status.CALLED:
            self._receive(ticket, counter, since_s)
        elif since_s > self._takes_s.get(ticket.id, 600):
            self._do(c.Finish(ticket=ticket.id, counter=counter))

    def _receive(self, ticket: Ticket, counter: str, since_s: int) -> None:
        comes = hash(ticket.id) % 100 >= ABSENT * 100
        if comes and since_s > 20 + hash(ticket.id) % 50:
            self._do(c.Start(ticket=ticket.id, counter=counter))
        elif not comes and since_s > 60 and ticket.calls < 2:
            self._do(c.Recall(ticket=ticket.id, counter=counter))
        elif not comes and since_s > 120:
            self._do(c.NoShow(ticket=ticket.id, counter=counter))

    def _do(self, asked: c.Command) -> Sequence[Recorded]:
        return self._centre.handle(asked, actor="demo", command_id=uuid4().hex)
