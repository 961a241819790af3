"""*È uscito il biglietto?* at a real kiosk, with a printer that fails in its own ways."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from printers.virtual import FAULT_FILE
from sportello.domain.slips import JobState
from sportello.ledger import spool
from sportello.ledger.sqlite import connect
from tests.browser.barriers import barriers
from tests.browser.kiosks import faults
from tests.browser.served import Service


@pytest.fixture
def service(standing: Service) -> Iterator[Service]:
    """The service of this file, its printer well again afterwards."""
    yield standing
    behave(standing)


@pytest.fixture
def kiosk(context: BrowserContext) -> Page:
    """With a clock that can be moved on."""
    page = context.new_page()
    page.clock.install()
    return page


def misbehave(service: Service, how: str) -> None:
    service.config.slips.mkdir(exist_ok=True)
    (service.config.slips / FAULT_FILE).write_text(how)


def behave(service: Service) -> None:
    (service.config.slips / FAULT_FILE).unlink(missing_ok=True)


def take(page: Page, service: Service, more: str = "") -> None:
    page.goto(f"{service.address}/service/A02{more}")
    page.get_by_role("button", name="Stampa il numero").click()
    page.locator(".giant").wait_for()


def asked(page: Page) -> None:
    """Wait until the page asks."""
    expect(page.locator("#paper")).to_have_attribute("data-paper", "ask", timeout=15_000)
    expect(page.get_by_text("È uscito il biglietto?")).to_be_visible()
    expect(page.locator("#longer")).to_be_visible()  # its script is at work


def sheets(page: Page, service: Service) -> list[tuple[int, JobState, int]]:
    """Every sheet of the number on the page: which copy, how far, and how sure that is."""
    ticket = urlsplit(page.url).path.rpartition("/")[2]
    with closing(connect(service.config.database)) as db:
        ids = db.rows("SELECT id FROM print_job WHERE ticket = :ticket ORDER BY id", {"ticket": ticket})
        found = [spool.of_job(db, one["id"]) for one in ids]
    return [(one.job.copy, one.state, one.evidence) for one in found if one]


def test_yes_is_the_best_evidence_there_is(kiosk: Page, service: Service) -> None:
    misbehave(service, "silent")
    take(kiosk, service)
    asked(kiosk)
    assert faults(kiosk) == []
    assert barriers(kiosk) == []
    kiosk.get_by_role("button", name="Sì", exact=True).click()
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "out")
    assert sheets(kiosk, service) == [(0, JobState.CONFIRMED, 6)]


def test_no_brings_a_copy_and_the_original_is_never_sent_again(kiosk: Page, service: Service) -> None:
    misbehave(service, "torn")
    take(kiosk, service)
    asked(kiosk)
    behave(service)
    kiosk.get_by_role("button", name="No, ristampa").click()
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "out", timeout=15_000)
    (first, _, _), (second, state, _) = sheets(kiosk, service)
    assert (first, second, state) == (0, 1, JobState.CONFIRMED)
    assert sheets(kiosk, service)[0][1] is JobState.TORN
    ticket = urlsplit(kiosk.url).path.rpartition("/")[2]
    assert sorted("copy1" in path.name for path in service.config.slips.glob(f"*{ticket}*.png")) == [False, True]


def test_who_does_not_answer_keeps_the_number(kiosk: Page, service: Service) -> None:
    misbehave(service, "silent")
    take(kiosk, service)
    asked(kiosk)
    kiosk.clock.fast_forward(21_000)
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "unanswered")
    expect(kiosk.get_by_text("Il Suo numero vale lo stesso: lo ricordi o lo fotografi.", exact=True)).to_be_visible()
    kiosk.clock.fast_forward(3000)
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "unanswered")
    assert [state for _, state, _ in sheets(kiosk, service)] == [JobState.UNKNOWN]


def test_the_question_is_answered_by_keys_alone(kiosk: Page, service: Service) -> None:
    misbehave(service, "silent")
    take(kiosk, service)
    asked(kiosk)
    kiosk.keyboard.press("ArrowDown")
    expect(kiosk.locator(":focus")).to_have_id("came-out")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "out")
    assert sheets(kiosk, service) == [(0, JobState.CONFIRMED, 6)]


def test_the_question_is_heard_with_its_answers(kiosk: Page, service: Service) -> None:
    said: list[str] = []
    kiosk.on("request", lambda request: said.append(unquote(request.url)))
    kiosk.route("**/voice/say/**", lambda route: route.fulfill(status=204))
    misbehave(service, "silent")
    take(kiosk, service, "?ear=3")
    asked(kiosk)
    expect(kiosk.locator(":focus")).to_have_id("came-out")
    for _ in range(100):
        if any("È uscito il biglietto?" in one for one in said):
            break
        kiosk.wait_for_timeout(50)
    assert any("È uscito il biglietto?" in one for one in said), said


def test_a_mute_printer_is_asked_about_and_one_that_answers_is_not(kiosk: Page, service: Service) -> None:
    misbehave(service, "mute")
    take(kiosk, service)
    asked(kiosk)
    behave(service)
    take(kiosk, service)
    expect(kiosk.locator("#paper")).to_have_attribute("data-paper", "out", timeout=15_000)
    expect(kiosk.get_by_text("È uscito il biglietto?")).to_be_hidden()
