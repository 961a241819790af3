"""The board in a real Chromium: every call is shown, in its order, once, whatever happens to the line."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from sportello.config import Config
from sportello.domain.commands import Recall, Undo
from sportello.ledger import queries
from sportello.ledger.sqlite import connect
from tests.browser.conftest import Service

TICK_MS = 250
TURN_MS = 6000
SCREENS = [(1920, 1080), (1080, 1920), (1366, 768)]

# writes down each call that gets the great place
WATCH = """() => {
  window.seen = [];
  const note = () => {
    const now = [...document.querySelectorAll('#heroes .card')].map(card => Number(card.dataset.n));
    for (const n of now) if (!window.before?.includes(n)) window.seen.push(n);
    window.before = now;
  };
  note();
  new MutationObserver(note).observe(document.getElementById('heroes'), { childList: true });
}"""


@pytest.fixture
def board(context: BrowserContext, service: Service) -> Page:
    """A board whose clock can be moved on, connected."""
    page = context.new_page()
    page.clock.install()
    opened(page, service)
    return page


def opened(page: Page, service: Service) -> None:
    page.goto(f"{service.address}/display/")
    expect(page.locator("#queues li")).not_to_have_count(0)
    page.evaluate(WATCH)


def seen(page: Page, count: int, turns: int) -> list[int]:
    """The calls that had the great place, after so many turns of it; waits until there are `count`."""
    for _ in range(turns):
        page.wait_for_timeout(150)
        page.clock.run_for(TURN_MS)
    page.wait_for_function(f"window.seen.length >= {count}")
    found: list[int] = page.evaluate("window.seen")
    return found


def ticket_called(config: Config) -> str:
    """The ticket in the hands of counter 1."""
    ledger = connect(config.database)
    day, _ = queries.service_day(ledger, config.code)
    ledger.close()
    held = day.in_hand("1")
    assert held is not None
    return held.id


# --- calls -------------------------------------------------------------------------------------------


def test_a_call_is_shown_with_its_counter(board: Page, service: Service) -> None:
    service.take()
    service.call("3")
    expect(board.locator("#heroes .card")).to_have_count(1, timeout=1000)
    expect(board.locator("#heroes .great")).to_have_text("T001")
    expect(board.locator("#heroes .place")).to_have_text("Sportello 3")


def test_five_calls_at_once_are_all_shown_in_their_order(board: Page, service: Service) -> None:
    service.take(times=5)
    for counter in "12345":
        service.call(counter)
    assert seen(board, 5, turns=5) == [1, 2, 3, 4, 5]
    assert board.locator("#last .number").all_text_contents() == ["T004", "T003", "T002", "T001"]


def test_a_call_keeps_the_great_place_for_six_seconds(board: Page, service: Service) -> None:
    service.take(times=2)
    service.call("1")
    expect(board.locator("#heroes .great")).to_have_text("T001")
    board.clock.pause_at(board.evaluate("Date.now()") / 1000 + 0.1)
    service.call("2")
    expect(board.locator("#last .number").first).to_have_text("T002", timeout=2000)  # in the list at once
    board.clock.run_for(TURN_MS - 1500)
    expect(board.locator("#heroes .great")).to_have_text("T001")
    board.clock.run_for(1500 + 2 * TICK_MS)  # the page looks every quarter of a second
    expect(board.locator("#heroes .great")).to_have_text("T002")


def test_a_recall_is_shown_again_and_marked(board: Page, service: Service, config: Config) -> None:
    service.take()
    service.call()
    expect(board.locator("#heroes .label")).to_have_text("Numero")
    service.do(Recall(ticket=ticket_called(config)))
    assert seen(board, 2, turns=1) == [1, 2]
    expect(board.locator("#heroes .label")).to_have_text("Chiamato di nuovo")
    expect(board.locator("#last li")).to_have_count(0)  # one number stands in one place


def test_a_call_taken_back_leaves_the_board(board: Page, service: Service, config: Config) -> None:
    service.take(times=2)
    service.call()
    expect(board.locator("#heroes .great")).to_have_text("T001")
    service.do(Undo(ticket=ticket_called(config), counter="1"))
    expect(board.locator("#heroes .card")).to_have_count(0)


def test_who_waits_is_counted_by_letter(board: Page, service: Service) -> None:
    service.take(times=3)
    expect(board.locator("#queues li", has_text="T")).to_have_text("T3")
    service.call()
    expect(board.locator("#queues li", has_text="T")).to_have_text("T2")


# --- the line ------------------------------------------------------------------------------------------


def test_a_killed_service_costs_no_call_and_shows_none_twice(board: Page, service: Service) -> None:
    service.take(times=4)
    service.call("1")
    assert seen(board, 1, turns=1) == [1]
    service.kill()
    service.start()
    for counter in "234":  # before the board is back
        service.call(counter)
    assert seen(board, 4, turns=5) == [1, 2, 3, 4]
    service.kill()
    service.start()
    expect(board.locator("#stale")).to_be_hidden(timeout=15_000)
    assert seen(board, 4, turns=3) == [1, 2, 3, 4]


def test_a_board_loaded_again_announces_what_it_missed_and_nothing_twice(board: Page, service: Service) -> None:
    service.take(times=4)
    service.call("1")
    service.call("2")
    assert seen(board, 2, turns=2) == [1, 2]
    board.goto("about:blank")
    service.call("3")
    service.call("4")
    opened(board, service)
    assert [n for n in seen(board, 2, turns=2) if n > 2] == [3, 4]
    opened(board, service)
    assert seen(board, 1, turns=2) == [4], "the newest call stands there still, and no older one comes back"


def test_an_old_picture_says_how_old_it_is(board: Page, service: Service) -> None:
    expect(board.locator("#stale")).to_be_hidden()
    service.kill()
    expect(board.locator("#stale")).to_have_text(re.compile(r"^Aggiornamento sospeso da \d+ secondi$"), timeout=8000)
    board.clock.run_for(60_000)
    told = re.compile(r"^Aggiornamento sospeso da 1 minuto\. Ascolti la chiamata dello sportello$")
    expect(board.locator("#stale")).to_have_text(told)
    service.start()
    expect(board.locator("#stale")).to_be_hidden(timeout=15_000)


def test_a_board_without_a_live_connection_asks_every_two_seconds(
    context: BrowserContext, config: Config, service: Service
) -> None:
    page = context.new_page()
    page.route_web_socket(re.compile("/socket.io/"), lambda refused: refused.close())
    opened(page, service)
    service.take()
    service.call()
    expect(page.locator("#heroes .great")).to_have_text("T001", timeout=4000)
    page.wait_for_timeout(4000)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_line_that_swallows_words_is_changed_for_another(context: BrowserContext, service: Service) -> None:
    """Connected, pings answered, and no board comes through: only the missing beat tells."""
    page = context.new_page()
    lines: list[Any] = []

    def swallow(line: Any) -> None:
        lines.append(line)
        server = line.connect_to_server()
        if len(lines) == 1:
            server.on_message(
                lambda said: None if '"beat"' in said or '"board"' in said or said[:2] == "43" else line.send(said)
            )

    page.route_web_socket(re.compile("/socket.io/"), swallow)
    opened(page, service)
    service.take()
    service.call()
    expect(page.locator("#heroes .great")).to_have_text("T001", timeout=15_000)
    assert len(lines) > 1


# --- the order of announcements, without a server --------------------------------------------------------

ORDER = """async (script) => {
  const { Announcer } = await import('/display/static/announcer.js');
  const keep = [];
  const memory = { mark: null, keep(mark) { memory.mark = mark; keep.push(mark); } };
  const board = new Announcer(memory);
  const out = [];
  for (const [what, ...rest] of script) {
    if (what === 'take') board.take(rest[0]);
    else { board.turn(...rest); out.push(board.shown.map(call => call.n)); }
  }
  return out;
}"""


@pytest.fixture
def still(context: BrowserContext, standing: Service) -> Page:
    """A page of the board, for its scripts."""
    page = context.new_page()
    page.goto(f"{standing.address}/display/")
    return page


def state(calls: dict[int, int], *, epoch: int = 1, day: str = "2026-11-24", now_ms: int = 0) -> dict[str, object]:
    """A board with these calls: number of the announcement -> when."""
    listed = [{"n": n, "number": f"A{n:03d}", "at_ms": at_ms} for n, at_ms in sorted(calls.items(), reverse=True)]
    return {"epoch": epoch, "day": day, "now_ms": now_ms, "calls": listed}


def announced(page: Page, *script: object) -> list[list[int]]:
    found: list[list[int]] = page.evaluate(ORDER, [*script])
    return found


def turns(count: int, *, start: int = 0) -> list[tuple[str, int, int]]:
    return [("turn", start + n * TURN_MS, start + n * TURN_MS) for n in range(count)]


def test_a_rush_shares_the_great_place_in_order(still: Page) -> None:
    rush = dict.fromkeys(range(1, 13), 0)
    shown = announced(still, ("take", state({})), ("take", state(rush)), *turns(6))
    assert shown == [[1, 2, 3, 4], [5, 6], [7, 8], [9], [10], [11]]


def test_a_call_older_than_a_minute_is_not_announced(still: Page) -> None:
    late = ("take", state({1: 0, 2: 100_000}))
    assert announced(still, ("take", state({})), late, ("turn", 0, 110_000)) == [[2]]


def test_a_new_day_counts_from_one_again(still: Page) -> None:
    yesterday, today = ("take", state({7: 1000})), ("take", state({1: 90_000}, day="2026-11-25"))
    assert announced(still, yesterday, ("turn", 0, 2000), today, ("turn", 9000, 91_000)) == [[7], [1]]


def test_a_restored_centre_may_count_lower_and_is_still_announced(still: Page) -> None:
    before, after = ("take", state({5: 1000})), ("take", state({4: 1000, 5: 9000}, epoch=2))
    assert announced(still, before, ("turn", 0, 2000), after, ("turn", 9000, 9500)) == [[5], [5]]


def test_a_call_taken_back_before_its_turn_is_not_announced(still: Page) -> None:
    both, first = ("take", state({1: 0, 2: 0})), ("take", state({1: 0}))
    assert announced(still, ("take", state({})), both, ("turn", 0, 0), first, *turns(2, start=TURN_MS)) == [
        [1],
        [1],
        [1],
    ]


# --- the picture -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_everything_fits_and_the_number_is_read_from_afar(
    context: BrowserContext, standing: Service, width: int, height: int
) -> None:
    standing.take(times=6)
    for counter in "123456":
        standing.call(counter)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    opened(page, standing)
    page.evaluate("document.fonts.ready")
    expect(page.locator("#last li")).to_have_count(4)
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.body.scrollWidth <= innerWidth"
    )
    over = """() => [...document.querySelectorAll('.card, .great, .place, .last li, .queues li, .foot p')]
        .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)
        .map(e => e.className || e.outerHTML)"""
    assert page.evaluate(over) == []
    assert page.evaluate("(last => last.scrollHeight <= last.clientHeight + 1)(document.querySelector('.last'))")
    size = "selector => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)"
    long_side = max(width, height) if width > height else width * 16 / 9
    unit = long_side * 9 / 16 / 100 if width > height else height / 100
    assert page.evaluate(size, ".great") >= (26 if width > height else 19) * unit
    assert page.evaluate(size, "#last li") >= (12.5 if width > height else 6.5) * unit


def test_a_long_name_of_a_counter_is_made_to_fit(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    opened(page, standing)
    fitted = """async () => {
        const { drawHeroes } = await import('/display/static/draw.js');
        const call = { n: 1, number: 'A1042', counter: '3', place: 'Stanza 12, primo piano, scala B', again: false };
        drawHeroes([call], { open: true, centre: '', calls: [call] });
        return [...document.querySelectorAll('.great, .place')].map(e => e.scrollWidth <= e.clientWidth + 1);
    }"""
    assert page.evaluate(fitted) == [True, True]


def test_a_long_name_of_the_centre_is_whole_with_its_descenders(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1080, "height": 1920})
    opened(page, standing)
    page.evaluate(
        """async () => {
            const { drawHeroes } = await import('/display/static/draw.js');
            drawHeroes([], { open: true, centre: "Centro per l'impiego di Appiano Gentile", calls: [] });
            await document.fonts.ready;
        }"""
    )
    whole = "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
    assert page.locator("#centre").evaluate(whole)


def test_contrast_is_seven_to_one_and_nothing_else_is_wrong(board: Page, service: Service) -> None:
    service.take(times=3)
    service.call("1")
    service.call("2")
    assert seen(board, 2, turns=2) == [1, 2]
    rules = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    board.emulate_media(reduced_motion="reduce")
    found = Axe().run(board, options={"runOnly": rules})
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []
