"""The board in a real Chromium: every call is shown and said, in its order, once, whatever happens to the line."""

import io
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from sportello.config import Config
from sportello.domain.commands import AdoptPlan, CloseDay, IssueTicket, OpenDay, Recall, Undo
from sportello.domain.tickets import ServiceDay
from sportello.ledger import queries
from sportello.ledger.sqlite import connect
from sportello.sight import letters, reach_m
from tests.browser.barriers import barriers
from tests.browser.served import Service
from tests.conftest import launched

TICK_MS = 250
TURN_MS = 6000
POLL_MS = 2000
OLD_S = 10
LYING, STANDING = (1920, 1080), (1080, 1920)
SETTLE_MS = 150

# writes down each call that gets the great place
WATCH = """() => {
  window.seen = [];
  const note = () => {
    const now = [...document.querySelectorAll('#hero .card')].map(card => Number(card.dataset.n));
    for (const n of now) if (!window.before?.includes(n)) window.seen.push(n);
    window.before = now;
  };
  note();
  new MutationObserver(note).observe(document.getElementById('hero'), { childList: true });
}"""


# what the page says that it told the room
HEARD = """
  window.heard = [];
  for (const what of ['spoken', 'announced'])
    document.addEventListener(what, ({ type, detail }) => window.heard.push({ what: type, ...detail }));
"""


# a browser that lets nothing sound before a touch; the real one takes Playwright's own questions for touches
BLOCKED = """
  let touched = false;
  addEventListener('pointerdown', () => { touched = true; }, true);
  const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
  Object.defineProperty(AudioContext.prototype, 'state', { get() { return touched ? get.call(this) : 'suspended'; } });
  const { resume } = AudioContext.prototype;
  AudioContext.prototype.resume = async function () {
    if (!touched) return new Promise(() => {});
    await resume.call(this);
    this.dispatchEvent(new Event('statechange'));
  };
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A waiting room with nobody in it. Others were there before: a test counts its own numbers and calls from 1."""

    service: Service
    numbers: int  # T000 to begin with
    calls: int

    def code(self, n: int) -> str:
        return f"T{self.numbers + n:03d}"

    def held(self, counter: str = "1") -> str:
        """The ticket in the hands of a counter."""
        held = today(self.service.config).in_hand(counter)
        assert held is not None
        return held.id


@pytest.fixture
def room(standing: Service) -> Iterator[Room]:
    standing.do(CloseDay())
    standing.do(OpenDay())  # the same day goes on, with its numbers
    day = today(standing.config)
    yield Room(service=standing, numbers=day.numbers.get("T", 0), calls=day.announced)
    if today(standing.config).plan != day.plan:
        standing.do(AdoptPlan(plan=day.plan))


@pytest.fixture(scope="module")
def loud(chromium: Browser) -> Iterator[Browser]:
    """A browser as it is started on a board: pages may sound without a touch."""
    browser = launched(chromium.browser_type, "--autoplay-policy=no-user-gesture-required")
    yield browser
    browser.close()


@pytest.fixture
def speaking(loud: Browser) -> Iterator[Page]:
    """A page that may sound, and keeps what it said."""
    opened = loud.new_context(viewport={"width": 1920, "height": 1080}, locale="it-IT")
    page = opened.new_page()
    page.add_init_script(HEARD)
    yield page
    opened.close()


@pytest.fixture
def blocked(context: BrowserContext) -> Page:
    """A page that may not sound, with a clock that can be moved on."""
    page = context.new_page()
    page.add_init_script(HEARD + BLOCKED)
    page.clock.install()
    return page


@pytest.fixture
def board(context: BrowserContext, room: Room) -> Page:
    """A board whose clock can be moved on, connected."""
    page = context.new_page()
    page.clock.install()
    opened(page, room.service)
    return page


@pytest.fixture
def mortal(context: BrowserContext, service: Service) -> Page:
    """A board whose clock can be moved on, at a service that its test may kill."""
    page = context.new_page()
    page.clock.install()
    opened(page, service)
    return page


def opened(page: Page, service: Service, asked: str = "") -> None:
    page.goto(f"{service.address}/display/{asked}")
    expect(page.locator("#queues li")).not_to_have_count(0)
    page.evaluate(WATCH)


