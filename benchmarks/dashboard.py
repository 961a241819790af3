"""The managers' page on a year of a large centre: cold with its drawing process, again, and a month of it."""

import re
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks import centres
from benchmarks.figures import BLOCK, SITE, visits
from benchmarks.results import Result
from sportello import config as settings
from sportello import passwords
from sportello.app import create_app
from sportello.centre import Centre
from sportello.charters import examples, read
from sportello.config import Config
from sportello.domain.plan import plan_for
from sportello.ledger import access, projections, sqlite, tallies
from sportello.ledger.access import Person, Role
from sportello.timekeeping import system_clock

TICKETS, QUICK = 125_000, 30_000
COLD_MS, CACHED_MS = 1500.0, 300.0
TIMES = 5
PASSWORD = "quattro parole da ricordare"
YEAR, MONTH = "from=2026-01-01&to=2026-12-31", "from=2026-03-01&to=2026-03-31"


def fill(config: Config, tickets: int) -> None:
    """A year of tickets and their tallies."""
    charter = read(examples()["como"], "como")
    site = charter.site(SITE)
    assert site is not None
    database = sqlite.connect(config.database, write=True)
    source = visits(plan_for(charter, site), charter, tickets, 1)
    with database.transaction():
        while block := list(islice(source, BLOCK)):
            database.many(projections.KEEP_FIRST, [projections.visit_row(config.code, visit) for visit in block])
        days = [date.fromisoformat(one["day"]) for one in database.rows("SELECT DISTINCT day FROM ticket")]
        tallies.fill(database, config.code, days)
    database.close()


def run(folder: Path, *, quick: bool) -> list[Result]:
    tickets = QUICK if quick else TICKETS
    config = settings.read(centres.found(folder / "centre"))
    fill(config, tickets)
    centre = Centre(config.database, config.code, system_clock())
    try:
        return list(measured(config, centre, tickets))
    finally:
        centre.close()


def measured(config: Config, centre: Centre, tickets: int) -> Iterator[Result]:
    app = create_app(config, centre)
    client = signed_in(app.test_client(), centre)
    try:
        for what, span, cold in (("a year", YEAR, True), ("a month", MONTH, False)):
            first = answered(client, span)
            if cold:
                yield _result(f"dashboard, {what}, cold", first, COLD_MS, tickets)
            complete(client, span)
            again = sorted(answered(client, span) for _ in range(TIMES))[TIMES // 2]
            yield _result(f"dashboard, {what}, again", again, CACHED_MS, tickets)
    finally:
        app.extensions["studio"].close()


def _result(what: str, ours: float, goal: float, tickets: int) -> Result:
    return Result(what=what, of="median" if "again" in what else "first", ours=ours, unit="ms", goal=goal, n=tickets)


def answered(client: FlaskClient, span: str) -> float:
    """Milliseconds until the page is there."""
    began = time.perf_counter()
    assert client.get(f"/admin/compliance?{span}").status_code == 200
    return (time.perf_counter() - began) * 1000


def complete(client: FlaskClient, span: str) -> None:
    """Wait for the pictures that a page did not wait for."""
    page = client.get(f"/admin/compliance?{span}&wait=1").text
    assert page.count("<svg ") == 4, "a picture is missing"


def signed_in(client: FlaskClient, centre: Centre) -> FlaskClient:
    person = Person(name="bench", role=Role.MANAGER, password=passwords.hash(PASSWORD), once=False)
    centre.write(lambda db: access.keep_person(db, person, centre.now().wall_ms))
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "name": "bench", "password": PASSWORD})
    return client
