"""A recorded day lived again through the rules of the live queue: with its own settings it comes out as it was."""

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sportello import whatif
from sportello.domain import commands as c
from sportello.domain.changes import Change, Shift, changed
from sportello.domain.plan import Discipline, NextRule, Opening
from sportello.domain.replay import Replay
from sportello.domain.script import Script
from sportello.domain.tickets import Status
from sportello.ledger import log, scripts
from tests.ledger.lived import CODE, FIRST_DAY, OLD, PLAN, Life, Ticking, at, new_centre


class Busy(Life):
    """Days on which counters come and go, and clerks choose, set aside, send on and take back."""

    def do(self, command: c.Command) -> object:  # type: ignore[override]
        self.clock.pass_by(0.003)
        return super().do(command)

    def busy(self, day: date, people: int, chance: random.Random) -> None:
        self.clock.reach(at(day, 8, 50))
        for counter in ("1", "2", "3"):
            self.tries(c.OpenCounter(counter=counter))
        for _ in range(people):
            self.clock.pass_by(chance.uniform(5, 150))
            self._comes(chance)
            self._elsewhere(chance)
            for counter in ("1", "2", "3"):
                if chance.random() < 0.5:
                    self._at(counter, chance)
        self.clock.pass_by(600)
        self.tries(c.CloseDay())

    def _comes(self, chance: random.Random) -> None:
        service = chance.choice(("A01", "A01", "B01", "C01"))
        if chance.random() < 0.8:
            self.tries(c.IssueTicket(service=service, priority=chance.random() < 0.2))
        if chance.random() < 0.1:
            booked_ms = self.clock.wall_ms + chance.randint(-300, 900) * 1000
            self.tries(c.CheckIn(service="A01", booked_ms=booked_ms))
        if chance.random() < 0.06:
            counter = str(chance.randint(1, 3))
            self.tries(c.WalkIn(counter=counter, service="B01", at_once=chance.random() < 0.6))

    def _elsewhere(self, chance: random.Random) -> None:
        waiting = self.centre.day.waiting()
        if waiting and chance.random() < 0.05:
            self.tries(c.GivePriority(ticket=chance.choice(waiting).id))
        if chance.random() < 0.06:
            self.tries(chance.choice((c.StopIssuing(why="guasto", service="C01"), c.ResumeIssuing(service="C01"))))
        if chance.random() < 0.06:
            act = chance.choice((c.PauseCounter, c.ResumeCounter, c.CloseCounter, c.OpenCounter))
            self.tries(act(counter=str(chance.randint(1, 3))))

    def _at(self, counter: str, chance: random.Random) -> None:
        self.clock.pass_by(chance.uniform(1, 40))
        day = self.centre.day
        held, waiting = day.in_hand(counter), day.waiting()
        aside = [one for one in day.tickets.values() if one.status in (Status.HELD, Status.NO_SHOW)]
        turn = chance.random()
        if turn < 0.5:
            self.tries(c.CallNext(counter=counter))
        elif turn < 0.65 and (waiting or aside):
            self._chooses(counter, waiting, aside, chance)
        elif turn < 0.75 and waiting:
            one = chance.choice(waiting).id
            self.tries(chance.choice((c.Leave(ticket=one), c.Transfer(ticket=one, service="B01", to_counter="2"))))
        elif held:
            self._ends(counter, held.id, chance)

    def _chooses(self, counter: str, waiting: list, aside: list, chance: random.Random) -> None:  # type: ignore[type-arg]
        one = chance.choice(aside or waiting).id
        acts = c.CallTicket(counter=counter, ticket=one, why="prova"), c.Resume(ticket=one, counter=counter)
        self.tries(chance.choice((*acts, c.Requeue(ticket=one))))

    def _ends(self, counter: str, held: str, chance: random.Random) -> None:
        to = chance.choice((None, "1", "3"))
        sent = c.Transfer(ticket=held, service="B01", to_counter=to, returns=chance.random() < 0.5)
        kinds = (c.Finish, c.Finish, c.NoShow, c.Hold, c.Requeue, c.Start)
        self.tries(sent if chance.random() < 0.2 else chance.choice(kinds)(ticket=held))
        if chance.random() < 0.15:
            self.clock.pass_by(2)
            self.tries(c.Undo(ticket=held, counter=counter))


def lived_days(folder: Path, seed: int, days: int = 2) -> list[Script]:
    """Days of a real centre, taken apart from its log."""
    clock = Ticking(at(FIRST_DAY, 8))
    centre = new_centre(folder, clock)
    life = Busy(centre, clock)
    labels = [FIRST_DAY + timedelta(days=n) for n in range(days)]
    for n, label in enumerate(labels):
        life.busy(label, 45, random.Random(seed * 10 + n))
    with centre.reading() as db:
        found = [scripts.of_day(db, CODE, label) for label in labels]
    centre.close()
    return [one for one in found if one is not None]


@pytest.mark.parametrize("seed", range(8))
def test_a_day_lived_again_calls_everybody_in_the_real_order(tmp_path: Path, seed: int) -> None:
    for script in lived_days(tmp_path, seed):
        again = Replay(script)
        again.run()
        assert len(script.order) > 10
        assert tuple(again.order) == script.order


