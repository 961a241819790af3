"""The visitor's page in a real Chromium: it says when it is one's turn, shakes, and is quiet and light."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from sportello import local
from sportello.domain.commands import IssueTicket, Recall
from tests.browser.served import Service

LIMIT = 15_000
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


@pytest.mark.parametrize("language", ["it", "ar", "zh"])
def test_the_page_is_open_to_everybody_and_fits_a_small_telephone(
    phone: Page, standing: Service, language: str
) -> None:
    weights: list[int] = []
    phone.on("response", lambda answer: weights.append(len(answer.body())))
    phone.goto(f"{standing.address}/t/{take(standing, language)}")
    phone.wait_for_load_state("networkidle")
    assert sum(weights) <= LIMIT
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(phone)
    assert found.violations_count == 0, found.generate_report()


def test_a_telephone_out_of_reach_says_so_and_comes_back(phone: Page, service: Service) -> None:
    phone.goto(f"{service.address}/t/{take(service)}")
    service.kill()
    phone.clock.run_for(25_000)
    expect(phone.locator("#lost")).to_be_visible()
    service.start()
    phone.clock.run_for(6000)
    expect(phone.locator("#lost")).to_be_hidden()
