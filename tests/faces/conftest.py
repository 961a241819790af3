"""A centre of one test's own: real files in a temporary folder, a clock that the test moves."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from apiflask import APIFlask

from sportello import config as settings
from sportello import founding
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain.clock import ROME, Instant
from sportello.domain.clock import wall_ms as ms_of

MORNING = datetime(2026, 11, 24, 9, 30, tzinfo=ROME)  # a Tuesday


class Hands:
    """The hands of a clock: they move when a test moves them, and only forward."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._wall_ms = ms_of(start)
        self._mono_ms = 1_000_000

    def __call__(self) -> Instant:
        return Instant(wall_ms=self._wall_ms, mono_ms=self._mono_ms, boot="test")

    def forward(self, seconds: float) -> None:
        self._wall_ms += round(seconds * 1000)
        self._mono_ms += round(seconds * 1000)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def config(tmp_path: Path, clock: Hands) -> Config:
    """The settings of a new centre at Como, open day and night."""
    charter = founding.charter_named("como")
    made = founding.init(tmp_path / "centre", charter, founding.site_of(charter, "cpi-como"), clock, always_open=True)
    return settings.read(made)


@pytest.fixture
def centre(config: Config, clock: Hands) -> Iterator[Centre]:
    opened = Centre(config.database, config.code, clock, printer="totem")
    yield opened
    opened.close()


@pytest.fixture
def app(config: Config, centre: Centre) -> APIFlask:
    """Everything a browser or a program may ask of this centre."""
    from sportello.app import create_app

    return create_app(config, centre)