def seen(page: Page, count: int, turns: int, before: int = 0) -> list[int]:
    """The calls after those `before` that had the great place, in so many turns; waits until there are `count`."""
    for _ in range(turns):
        page.wait_for_timeout(150)
        page.clock.run_for(TURN_MS)
    for _ in range(50):
        found = [n - before for n in page.evaluate("window.seen") if n > before]
        if len(found) >= count:
            break
        page.wait_for_timeout(SETTLE_MS)
    return found


def today(config: Config) -> ServiceDay:
    ledger = connect(config.database)
    day, _ = queries.service_day(ledger, config.code)
    ledger.close()
    return day


def two_floors(service: Service) -> None:
    """Counters 1 to 3 downstairs, the others upstairs."""
    plan = today(service.config).plan
    places = tuple(replace(place, room="Piano 1" if place.code > "3" else "Piano terra") for place in plan.places)
    service.do(AdoptPlan(plan=replace(plan, places=places)))


def heard(page: Page, what: str, count: int, *, before: int, hurried: bool = True) -> list[tuple[int, str | None]]:
    """The calls after those `before` that were spoken, with their languages, or announced; waits for so many."""
    for _ in range(100):
        found = page.evaluate("what => window.heard.filter(one => one.what === what)", what)
        if len(found) >= count:
            return [(one["n"] - before, one.get("language")) for one in found]
        if hurried:
            page.clock.run_for(1000)
        page.wait_for_timeout(SETTLE_MS)
    raise AssertionError(f"{found} is not {count} of {what}")


