"""The way of one ticket through all the faces, in a real Chromium over the real service."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sportello.domain.clock import ROME
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(founded(tmp_path_factory.mktemp("served") / "centre", managed=True)) as running:
        yield running


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[Service]:
    with served(founded(tmp_path / "centre", managed=True)) as running:
        yield running


def signed_in(browser: Browser, centre: Service, path: str) -> Page:
    page = browser.new_page(base_url=centre.address)
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("Nome").fill(MANAGER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url(f"**{path}*")
    return page


def settled(wanted: Locator) -> Locator:
    """What is to be tapped, on a page that takes taps: those of its first half second were meant for the one before."""
    wanted.wait_for()
    wanted.page.wait_for_load_state()
    expect(wanted.page.locator("html.settling")).to_have_count(0)
    return wanted


def take_number(page: Page, taps: int = 1) -> str:
    """Tap through the kiosk as a visitor would; the number in giant letters."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("Cittadini")).click()
    settled(page.get_by_role("link", name=re.compile("Disoccupazione: DID"))).click()
    expect(page.get_by_text("dimostrativo")).to_be_visible(timeout=15_000)
    settled(page.get_by_role("button", name="Stampa il numero")).click(click_count=taps)
    number = page.locator(".giant").inner_text()
    return re.sub(r"\s", "", number)


def test_a_tap_becomes_a_number_a_slip_a_call_and_a_judged_wait(chromium: Browser, centre: Service) -> None:
    board = chromium.new_page(base_url=centre.address, viewport={"width": 1920, "height": 1080})
    board.goto("/display/")

    kiosk = chromium.new_page(base_url=centre.address, viewport={"width": 1080, "height": 1920})
    number = take_number(kiosk)
    assert re.fullmatch(r"[A-Z]\d{3}", number)
    expect(kiosk.locator("#paper")).to_contain_text("Ritiri il biglietto")

    slips = chromium.new_page(base_url=centre.address)
    slips.goto("/printers/")
    picture = slips.get_by_role("img", name=re.compile(number)).first
    expect(picture).to_be_visible()
    slips.wait_for_function("() => [...document.images].some(image => image.naturalHeight > 400)")

    desk = signed_in(chromium, centre, "/counter/")
    desk.get_by_role("button", name=re.compile("Sportello 1")).click()
    desk.get_by_role("button", name=re.compile("Chiama il prossimo")).click()
    expect(desk.locator(".number")).to_have_text(number)
    expect(board.locator("#hero")).to_contain_text("Sportello 1")
    assert number in re.sub(r"\s", "", board.locator("#hero").inner_text())

    desk.get_by_role("button", name=re.compile("^Inizia")).click()
    desk.get_by_role("button", name=re.compile(r"^Concludi\b(?!.*chiama)(?!:)")).click()
    expect(desk.locator(".number")).to_have_text("—")

    today = datetime.now(ROME).date().isoformat()
    manager = signed_in(chromium, centre, "/admin/")
    manager.goto(f"/admin/compliance?from={today}&to={today}")
    row = manager.get_by_role("row").filter(has_text="stato di disoccupazione").first
    expect(row).to_contain_text("NON VALUTABILE")
    expect(manager.get_by_text("dimostrativo").first).to_be_visible()
    expect(manager.get_by_text("prima chiamata").first).to_be_visible()  # the definition, beside the figure

    listed = manager.request.get(f"/admin/tickets.csv?from={today}&to={today}").text().lstrip("\ufeff")
    (ticket,) = csv.DictReader(io.StringIO(listed))
    assert (ticket["outcome"], ticket["service"]) == ("finished", "A02")
    assert datetime.fromisoformat(ticket["called_ts"]) >= datetime.fromisoformat(ticket["arrival_ts"])


def test_two_taps_and_a_reload_take_one_number(chromium: Browser, centre: Service) -> None:
    kiosk = chromium.new_page(base_url=centre.address, viewport={"width": 1080, "height": 1920})
    first = take_number(kiosk, taps=2)
    kiosk.reload()
    assert re.sub(r"\s", "", kiosk.locator(".giant").inner_text()) == first
    assert int(take_number(kiosk)[1:]) == int(first[1:]) + 1


def test_two_clerks_pressing_together_get_two_numbers(chromium: Browser, centre: Service) -> None:
    kiosk = chromium.new_page(base_url=centre.address, viewport={"width": 1080, "height": 1920})
    waiting = {take_number(kiosk) for _ in range(3)}
    desks = []
    for name in ("Sportello 2", "Sportello 3"):
        desk = signed_in(chromium, centre, "/counter/")
        desk.get_by_role("button", name=re.compile(name)).click()
        expect(desk.get_by_role("button", name=re.compile("Chiama il prossimo"))).to_be_visible()
        desks.append(desk)
    for desk in desks:
        desk.evaluate("document.querySelector('button.next').form.requestSubmit()")
    for desk in desks:
        expect(desk.locator(".number")).not_to_have_text("—")
    called = [desk.locator(".number").inner_text() for desk in desks]
    assert len(set(called)) == 2
    assert len(waiting) == 3


def test_a_display_sees_each_call_once_though_the_centre_is_killed(chromium: Browser, killed: Service) -> None:
    board = chromium.new_page(base_url=killed.address, viewport={"width": 1920, "height": 1080})
    board.goto("/display/")
    board.evaluate(
        """() => {
            window.seen = [];
            const hero = document.querySelector("#hero");
            let last = "";
            new MutationObserver(() => {
                const now = hero.innerText.replace(/\\s/g, "");
                if (now && now !== last) { last = now; window.seen.push(now); }
            }).observe(hero, { childList: true, subtree: true, characterData: true });
        }"""
    )
    kiosk = chromium.new_page(base_url=killed.address, viewport={"width": 1080, "height": 1920})
    numbers = [take_number(kiosk) for _ in range(2)]
    desk = signed_in(chromium, killed, "/counter/")
    desk.get_by_role("button", name=re.compile("Sportello 1")).click()
    desk.get_by_role("button", name=re.compile("Chiama il prossimo")).click()
    expect(board.locator("#hero")).to_contain_text("Sportello 1")
    killed.kill()
    expect(board.locator("#stale")).to_be_visible(timeout=20_000)
    killed.start()
    expect(board.locator("#stale")).to_be_hidden(timeout=10_000)
    desk.reload()
    desk.get_by_role("button", name=re.compile("Concludi e chiama il prossimo")).click()
    expect(desk.locator(".number")).to_have_text(numbers[1])
    board.wait_for_function("number => window.seen.some(one => one.includes(number))", arg=numbers[1], timeout=15_000)
    seen = board.evaluate("window.seen")
    for number in numbers:
        assert sum(number in one for one in seen) == 1, seen
    assert killed.stop() == 0
