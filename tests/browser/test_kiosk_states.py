"""Every state of the kiosk in Italian, Arabic and Chinese, in normal, large, contrasting and lowered view."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, product

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from sportello.domain.commands import (
    AdoptPlan,
    AnswerStaff,
    CallStaff,
    IssueTicket,
    ResumeIssuing,
    SettleSlip,
    StopIssuing,
    WalkIn,
)
from sportello.domain.plan import Offer, Plan
from sportello.domain.slips import JobState
from sportello.ledger import queries
from sportello.ledger.sqlite import connect
from tests.browser.barriers import barriers
from tests.browser.kiosks import faults
from tests.browser.served import Service

LYING: ViewportSize = {"width": 1366, "height": 768}
UPRIGHT: ViewportSize = {"width": 1080, "height": 1920}
LANGUAGES = ("it", "ar", "zh")
VIEWS = ("", "large", "contrast", "low")
LETTER = "TELDRA"


def plan_of(service: Service) -> Plan:
    ledger = connect(service.config.database)
    plan = queries.plan(ledger, service.config.code)
    ledger.close()
    assert plan is not None
    return plan


def tickets(service: Service) -> list[str]:
    ledger = connect(service.config.database)
    day, _ = queries.service_day(ledger, service.config.code)
    ledger.close()
    return [ticket.id for ticket in sorted(day.tickets.values(), key=lambda ticket: ticket.place)]


def issued(service: Service) -> dict[str, int]:
    """How many numbers were given, by service."""
    ledger = connect(service.config.database)
    day, _ = queries.service_day(ledger, service.config.code)
    ledger.close()
    return dict(day.issued)


def states(service: Service) -> Iterator[tuple[str, str]]:
    """Each state in turn: what it is, and the address that shows it."""
    whole = plan_of(service)
    for address in ("/", "/area/A", "/service/A02", "/service/C02", "/unsure", "/appointment", "/languages", "/staff"):
        yield f"everything as usual, {address}", address
    yield "an unknown code", "/appointment?miss=unknown"
    yield "too many unknown codes", "/appointment?miss=too-often"
    service.do(CallStaff(where="totem"))
    yield "a clerk on the way", "/staff"
    service.do(AnswerStaff(where="totem"))

    service.do(IssueTicket(service="A02", priority=True))
    service.do(WalkIn(counter="1", service="C02"))
    printed, paperless = tickets(service)
    yield "a number", f"/number/{printed}"
    service.do(SettleSlip(job=1, ticket=printed, copy=0, printer="virtual", state=JobState.FAILED.value))
    yield "no paper came out", f"/number/{printed}"
    yield "a number without paper", f"/number/{paperless}"

    few = tuple(
        Offer(service=f"A{n:02d}", letter=letter) for n, letter in zip((2, 3, 5, 6, 10, 15), LETTER, strict=True)
    )
    welcome = Offer(service="A01", letter="H")
    service.do(AdoptPlan(plan=replace(whole, offers=(welcome, *few))))
    yield "six services", "/"
    service.do(AdoptPlan(plan=replace(whole, offers=(replace(few[0], quota=0), *few[1:]))))
    yield "one service is full", "/"
    yield "a full service", "/service/A02"
    yield "nobody welcomes", "/unsure"
    service.do(AdoptPlan(plan=replace(whole, offers=(replace(few[0], quota=0),))))
    yield "every number was given", "/"
    service.do(AdoptPlan(plan=replace(whole, offers=())))
    yield "nothing is offered", "/"
    service.do(AdoptPlan(plan=replace(whole, offers=few, always_open=False, hours={"sun": whole.hours["mon"]})))
    yield "closed", "/"
    service.do(AdoptPlan(plan=replace(whole, offers=few)))
    service.do(StopIssuing(why="guasto"))
    yield "no numbers for a while", "/"
    service.do(ResumeIssuing())
    service.do(AdoptPlan(plan=whole))


def seen_as(page: Page, view: str) -> None:
    """The page as it is in another view: the view is a class of the page and nothing else."""
    page.evaluate("view => { document.documentElement.className = view; dispatchEvent(new Event('resize')); }", view)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=LYING, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.timeout(300)
def test_every_state_is_whole_and_open_to_everybody(page: Page, service: Service) -> None:
    """Every state in each language and each view, lying and upright; axe looks at each view, the languages in turn."""
    wrong: list[object] = []
    turns = cycle(LANGUAGES)
    for state, address in states(service):
        looked_at = {view: next(turns) for view in VIEWS}
        for language in LANGUAGES:
            page.goto(f"{service.address}{address}{'&' if '?' in address else '?'}lang={language}")
            for view, screen in product(VIEWS, (LYING, UPRIGHT)):
                page.set_viewport_size(screen)
                seen_as(page, view)
                wrong += [(state, language, view, screen["width"], fault) for fault in faults(page)]
                if looked_at[view] == language and screen == LYING:
                    wrong += [(state, language, view, *fault) for fault in barriers(page)]
    assert wrong == []


@pytest.mark.parametrize("dialog", ["still", "lost"])
def test_what_is_asked_over_the_page_is_whole_too(page: Page, service: Service, dialog: str) -> None:
    wrong: list[object] = []
    for language in LANGUAGES:
        page.goto(f"{service.address}/service/A02?lang={language}")
        page.evaluate("id => document.getElementById(id).showModal()", dialog)
        for view, screen in product(VIEWS, (LYING, UPRIGHT)):
            page.set_viewport_size(screen)
            seen_as(page, view)
            wrong += [(language, view, screen["width"], fault) for fault in faults(page)]
        wrong += [(language, *fault) for fault in barriers(page)]
    assert wrong == []