def short(route: Route) -> None:
    """A voice that has little to say."""
    made = io.BytesIO()
    with wave.open(made, "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(16_000)
        clip.writeframes(bytes(3200))
    route.fulfill(body=made.getvalue(), content_type="audio/wav")


# --- calls -------------------------------------------------------------------------------------------


def test_a_call_is_shown_with_its_counter(board: Page, room: Room) -> None:
    room.service.take()
    room.service.call("3")
    expect(board.locator("#hero .card")).to_have_count(1, timeout=1000)
    expect(board.locator("#hero .great")).to_have_text(room.code(1))
    expect(board.locator("#hero .place")).to_have_text("Sportello 3")


def test_five_calls_at_once_are_all_shown_in_their_order(board: Page, room: Room) -> None:
    room.service.take(times=5)
    for counter in "12345":
        room.service.call(counter)
    assert seen(board, 5, turns=5, before=room.calls) == [1, 2, 3, 4, 5]
    assert board.locator("#last .number").all_text_contents()[:4] == [room.code(n) for n in (4, 3, 2, 1)]


def test_a_call_keeps_the_great_place_for_six_seconds(board: Page, room: Room) -> None:
    opened(board, room.service, "?voice=0")  # how long a voice takes is not what is asked here
    board.clock.pause_at(board.evaluate("Date.now()") / 1000 + 5)
    room.service.take(times=2)
    room.service.call("1")
    expect(board.locator("#hero .great")).to_have_text(room.code(1))
    room.service.call("2")
    expect(board.locator("#last .number").first).to_have_text(room.code(2))  # in the list at once
    board.clock.run_for(TURN_MS - TICK_MS)
    expect(board.locator("#hero .great")).to_have_text(room.code(1))
    board.clock.run_for(2 * TICK_MS)  # the page looks every quarter of a second
    expect(board.locator("#hero .great")).to_have_text(room.code(2))


def test_a_recall_is_shown_again_and_marked(board: Page, room: Room) -> None:
    room.service.take()
    room.service.call()
    expect(board.locator("#hero .label")).to_have_count(0)
    room.service.do(Recall(ticket=room.held()))
    assert seen(board, 2, turns=1, before=room.calls) == [1, 2]
    expect(board.locator("#hero .label")).to_have_text("Ultima chiamata")
    expect(board.locator("#last li", has_text=room.code(1))).to_have_count(0)  # one number stands in one place


def test_a_call_taken_back_leaves_the_board(board: Page, room: Room) -> None:
    room.service.take(times=2)
    room.service.call()
    expect(board.locator("#hero .great")).to_have_text(room.code(1))
    room.service.do(Undo(ticket=room.held(), counter="1"))
    expect(board.locator(".number", has_text=room.code(1))).to_have_count(0)


def test_who_waits_is_counted_by_letter(board: Page, room: Room) -> None:
    room.service.take(times=3)
    expect(board.locator("#queues li", has_text="T")).to_have_text("T3")
    room.service.call()
    expect(board.locator("#queues li", has_text="T")).to_have_text("T2")


def test_a_display_of_a_room_announces_its_own_calls_and_lists_the_others(board: Page, room: Room) -> None:
    two_floors(room.service)
    opened(board, room.service, "?room=Piano+terra")
    room.service.take(times=3)
    for counter in "142":
        room.service.call(counter)
    assert seen(board, 2, turns=2, before=room.calls) == [1, 3]
    expect(board.locator("#hero .great")).to_have_text(room.code(3))
    expect(board.locator("#last li").nth(0)).to_have_text(f"{room.code(2)}Piano 14")
    expect(board.locator("#last li").nth(0)).to_have_class("far")
    expect(board.locator("#last li").nth(1)).to_have_text(f"{room.code(1)}1")


def test_where_no_room_is_set_a_call_says_its_room(board: Page, room: Room) -> None:
    two_floors(room.service)
    opened(board, room.service, "?room=Cantina")  # a room that is no more: every call is announced
    room.service.take()
    room.service.call("4")
    expect(board.locator("#hero .place")).to_have_text(["Piano 1", "Sportello 4"])


# --- the sound -----------------------------------------------------------------------------------------


def test_a_call_is_spoken_in_italian_then_in_the_language_of_the_number(speaking: Page, room: Room) -> None:
    opened(speaking, room.service)
    room.service.do(IssueTicket(service="A02", language="en"))
    room.service.take()
    room.service.call("1")
    room.service.call("2")
    expect(speaking.locator("#hero .great")).to_have_text(room.code(1))
    assert heard(speaking, "spoken", 3, before=room.calls, hurried=False) == [(1, "it"), (1, "en"), (2, "it")]
    expect(speaking.locator("#hero .great")).to_have_text(room.code(2))
    first, second, third = speaking.evaluate("window.heard.filter(one => one.what === 'spoken').map(one => one.at)")
    assert second - first > 1500, "the second language waits for the end of the first"
    assert third - second > 1500, "the next call waits for the end of this one"
    assert third - first >= TURN_MS


def test_five_calls_at_once_are_spoken_once_each_and_not_after_a_reload(speaking: Page, room: Room) -> None:
    speaking.clock.install()
    speaking.route("**/voice/call/**", short)
    opened(speaking, room.service)
    room.service.take(times=5)
    for counter in "12345":
        room.service.call(counter)
    room.service.do(Undo(ticket=room.held("4"), counter="4"))
    assert heard(speaking, "announced", 4, before=room.calls) == [(1, None), (2, None), (3, None), (5, None)]
    assert heard(speaking, "spoken", 4, before=room.calls) == [(1, "it"), (2, "it"), (3, "it"), (5, "it")]
    opened(speaking, room.service)
    speaking.clock.run_for(2 * TURN_MS)
    expect(speaking.locator("#hero .great")).to_have_text(room.code(5))
    assert speaking.evaluate("window.heard") == []


def test_a_call_taken_back_falls_silent(speaking: Page, room: Room) -> None:
    opened(speaking, room.service)
    room.service.do(IssueTicket(service="A02", language="en"))
    room.service.call()
    assert heard(speaking, "spoken", 1, before=room.calls, hurried=False) == [(1, "it")]
    room.service.do(Undo(ticket=room.held(), counter="1"))
    assert heard(speaking, "announced", 1, before=room.calls, hurried=False) == [(1, None)]
    assert heard(speaking, "spoken", 1, before=room.calls, hurried=False) == [(1, "it")], (
        "it was to be said in English too"
    )


def test_in_a_rush_calls_are_said_in_italian_alone(speaking: Page, room: Room) -> None:
    speaking.clock.install()
    speaking.route("**/voice/call/**", short)
    opened(speaking, room.service)
    for _ in range(6):
        room.service.do(IssueTicket(service="A02", language="ro"))
    for counter in "123456":
        room.service.call(counter)
    heard(speaking, "announced", 6, before=room.calls)
    spoken = heard(speaking, "spoken", 10, before=room.calls)
    assert [n for n, language in spoken if language == "it"] == [1, 2, 3, 4, 5, 6]
    assert [n for n, language in spoken if language == "ro"] == [3, 4, 5, 6] or spoken[1] == (1, "ro")


def test_without_a_voice_the_chime_rings_and_the_board_goes_on(speaking: Page, room: Room) -> None:
    speaking.clock.install()
    speaking.add_init_script("AudioContext.prototype.createOscillator = (make => function () {"
                             " window.notes = (window.notes ?? 0) + 1; return make.call(this);"
                             "})(AudioContext.prototype.createOscillator)")  # fmt: skip
    speaking.route("**/voice/call/**", lambda route: route.fulfill(status=204))
    opened(speaking, room.service)
    room.service.take(times=2)
    room.service.call("1")
    room.service.call("2")
    assert heard(speaking, "announced", 2, before=room.calls) == [(1, None), (2, None)]
    assert speaking.evaluate("[window.notes, window.heard.filter(one => one.what === 'spoken').length]") == [4, 0]


def test_a_board_set_to_keep_quiet_asks_for_no_voice(speaking: Page, room: Room) -> None:
    asked: list[str] = []
    speaking.on("request", lambda request: asked.append(request.url))
    opened(speaking, room.service, "?voice=0")
    room.service.take()
    room.service.call()
    heard(speaking, "announced", 1, before=room.calls, hurried=False)
    assert not [url for url in asked if "/voice/" in url]


def test_blocked_sound_is_said_and_a_touch_brings_it_back_for_the_next_call(blocked: Page, room: Room) -> None:
    blocked.route("**/voice/call/**", short)
    opened(blocked, room.service)
    unmute = blocked.get_by_role("button", name="Attiva audio")
    expect(unmute).to_be_visible()
    room.service.take(times=3)
    room.service.call("1")
    room.service.call("2")
    assert heard(blocked, "announced", 2, before=room.calls) == [(1, None), (2, None)]
    unmute.click()
    expect(unmute).to_be_hidden()
    room.service.call("3")
    assert heard(blocked, "spoken", 1, before=room.calls) == [(3, "it")], "nothing piles up"


# --- the line ------------------------------------------------------------------------------------------


def test_a_killed_service_costs_no_call_and_shows_none_twice(mortal: Page, service: Service) -> None:
    service.take(times=4)
    service.call("1")
    assert seen(mortal, 1, turns=1) == [1]
    service.kill()
    service.start()
    for counter in "234":  # before the board is back
        service.call(counter)
    assert seen(mortal, 4, turns=5) == [1, 2, 3, 4]
    service.kill()
    service.start()
    expect(mortal.locator("#stale")).to_be_hidden(timeout=15_000)
    assert seen(mortal, 4, turns=3) == [1, 2, 3, 4]


def test_a_board_loaded_again_announces_what_it_missed_and_nothing_twice(board: Page, room: Room) -> None:
    room.service.take(times=4)
    room.service.call("1")
    room.service.call("2")
    assert seen(board, 2, turns=2, before=room.calls) == [1, 2]
    board.goto("about:blank")
    room.service.call("3")
    room.service.call("4")
    opened(board, room.service)
    assert [n for n in seen(board, 2, turns=2, before=room.calls) if n > 2] == [3, 4]
    opened(board, room.service)
    again = seen(board, 1, turns=2, before=room.calls)
    assert again == [4], "the newest call stands there still, and no older one comes back"


def test_five_calls_at_once_with_the_line_cut_and_the_sound_blocked(blocked: Page, room: Room) -> None:
    lines: list[Any] = []

    def pass_on(line: Any) -> None:
        lines.append(line)
        line.connect_to_server()

    blocked.route_web_socket(re.compile("/socket.io/"), pass_on)
    opened(blocked, room.service)
    room.service.take(times=5)
    room.service.call("1")
    room.service.call("2")
    expect(blocked.locator("#hero .great")).to_have_text(room.code(1))
    lines[-1].close()
    for counter in "345":
        room.service.call(counter)
    assert seen(blocked, 5, turns=5, before=room.calls) == [1, 2, 3, 4, 5]
    assert [n for n, _ in heard(blocked, "announced", 5, before=room.calls)] == [1, 2, 3, 4, 5]
    assert len(lines) > 1


def test_five_calls_at_once_with_the_line_cut_are_each_spoken_once_in_their_order(speaking: Page, room: Room) -> None:
    lines: list[Any] = []

    def pass_on(line: Any) -> None:
        lines.append(line)
        line.connect_to_server()

    speaking.clock.install()
    speaking.route("**/voice/call/**", short)
    speaking.route_web_socket(re.compile("/socket.io/"), pass_on)
    opened(speaking, room.service)
    room.service.take(times=5)
    room.service.call("1")
    room.service.call("2")
    expect(speaking.locator("#hero .great")).to_have_text(room.code(1))
    lines[-1].close()
    for counter in "345":
        room.service.call(counter)
    assert [n for n, _ in heard(speaking, "announced", 5, before=room.calls)] == [1, 2, 3, 4, 5]
    assert heard(speaking, "spoken", 5, before=room.calls) == [(n, "it") for n in (1, 2, 3, 4, 5)]
    assert [n - room.calls for n in speaking.evaluate("window.seen") if n > room.calls] == [1, 2, 3, 4, 5]
    assert len(lines) > 1


def test_an_old_picture_says_how_old_it_is_and_then_what_to_do(mortal: Page, service: Service) -> None:
    expect(mortal.locator("#stale")).to_be_hidden()
    service.kill()
    mortal.clock.run_for(8000)
    expect(mortal.locator("#stale")).to_be_hidden()
    mortal.clock.run_for(4000)
    expect(mortal.locator("#stale")).to_have_text(re.compile(r"^Aggiornamento sospeso da 1\d secondi$"))
    expect(mortal.locator("#listen")).to_be_hidden()
    mortal.clock.run_for(60_000)
    expect(mortal.locator("#stale")).to_have_text("Aggiornamento sospeso da 1 minuto")
    expect(mortal.locator("#listen")).to_have_text("Ascolti la chiamata dello sportello")
    service.start()
    expect(mortal.locator("#stale")).to_be_hidden(timeout=15_000)
    expect(mortal.locator("#listen")).to_be_hidden()


def test_a_board_without_a_live_connection_asks_every_two_seconds(context: BrowserContext, room: Room) -> None:
    page = context.new_page()
    page.clock.install()
    page.route_web_socket(re.compile("/socket.io/"), lambda refused: refused.close())
    opened(page, room.service)
    room.service.take()
    room.service.call()
    for _ in range(OLD_S):  # twice the time after which a picture is old
        with page.expect_response("**/display/board.json"):
            page.clock.run_for(POLL_MS)
    expect(page.locator("#hero .great")).to_have_text(room.code(1))
    expect(page.locator("#stale")).to_be_hidden()


def test_a_line_that_swallows_words_is_changed_for_another(context: BrowserContext, room: Room) -> None:
    """Connected, pings answered, and no board comes through: only the missing beat tells."""
    page = context.new_page()
    page.clock.install()
    lines: list[Any] = []

    def swallow(line: Any) -> None:
        lines.append(line)
        server = line.connect_to_server()
        if len(lines) == 1:
            server.on_message(
                lambda said: None if '"beat"' in said or '"board"' in said or said[:2] == "43" else line.send(said)
            )

    page.route_web_socket(re.compile("/socket.io/"), swallow)
    opened(page, room.service)
    room.service.take()
    room.service.call()
    for _ in range(100):
        if len(lines) > 1:
            break
        page.clock.run_for(200)
        page.wait_for_timeout(50)
    expect(page.locator("#hero .great")).to_have_text(room.code(1))
    assert len(lines) > 1


def test_a_board_older_than_the_centre_loads_itself_again(board: Page, room: Room) -> None:
    with board.expect_navigation():
        board.evaluate("document.body.dataset.version = 'older'")
        room.service.take()
    expect(board.locator("#queues li")).not_to_have_count(0)


# --- the order of announcements, without a server --------------------------------------------------------

ORDER = """async (script) => {
  const { Announcer } = await import('/display/static/announcer.js');
  const keep = [];
  const memory = { mark: null, keep(mark) { memory.mark = mark; keep.push(mark); } };
  const board = new Announcer(memory);
  const out = [];
  for (const [what, ...rest] of script) {
    if (what === 'take') board.take(rest[0]);
    else if (what === 'turn') { board.turn(...rest); out.push(board.shown?.n ?? 0); }
    else board.ended(board.shown);
  }
  return out;
}"""


@pytest.fixture(scope="module")
def still(chromium: Browser, standing: Service) -> Iterator[Page]:
    """A page of the board, for its scripts."""
    page = chromium.new_page()
    page.goto(f"{standing.address}/display/")
    yield page
    page.close()


def state(
    calls: dict[int, int], *, epoch: int = 1, day: str = "2026-11-24", now_ms: int = 0, rooms: tuple[str, ...] = ()
) -> tuple[str, dict[str, object]]:
    """A board with these calls: number of the announcement -> when."""
    listed = [{"n": n, "number": f"A{n:03d}", "at_ms": at_ms} for n, at_ms in sorted(calls.items(), reverse=True)]
    return "take", {"epoch": epoch, "day": day, "now_ms": now_ms, "calls": listed, "rooms": rooms}


def announced(page: Page, *script: object) -> list[int]:
    """Who has the great place after each turn; 0: nobody."""
    found: list[int] = page.evaluate(ORDER, [*script])
    return found


ENDED = ("ended",)


def turn(at_ms: int) -> tuple[str, int]:
    return "turn", at_ms


def test_each_of_a_rush_is_announced_by_itself_however_long_it_takes(still: Page) -> None:
    rush = dict.fromkeys(range(1, 9), 0)
    more = dict.fromkeys(range(5, 13), 0)
    steps = [step for n in range(13) for step in (turn(n * TURN_MS), ENDED)]
    assert announced(still, state({}), state(rush), state(more), *steps) == [*range(1, 13), 12]


def test_the_great_place_is_kept_until_nobody_speaks(still: Page) -> None:
    both = state({1: 0, 2: 0})
    assert announced(still, state({}), both, turn(0), turn(2 * TURN_MS), ENDED, turn(2 * TURN_MS)) == [1, 1, 2]


def test_a_call_older_than_a_minute_is_shown_and_not_announced(still: Page) -> None:
    late = state({1: 0}, now_ms=110_000)
    assert announced(still, state({}), late, turn(0), state({1: 0, 2: 109_000}, now_ms=110_000), turn(1)) == [1, 2]


def test_a_new_day_counts_from_one_again(still: Page) -> None:
    yesterday, today = state({7: 1000}), state({1: 90_000}, day="2026-11-25", now_ms=90_000)
    assert announced(still, yesterday, turn(0), today, turn(9000)) == [7, 1]


def test_a_restored_centre_may_count_lower_and_is_still_announced(still: Page) -> None:
    before, after = state({5: 1000}), state({4: 1000, 5: 9000}, epoch=2)
    assert announced(still, before, turn(0), after, turn(9000)) == [5, 5]


def test_a_call_taken_back_before_its_turn_is_not_announced(still: Page) -> None:
    both, first = state({1: 0, 2: 0}), state({1: 0})
    assert announced(still, state({}), both, turn(0), ENDED, first, turn(TURN_MS), turn(2 * TURN_MS)) == [1, 1, 1]


def test_a_call_taken_back_while_it_is_spoken_makes_room_at_once(still: Page) -> None:
    both, second = state({1: 0, 2: 0}), state({2: 0})
    assert announced(still, state({}), both, turn(0), second, turn(100)) == [1, 2]


def test_the_only_call_of_a_day_taken_back_leaves_the_great_place_empty(still: Page) -> None:
    assert announced(still, state({}), state({1: 0}), turn(0), state({}), turn(100)) == [1, 0]


# --- the picture -----------------------------------------------------------------------------------------


OVER = """() => {
  const wide = [...document.querySelectorAll('.great, .place, .last li, .queues li, .likely, .foot p, .hint')]
    .filter(e => e.scrollWidth > e.clientWidth + 1);
  const inside = [['.hero', '.hint, .great, .place'], ['.last', 'h2, li'], ['.queues', 'h2, li'],
                  ['body', 'section, article, li, p, button']];
  const out = inside.flatMap(([around, parts]) => {
    const box = document.querySelector(around).getBoundingClientRect();
    return [...document.querySelectorAll(`${around} :is(${parts})`)].filter(e => {
      const { left, right, top, bottom } = e.getBoundingClientRect();
      return left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1;
    });
  });
  return [...wide, ...out].filter(e => e.getClientRects().length).map(e => e.outerHTML.slice(0, 80));
}"""
SIZES = """() => Object.fromEntries(Object.entries(
    { called: '.great', place: '.place', last: '#last li .number', queues: '#queues' }).map(
        ([part, selector]) => [part, parseFloat(getComputedStyle(document.querySelector(selector)).fontSize)]))"""


# each queue has a range, as on a day like many others
WAITS = """
  const plain = Response.prototype.json;
  Response.prototype.json = async function () {
    const board = await plain.call(this);
    for (const queue of board.queues ?? []) queue.estimate = { low_s: 2400, high_s: 3300 };
    return board;
  };
"""


def told_waits(page: Page) -> None:
    page.add_init_script(WAITS)
    page.route_web_socket(re.compile("/socket.io/"), lambda refused: refused.close())


@pytest.mark.parametrize(("width", "height"), [LYING, STANDING])
def test_everything_fits_and_is_read_from_as_far_as_is_said(
    context: BrowserContext, room: Room, width: int, height: int
) -> None:
    room.service.take(times=6)
    for counter in "123456":
        room.service.call(counter)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    told_waits(page)
    for inches in (32, 43, 55):
        far = reach_m(inches, width, height)
        opened(page, room.service, f"?inches={inches}&metres={far}")
        page.evaluate("document.fonts.ready.then(() => 0)")
        expect(page.locator("#last li").nth(3)).to_be_visible()
        expect(page.locator("#queues .likely").first).to_have_text("40–55 min")
        assert page.evaluate(OVER) == [], f"{inches} inches"
        mm = inches * 25.4 / hypot(width, height)
        drawn, least = page.evaluate(SIZES), letters(far)
        for part in ("called", "place", "last", "queues"):
            assert drawn[part] * mm >= getattr(least, part) - 0.1, f"{part} on {inches} inches at {far} m"


def test_a_screen_too_small_shows_less_and_still_fits(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    for width, height, inches in ((1366, 768, 20), (768, 1366, 20), (1280, 1024, 32)):
        page.set_viewport_size({"width": width, "height": height})
        opened(page, standing, f"?inches={inches}&metres=10")
        page.evaluate("document.fonts.ready.then(() => 0)")
        assert page.evaluate(OVER) == [], f"{width} × {height}"


def test_queues_that_do_not_fit_at_once_are_shown_by_turns(context: BrowserContext, room: Room) -> None:
    page = context.new_page()
    page.clock.install()
    told_waits(page)
    for offer in today(room.service.config).plan.offers:
        room.service.take(offer.service)
    opened(page, room.service)
    letters = sorted({offer.letter for offer in today(room.service.config).plan.offers})
    found: set[str] = set()
    for _ in letters:
        found |= set(page.locator("#queues .letter").all_text_contents())
        page.clock.run_for(TURN_MS)
    assert sorted(found) == letters


def test_hints_are_in_each_language_of_the_centre_by_turns(context: BrowserContext, room: Room) -> None:
    plan = today(room.service.config).plan
    room.service.do(AdoptPlan(plan=replace(plan, languages=("it", "en"), notice="Oggi chiudiamo alle 12:30")))
    page = context.new_page()
    page.clock.install()
    opened(page, room.service)
    expect(page.locator("#notice")).to_have_text("Oggi chiudiamo alle 12:30")
    found = set()
    for _ in range(4):
        found.add((page.locator("#hint p").get_attribute("lang"), page.locator("#hint p").inner_text()))
        page.clock.run_for(5000)
    assert {lang for lang, _ in found} == {"it", "en"}


def test_a_long_name_of_a_counter_is_made_to_fit(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    opened(page, standing)
    fitted = """async () => {
        const { drawHero } = await import('/display/static/draw.js');
        const call = { n: 1, number: 'A1042', counter: '3', place: 'Stanza 12, primo piano, scala B', again: false };
        drawHero(call, { open: true, centre: '', calls: [call], rooms: [] }, '');
        return [...document.querySelectorAll('.great, .place')].map(e => e.scrollWidth <= e.clientWidth + 1);
    }"""
    assert page.evaluate(fitted) == [True, True]


def test_a_long_name_of_the_centre_is_whole_with_its_descenders(context: BrowserContext, standing: Service) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1080, "height": 1920})
    opened(page, standing)
    page.evaluate(
        """async () => {
            const { drawHero } = await import('/display/static/draw.js');
            drawHero(null, { open: true, centre: "Centro per l'impiego di Appiano Gentile", calls: [], rooms: [] }, '');
            await document.fonts.ready;
        }"""
    )
    whole = "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
    assert page.locator("#centre").evaluate(whole)


def test_a_call_pulses_once_a_second_and_not_at_all_for_who_wants_no_motion(board: Page, room: Room) -> None:
    room.service.take()
    room.service.call()
    expect(board.locator("#hero .great")).to_have_text(room.code(1))
    pulse = "e => e.getAnimations().map(one => one.effect.getTiming()).map(one => [one.duration, one.iterations])"
    assert board.locator("#hero .great").evaluate(pulse) == [[1000, 6]]
    board.emulate_media(reduced_motion="reduce")
    assert board.locator("#hero .great").evaluate(pulse) == []


def test_a_notice_stands_alone_in_its_line_as_large_as_the_line_lets_it(context: BrowserContext, room: Room) -> None:
    plan = today(room.service.config).plan
    room.service.do(AdoptPlan(plan=replace(plan, notice="Serve aiuto? Chieda a un operatore")))
    page = context.new_page()
    page.set_viewport_size({"width": 1080, "height": 1920})
    opened(page, room.service)
    expect(page.locator("#centre")).to_be_hidden()
    page.evaluate("document.fonts.ready.then(() => 0)")
    page.wait_for_function("() => document.getElementById('clock').textContent")
    expect(page.get_by_role("button", name="Attiva audio")).to_be_visible()  # it takes its room, too
    page.wait_for_function("([e]) => e.scrollWidth <= e.clientWidth", arg=[page.locator("#notice").element_handle()])
    shrunk = (
        "e => e.style.fontSize ? parseFloat(e.style.fontSize) / parseFloat(getComputedStyle(e.parentNode).fontSize) : 1"
    )
    assert page.locator("#notice").evaluate(shrunk) > 0.7


def board_states(page: Page, service: Service) -> Iterator[str]:
    """What a board may look like, one after the other."""
    expect(page.locator("#quiet")).to_be_visible()
    yield "nobody called yet"
    service.take(times=5)
    for counter in "142":
        service.call(counter)
    assert seen(page, 3, turns=3) == [1, 2, 3]
    yield "calls"
    service.do(Recall(ticket=Room(service=service, numbers=0, calls=0).held("2")))
    assert seen(page, 4, turns=1) == [1, 2, 3, 4]
    expect(page.locator("#hero .label")).to_be_visible()
    yield "the last call"
    two_floors(service)
    opened(page, service, "?room=Piano+terra")
    expect(page.locator("#last .far")).to_have_count(1)
    yield "another room"
    service.do(AdoptPlan(plan=replace(today(service.config).plan, notice="Oggi chiudiamo alle 12:30")))
    expect(page.locator("#notice")).to_be_visible()
    yield "a notice"
    expect(page.get_by_role("button", name="Attiva audio")).to_be_visible()
    service.kill()
    page.clock.run_for(65_000)
    expect(page.locator("#listen")).to_be_visible()
    yield "no line and no sound"
    service.start()
    expect(page.locator("#listen")).to_be_hidden(timeout=15_000)
    service.do(CloseDay())
    opened(page, service)
    expect(page.locator("#quiet")).to_be_visible()
    yield "closed"


def test_no_state_of_the_board_has_a_barrier_or_leaves_the_screen(mortal: Page, service: Service) -> None:
    """Contrast is seven to one, and nothing else is wrong, lying and standing."""
    mortal.emulate_media(reduced_motion="reduce")
    wrong: list[object] = []
    for shown in board_states(mortal, service):
        for width, height in (STANDING, LYING):
            mortal.set_viewport_size({"width": width, "height": height})
            mortal.wait_for_timeout(SETTLE_MS)  # drawn anew
            wrong += [(shown, width, fault) for fault in mortal.evaluate(OVER)]
        wrong += [(shown, *fault) for fault in barriers(mortal)]
    assert wrong == []
