"""A morning on which the service is killed over and over, with every face open: nobody is lost, nothing is doubled."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from sportello.domain.clock import local_time
from sportello.ledger.sqlite import connect
from sportello.timekeeping import system_clock
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served

KILLS = 20
PAGE_S = 30.0  # a kiosk has a page, whatever became of the service
BACK_S = 5.0  # after the service answers again, every page must be whole within this
TECHNICAL = re.compile(r"error|traceback|exception|http|null|undefined|refused|localhost|ERR_|\b50\d\b", re.IGNORECASE)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Service]:
    with served(founded(tmp_path / "centre", managed=True)) as running:
        yield running


class House:
    """A kiosk, a board, a desk and a visitor's telephone, each in a browser of its own."""

    def __init__(self, chromium: Browser, centre: Service) -> None:
        self.kiosk, self.board, self.desk, self.phone = (
            chromium.new_page(base_url=centre.address, locale="it-IT") for _ in range(4)
        )
        self.answers: list[int] = []  # what the telephone was told
        self.phone.on("response", lambda answer: self.answers.append(answer.status))
        self.kiosk.set_viewport_size({"width": 1080, "height": 1920})
        self.kiosk.goto("/service/A02")
        self.board.goto("/display/")
        self.desk.goto("/counter/")
        self.desk.get_by_label("Nome").fill(MANAGER)
        self.desk.get_by_label("Password").fill(PASSWORD)
        self.desk.get_by_role("button", name="Entra").click()
        self.desk.get_by_role("button", name=re.compile("Sportello 1")).click()
        expect(self.desk.locator("#link")).to_have_text("in linea")
        self.taps = 0

    def tap(self) -> None:
        """A visitor takes a number, twice if the finger trembles; the service may be gone meanwhile."""
        self.kiosk.locator("button.first").dblclick(no_wait_after=True)
        self.taps += 1

    def number(self) -> str:
        giant = self.kiosk.locator(".giant")
        giant.wait_for(timeout=1000 * BACK_S)
        return re.sub(r"\s", "", giant.inner_text())

    def follow(self) -> None:
        """The visitor takes the page of this number along."""
        self.phone.goto(f"/t/{self.kiosk.url.partition('?')[0].rpartition('/')[2]}")

    def phone_is_well(self) -> bool:
        return self.phone.url == "about:blank" or (200 in self.answers and self.phone.locator("#lost").is_hidden())

    def again(self) -> None:
        self.kiosk.goto("/service/A02")

    def said_to_the_visitor(self) -> str:
        """What stands on the kiosk, once there is a page."""
        back_within(PAGE_S, lambda: bool(self.kiosk.evaluate("document.body !== null")))
        return str(self.kiosk.evaluate("document.body.innerText"))


def back_within(limit_s: float, *whole: Callable[[], bool]) -> float:
    """Wait until all is whole; after how many seconds that was."""
    began = monotonic()
    while not all(_sure(each) for each in whole):
        assert monotonic() - began < limit_s, f"not whole after {limit_s} s: {[_sure(each) for each in whole]}"
    return monotonic() - began


def _sure(whole: Callable[[], bool]) -> bool:
    try:
        return whole()
    except Error:
        return False  # between two pages


def on_the_board(page: Page, number: str) -> bool:
    shown = str(page.evaluate("document.querySelector('#hero, main').innerText + document.body.innerText"))
    return number in re.sub(r"\s", "", shown) and page.locator("#stale").is_hidden()


@pytest.mark.timeout(400)
def test_the_service_dies_twenty_times_in_a_morning_and_nobody_notices_more_than_a_pause(
    chromium: Browser, centre: Service
) -> None:
    house = House(chromium, centre)
    numbers: list[str] = []
    for kill in range(KILLS):
        if kill % 2:
            house.tap()  # the request may be on its way when the lights go out
            centre.kill()
        else:
            centre.kill()
            house.tap()
        house.kiosk.wait_for_timeout(300)
        assert not TECHNICAL.search(house.said_to_the_visitor())
        assert house.kiosk.url.startswith(centre.address)
        house.answers.clear()
        centre.start()
        numbers.append(house.number())
        expect(house.desk.locator("#link")).to_have_text("in linea", timeout=1000 * BACK_S)
        house.desk.get_by_role("button", name=re.compile("[Cc]hiama il prossimo")).click()
        back_within(
            BACK_S,
            lambda: numbers[-1] in re.sub(r"\s", "", house.desk.locator(".number").first.inner_text()),
            lambda: on_the_board(house.board, numbers[-1]),
            house.phone_is_well,
        )
        assert not TECHNICAL.search(house.phone.locator("body").inner_text())
        house.follow()
        house.again()
    assert numbers == [f"T{n:03d}" for n in range(1, KILLS + 1)]
    assert house.taps == KILLS
    assert issued(centre) == KILLS


def issued(centre: Service) -> int:
    ledger = connect(centre.config.database)
    today = local_time(system_clock()().wall_ms).date().isoformat()
    found = ledger.rows("SELECT count(*) AS n FROM event WHERE kind = 'TicketIssued' AND day = :day", {"day": today})
    ledger.close()
    return int(found[0]["n"])
