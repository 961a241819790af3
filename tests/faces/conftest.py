"""A centre of one test's own: real files in a temporary folder, a clock that the test moves."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from sportello import config as settings
from sportello import founding
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain import commands as c
from sportello.domain.clock import ROME, Instant
from sportello.domain.clock import wall_ms as ms_of
from sportello.ledger import access
from sportello.ledger.access import Role, Token
from tests.conftest import como
from tests.paper.jobs import TOTEM

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
    made = founding.init(tmp_path / "centre", *como(), clock, always_open=True)
    return settings.read(made)


@pytest.fixture
def centre(config: Config, clock: Hands) -> Iterator[Centre]:
    opened = Centre(config.database, config.code, clock, printers=(TOTEM,))
    yield opened
    opened.close()


@pytest.fixture
def app(config: Config, centre: Centre) -> Iterator[APIFlask]:
    """Everything a browser or a program may ask of this centre."""
    from sportello.app import create_app

    made = create_app(config, centre)
    yield made
    made.extensions["studio"].close()


def a_past(centre: Centre) -> None:
    """Thirty days before today on each of which somebody waited seven minutes."""
    days = [date(2026, 10, 20) + timedelta(days=n) for n in range(30)]
    came = [ms_of(datetime(day.year, day.month, day.day, 9, 30, tzinfo=ROME)) for day in days]
    visits = tuple(
        c.Visit(key=f"past-{day}", service="A01", day=day, arrival_ms=at, called_ms=at + 420_000,
                started_ms=at + 430_000, ended_ms=at + 900_000, outcome="finished")
        for day, at in zip(days, came, strict=True)
    )  # fmt: skip
    command = c.ImportVisits(source="before", visits=visits, closing=True, days=tuple(days), total=30)
    centre.handle(command, actor="test", command_id="past")


class Program:
    """A program that asks the API, with a token of whichever role it needs."""

    def __init__(self, app: APIFlask, centre: Centre) -> None:
        self._client = app.test_client()
        for role in Role:
            token = Token(digest=access.digest(f"token-of-{role}"), name=f"test-{role}", role=role)
            centre.write(partial(access.keep_token, token=token, now_ms=centre.now().wall_ms))

    def get(self, path: str, role: str = "manager", **headers: str) -> TestResponse:
        return self._client.get(f"/api/v1{path}", headers=self._headers(role, headers))

    def post(self, path: str, body: Any = None, role: str = "manager", **headers: str) -> TestResponse:
        sent = {} if body is None else {"json": body}
        return self._client.post(f"/api/v1{path}", headers=self._headers(role, headers), **sent)

    def ticket(self, service: str = "A01", **more: Any) -> Any:
        """A number taken, as the API shows it."""
        answer = self.post("/tickets", {"service": service, **more}, role="kiosk")
        assert answer.status_code == 201, answer.text
        return answer.json

    def called(self, counter: str = "1") -> Any:
        """The ticket that a counter gets by asking for the next one."""
        answer = self.post(f"/counters/{counter}/call-next", role="clerk")
        assert answer.status_code == 200, answer.text
        return answer.json

    def _headers(self, role: str, more: dict[str, str]) -> dict[str, str]:
        token = {"Authorization": f"Bearer token-of-{role}"} if role else {}
        return token | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.fixture
def api(app: APIFlask, centre: Centre) -> Program:
    return Program(app, centre)