def test_a_day_lived_again_gives_the_waits_that_were_recorded(tmp_path: Path) -> None:
    clock = Ticking(at(FIRST_DAY, 8))
    centre = new_centre(tmp_path, clock)
    Busy(centre, clock).busy(FIRST_DAY, 60, random.Random(3))
    with centre.reading() as db:
        script = scripts.of_day(db, CODE, FIRST_DAY)
        rows = db.rows("SELECT id, status, wait_s, called_ms FROM ticket WHERE centre = :centre", {"centre": CODE})
    centre.close()
    assert script is not None
    tickets = Replay(script).run().tickets
    assert {name: ticket.status for name, ticket in tickets.items()} == {row["id"]: row["status"] for row in rows}
    waits = {name: wait.seconds for name, ticket in tickets.items() if (wait := ticket.wait())}
    assert waits == {row["id"]: row["wait_s"] for row in rows if row["called_ms"] is not None}


def test_the_events_of_a_day_end_where_the_next_one_opens(tmp_path: Path) -> None:
    clock = Ticking(at(FIRST_DAY, 8))
    centre = new_centre(tmp_path, clock)
    life = Busy(centre, clock)
    for n in range(3):
        life.busy(FIRST_DAY + timedelta(days=n), 10, random.Random(n))
    with centre.reading() as db:
        days = [[one.seq for one in log.of_day(db, CODE, FIRST_DAY + timedelta(days=n))] for n in range(3)]
        everything = [one.seq for one in log.since(db, CODE)]
        nothing = list(log.of_day(db, CODE, FIRST_DAY - timedelta(days=1)))
    centre.close()
    together = [seq for day in days for seq in day]
    assert together == everything[-len(together) :]
    assert nothing == []


ALL_DAY = Opening(start=8 * 60, end=20 * 60)


def test_another_counter_shortens_waits_and_one_fewer_lengthens_them(tmp_path: Path) -> None:
    found = lived_days(tmp_path, 1, days=4)
    more = whatif.answer(found, Change(shifts=(Shift(by=1, hours=ALL_DAY),)))
    fewer = whatif.answer(found, Change(shifts=(Shift(by=-1, hours=ALL_DAY),)))
    assert more.reproduced == len(found)
    assert fewer.other.within < more.real.within < more.other.within
    assert more.low is not None
    assert more.high is not None
    assert more.low <= more.high


def test_a_quota_turns_away_those_beyond_it(tmp_path: Path) -> None:
    found = lived_days(tmp_path, 2)
    answer = whatif.answer(found, Change(quotas={"A01": 5}), tries=1)
    assert answer.other.turned_away > answer.real.turned_away
    assert answer.other.n < answer.real.n


def test_who_comes_by_appointment_is_as_many_people(tmp_path: Path) -> None:
    (script, *_) = lived_days(tmp_path, 3)
    other = changed(script, Change(booked=Decimal("0.5")), random.Random(1))
    before = {ask.ticket for ask in script.asks if ask.booked_ms is not None}
    booked = [ask for ask in other.asks if ask.booked_ms is not None and ask.ticket not in before]
    assert len(other.asks) == len(script.asks)
    assert len(booked) > len(script.asks) // 3
    assert all(script.opened_ms <= (ask.booked_ms or 0) <= script.closed_ms for ask in booked)


def test_another_rule_changes_the_order_and_not_the_people(tmp_path: Path) -> None:
    (script, *_) = lived_days(tmp_path, 4)
    other = changed(script, Change(rule=NextRule(discipline=Discipline.FIFO)), random.Random(1))
    again = Replay(other)
    day = again.run()
    assert tuple(again.order) != script.order
    assert {ask.ticket for ask in script.asks} >= set(day.tickets)


def test_the_same_question_has_the_same_answer(tmp_path: Path) -> None:
    found = lived_days(tmp_path, 5)
    change = Change(shifts=(Shift(by=1, hours=ALL_DAY),))
    assert whatif.answer(found, change) == whatif.answer(found, change)


def test_imported_days_can_be_lived_again_too(tmp_path: Path) -> None:
    clock = Ticking(at(FIRST_DAY, 8))
    centre = new_centre(tmp_path, clock)
    day = FIRST_DAY - timedelta(days=30)
    start = at(day, 9)
    visits = tuple(_visit(n, day, round(start.timestamp() * 1000) + n * 120_000) for n in range(60))
    life = Life(centre, clock)
    life.do(c.ImportVisits(source="prima", visits=visits))
    life.do(c.ImportVisits(source="prima", visits=(), closing=True, days=(day,), total=len(visits)))
    with centre.reading() as db:
        script = scripts.of_day(db, CODE, day)
    centre.close()
    assert script is not None
    answer = whatif.answer([script], Change(shifts=(Shift(by=-2, hours=ALL_DAY),)), tries=1)
    assert answer.real.n == 60
    assert answer.reproduced == 0
    assert script.plan == PLAN
    assert script.charters == (OLD,)


def _visit(n: int, day: date, arrival_ms: int) -> c.Visit:
    called_ms = arrival_ms + 60_000
    return c.Visit(
        key=f"k{n:025d}",
        service="A01",
        day=day,
        arrival_ms=arrival_ms,
        called_ms=called_ms,
        started_ms=called_ms,
        ended_ms=called_ms + 300_000,
        outcome="finished",
    )
