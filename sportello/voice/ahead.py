"""Clips made ahead of time: who may be called next at each open counter, so that the room hears a call at once."""

import logging
from collections.abc import Iterator
from threading import Event, Thread

from sportello.centre import Centre
from sportello.domain.clock import Instant
from sportello.domain.disciplines import choose
from sportello.domain.queueing import callable_at
from sportello.domain.tickets import ServiceDay
from sportello.i18n import DEFAULT
from sportello.voice.clips import Voice
from sportello.voice.words import Call

LOG = logging.getLogger(__name__)
NEXT = 2  # calls of each counter that are made before they happen
LAST = 3  # announcements a display may still be about to speak
CALM_S = 0.5  # between two looks at the queues, however much happens
LOOK_S = 5.0  # who waits becomes due as time passes, also where nothing happens
MOST = 2000  # clips remembered as made; beyond, they are looked for again

Wanted = tuple[Call, str]  # a call, and the language to say it in


class Ahead:
    """One thread that makes what will be said next, and wakes the voice before anybody needs it."""

    def __init__(self, centre: Centre, voice: Voice) -> None:
        self._centre, self._voice = centre, voice
        self._stop = Event()
        self._done: set[Wanted] = set()
        self._thread = Thread(target=self._run, name="voice", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._voice.close()

    def _run(self) -> None:
        try:
            self._voice.start()
        except Exception:
            LOG.exception("the voice did not start; the next text tries again")
        while not self._stop.is_set():
            seen = self._centre.place
            try:
                self.make()
            except Exception:
                LOG.exception("nothing was spoken ahead; the next change tries again")
            self._stop.wait(CALM_S)
            self._centre.wait_for_change(seen, LOOK_S)

    def make(self) -> None:
        """Make what is not there yet, the newest call first; leave off when another call is made meanwhile."""
        day = self._centre.day
        if len(self._done) > MOST:
            self._done.clear()
        for wanted in sought(day, self._centre.now()):
            if self._stop.is_set() or self._centre.day.announced != day.announced:
                return
            if wanted not in self._done and self._voice.call(*wanted):
                self._done.add(wanted)


def sought(day: ServiceDay, now: Instant) -> Iterator[Wanted]:
    """What a display may have to say soon: the last calls, then the next ones of each open counter."""
    places = {place.code: place.name for place in day.plan.places}
    for one in reversed(day.announcements[-LAST:]):
        place = places.get(one.counter, one.counter)
        yield from _spoken(day, Call(number=one.code, place=place, again=one.again), one.language)
    for counter in day.counters.values():
        if counter.open and not counter.paused and counter.code in places:
            for number, language in upcoming(day, counter.code, now):
                yield from _spoken(day, Call(number=number, place=places[counter.code]), language)


def _spoken(day: ServiceDay, call: Call, language: str) -> Iterator[Wanted]:
    """A call in Italian, then as the centre wants it in the language of whoever waits."""
    yield call, DEFAULT
    if day.plan.second_voice and language != DEFAULT:
        yield call, language


def upcoming(day: ServiceDay, counter: str, now: Instant) -> Iterator[tuple[str, str]]:
    """The numbers a counter would call next, each with its language: by the rule, one after the other."""
    waiting = callable_at(day, counter, now)
    for _ in range(NEXT):
        choice = choose(waiting, now, day.calls, day.plan.rule, day.counter(counter).calls)
        if choice is None:
            return
        waiting = [ticket for ticket in waiting if ticket.id != choice.ticket.id]
        yield choice.ticket.code, choice.ticket.language
