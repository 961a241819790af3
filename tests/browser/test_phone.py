"""The visitor's page in a real Chromium: it says when it is one's turn, shakes, and is quiet and light."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from sportello import local
from sportello.domain.commands import AdoptPlan, CallTicket, Finish, Hold, IssueTicket, NoShow, Recall, Start
from tests.browser.barriers import barriers
from tests.browser.served import Service
from tests.browser.test_kiosk_states import plan_of

TOUCH_PX = 44
BACK_S = 5
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHAKEN = "navigator.vibrate = (pattern) => { (window.shaken ??= []).push(pattern); return true; };"


def take(service: Service, language: str = "it") -> str:
    with local.line(service.config) as ask:
        answer = local.command(ask, IssueTicket(service="A02", language=language), actor="test")
    return str(next(one["data"]["ticket"] for one in answer if one["kind"] == "TicketIssued"))


@pytest.fixture
def phone(chromium: Browser) -> Page:
    page = chromium.new_context(viewport={"width": 360, "height": 640}, has_touch=True).new_page()
    page.clock.install()
    page.add_init_script(SHAKEN)
    return page


def test_a_telephone_nobody_has_touched_is_not_shaken_and_says_where_to_go(phone: Page, service: Service) -> None:
    phone.add_init_script("Object.defineProperty(navigator, 'userActivation', { value: { hasBeenActive: false } });")
    ticket = take(service)
    phone.goto(f"{service.address}/t/{ticket}")
    service.call("3")
    phone.clock.run_for(6000)
    expect(phone.locator(".go")).to_have_text("Tocca a Lei")
    assert phone.evaluate("window.shaken") is None


def test_a_telephone_shakes_once_for_each_call_and_says_where_to_go(phone: Page, service: Service) -> None:
    ticket = take(service)
    asked: list[Request] = []
    phone.on("request", lambda request: asked.append(request))
    phone.goto(f"{service.address}/t/{ticket}")
    expect(phone.locator(".main")).to_contain_text("Persone prima di Lei")
    service.call("3")
    phone.clock.run_for(6000)
    expect(phone.locator(".go")).to_have_text("Tocca a Lei")
    expect(phone.locator(".main")).to_have_text("Sportello 3")
    phone.clock.run_for(12_000)
    assert len(phone.evaluate("window.shaken")) == 1
    service.do(Recall(ticket=ticket, counter="3"))
    phone.clock.run_for(6000)
    phone.wait_for_function("() => window.shaken.length === 2")
    assert {re.sub(r"^(https?://[^/]+).*", r"\1", one.url) for one in asked if one.url.startswith("http")} == {
        service.address
    }
    assert phone.context.cookies() == []


def test_a_telephone_of_some_years_ago_is_told_too(phone: Page, service: Service) -> None:
    phone.add_init_script("delete AbortSignal.timeout")
    phone.goto(f"{service.address}/t/{take(service)}")
    service.call("3")
    phone.clock.run_for(6000)
    expect(phone.locator(".go")).to_have_text("Tocca a Lei")


def test_a_call_between_the_page_and_its_first_question_is_told(phone: Page, service: Service) -> None:
    ticket = take(service)

    def called_meanwhile(route: Route) -> None:
        if not asked:
            service.call("3")
        asked.append(route)
        route.continue_()

    asked: list[Route] = []
    phone.route("**/now*", called_meanwhile)
    phone.goto(f"{service.address}/t/{ticket}")
    expect(phone.locator(".go")).to_have_text("Tocca a Lei")


@pytest.fixture
def asking(standing: Service) -> Iterator[Service]:
    """A centre that asks how it went."""
    plan = plan_of(standing)
    standing.do(AdoptPlan(plan=replace(plan, feedback=True)))
    yield standing
    standing.do(AdoptPlan(plan=plan))


def stages(service: Service, ticket: str) -> Iterator[str]:
    """A visit from the queue to its end, with everything that may happen on the way."""
    yield "waiting"
    service.do(CallTicket(ticket=ticket, counter="3", why="prova"))
    yield "called"
    service.do(NoShow(ticket=ticket, counter="3"))
    yield "absent"
    service.do(CallTicket(ticket=ticket, counter="3", why="prova"))
    service.do(Start(ticket=ticket, counter="3"))
    yield "serving"
    service.do(Hold(ticket=ticket, counter="3"))
    yield "held"
    service.do(CallTicket(ticket=ticket, counter="3", why="prova"))
    service.do(Finish(ticket=ticket, counter="3"))
    yield "over"


@pytest.mark.parametrize("language", ["it", "ar", "zh"])
def test_each_stage_of_a_visit_is_open_to_everybody_and_fits_a_small_telephone(
    phone: Page, asking: Service, language: str
) -> None:
    ticket, schemes = take(asking, language), cycle(SCHEMES)
    for stage in stages(asking, ticket):
        phone.emulate_media(color_scheme=next(schemes))
        phone.goto(f"{asking.address}/t/{ticket}")
        expect(phone.locator(".card")).to_have_attribute("data-stage", stage)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), stage
        assert barriers(phone) == [], stage


def test_how_it_went_is_one_tap_and_asked_once(phone: Page, asking: Service) -> None:
    ticket = take(asking)
    *_, _over = stages(asking, ticket)
    phone.goto(f"{asking.address}/t/{ticket}")
    marks = phone.get_by_role("group", name=re.compile("Com'è andata")).get_by_role("button")
    expect(marks).to_have_count(5)
    assert all(box["height"] >= TOUCH_PX for box in (one.bounding_box() for one in marks.all()) if box)
    marks.nth(3).click()
    expect(marks).to_have_count(0)
    expect(phone.locator(".main")).to_have_text("La visita è finita. Grazie.")


def test_where_the_centre_does_not_ask_nobody_is_asked(phone: Page, standing: Service) -> None:
    ticket = take(standing)
    *_, _over = stages(standing, ticket)
    phone.goto(f"{standing.address}/t/{ticket}")
    expect(phone.locator(".main")).to_have_text("La visita è finita. Grazie.")
    expect(phone.get_by_role("button")).to_have_count(0)


def test_a_telephone_out_of_reach_says_so_and_comes_back(phone: Page, service: Service) -> None:
    phone.goto(f"{service.address}/t/{take(service)}")
    service.kill()
    phone.clock.run_for(25_000)
    expect(phone.locator("#lost")).to_be_visible()
    service.start()
    phone.clock.run_for(BACK_S * 1000)
    expect(phone.locator("#lost")).to_be_hidden()
