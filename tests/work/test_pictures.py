"""The pictures of figures: drawn by a real process, kept, and never waited for when it falls over."""

import re
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest

from sportello.domain.statistics import Status
from sportello.i18n import translator
from sportello.pictures import specs
from sportello.pictures.studio import Studio

IT = translator("it")
DAYS = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"]


def interval(name: str, percent: float, status: Status) -> specs.Interval:
    return specs.Interval(name=name, percent=percent, low=percent - 5, high=percent + 5, target=90, status=status)


def weeks() -> list[specs.Week]:
    return [
        specs.Week(
            first=date(2026, 1, 5) + timedelta(days=7 * n),
            percent=80 + n % 7,
            better=False if n > 20 else None,
            mean=83,
            lower=70,
            upper=96,
        )
        for n in range(26)
    ]


PICTURES: Mapping[str, tuple[specs.Spec, tuple[str, ...]]] = {
    "intervals": (
        specs.intervals([interval("A01 Sportello", 57.4, Status.BROKEN), interval("B", 93, Status.WATCH)], IT),
        ("A01 Sportello", "57", "non rispettato", "da tenere d'occhio", "persone su 100 chiamate entro lo standard"),
    ),
    "individuals": (
        specs.individuals(weeks(), 90, {date(2026, 3, 2): "1"}, IT),
        ("obiettivo", "peggioramento", "variazione normale", "1", "% entro lo standard"),
    ),
    "heat": (
        specs.heat(
            [specs.Hour(weekday=0, hour=9, minutes=31), specs.Hour(weekday=4, hour=10, minutes=4)], 15, DAYS, IT
        ),
        ("lunedì", "venerdì", "9–10", "31", "4", "ora di arrivo"),
    ),
    "histogram": (
        specs.histogram(
            [specs.Bar(start=0, end=15, n=1200, late=False), specs.Bar(start=15, end=30, n=3, late=True)], 15, IT
        ),
        ("standard", "oltre", "minuti di attesa", "1.200"),
    ),
    "strip": (
        specs.strip(
            [specs.Strand(since=540, to=550, late=False), specs.Strand(since=541, to=580, late=True)], IT
        ),
        ("oltre, o mai chiamato", "numeri, in ordine di arrivo"),
    ),
    "outlook": (
        specs.outlook([specs.Outlook(name="uno sportello in più", percent=79, low=70, high=86)], 90, IT),
        ("uno sportello in più", "79"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    opened = Studio()
    yield opened
    opened.close()


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_what_it_shows_in_the_letters_of_the_page(studio: Studio, name: str) -> None:
    spec, said = PICTURES[name]
    svg = studio.svg(spec)
    assert svg
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert [one for one in said if one not in texts] == []
    assert 'font-family="Titillium Web"' in svg
    assert " style=" not in svg  # the pages' policy would refuse it
    assert "undefined" not in svg
    assert "NaN" not in svg


def test_a_target_is_drawn_once_however_many_weeks_there_are(studio: Studio) -> None:
    svg = studio.svg(PICTURES["individuals"][0])
    assert svg
    assert svg.count(">obiettivo<") == 1


def test_what_cannot_be_drawn_is_none_and_the_next_is_drawn(studio: Studio) -> None:
    assert studio.svg({"mark": "no such mark"}) is None
    assert studio.svg(PICTURES["outlook"][0])


def test_a_picture_is_drawn_once() -> None:
    own = Studio()
    first = own.svg(PICTURES["heat"][0])
    own.close()
    assert first
    assert own.svg(PICTURES["heat"][0], within_s=0) == first


def easel(after: str) -> Studio:
    """A process that is ready, and then does this when something is asked of it."""
    return Studio((sys.executable, "-c", f"import sys, time; print('{{}}', flush=True); input(); {after}"))


@pytest.mark.parametrize("after", ["time.sleep(60)", "sys.exit(3)", "print('no answer', flush=True)"])
def test_nobody_waits_for_a_process_that_hangs_or_falls_over(after: str) -> None:
    bad = easel(after)
    began = time.monotonic()
    assert bad.svgs({name: spec for name, (spec, _) in PICTURES.items()}, within_s=0.5) == {}
    assert time.monotonic() - began < 2
    began = time.monotonic()
    bad.close()
    assert time.monotonic() - began < 3


def test_a_process_that_cannot_start_is_not_tried_at_each_picture(caplog: pytest.LogCaptureFixture) -> None:
    missing = Studio(("/no/such/program",))
    for name in PICTURES:
        assert missing.svg(PICTURES[name][0], within_s=2) is None
    missing.close()
    assert caplog.text.count("the drawing process was stopped") == 1
