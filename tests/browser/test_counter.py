"""The clerk's desk in a real Chromium, over a real server and a real ledger."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sportello import config as settings
from sportello import passwords, web
from sportello.app import create_app
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain import events as e
from sportello.domain.commands import CallNext, CallStaff, IssueTicket
from sportello.domain.tickets import Status, Ticket
from sportello.ledger import access
from sportello.ledger.access import Person, Role
from sportello.timekeeping import system_clock
from tests.browser.barriers import barriers
from tests.browser.served import founded

PASSWORD = "quattro parole da ricordare"
SMALL = {"width": 360, "height": 640}
WIDE = {"width": 1366, "height": 768}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SEEN_MS = 2000  # what somebody else did is seen within two seconds

# a page left while it still loads makes the in-process server drop a file it was sending
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Box:
    """A centre that serves, can be cut off, and comes back at the same address."""

    def __init__(self, config: Config, centre: Centre) -> None:
        self.centre = centre
        self._app = create_app(config, centre)
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        server = make_server("127.0.0.1", self._port, self._app, threaded=True, request_handler=Silent)
        self._server, self._port = server, server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, service: str = "A01", *, priority: bool = False, language: str = "it") -> Ticket:
        """A visitor takes a number."""
        asked = IssueTicket(service=service, priority=priority, language=language)
        recorded = self.centre.handle(asked, actor="kiosk", command_id=web.new_command_id())
        issued = next(one.event for one in recorded if isinstance(one.event, e.TicketIssued))
        return self.centre.day.tickets[issued.ticket]

    def status(self, ticket: Ticket) -> Status:
        return self.centre.day.tickets[ticket.id].status


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a centre with two clerks; each test works in a copy of it."""
    config = founded(tmp_path_factory.mktemp("staffed") / "centre")
    clock, digest = system_clock(), passwords.hash(PASSWORD)
    with closing(Centre(config.database, config.code, clock)) as centre:
        for name in ("anna", "bruno"):
            person = Person(name=name, role=Role.CLERK, password=digest, once=False)
            centre.write(partial(access.keep_person, one=person, now_ms=clock().wall_ms))
    return config.folder


@pytest.fixture
def box(tmp_path: Path, staffed: Path) -> Iterator[Box]:
    config = settings.read(shutil.copytree(staffed, tmp_path / "centre") / "centre.toml")
    centre = Centre(config.database, config.code, system_clock())
    opened = Box(config, centre)
    yield opened
    opened.stop()
    centre.close()


Seated = Callable[..., Page]


@pytest.fixture(scope="module")
def at_work() -> dict[str, StorageState]:
    """What the browser of each clerk who signed in keeps; the copies of a centre know each other's sessions."""
    return {}


@pytest.fixture
def seat(chromium: Browser, box: Box, at_work: dict[str, StorageState]) -> Iterator[Seated]:
    """A clerk opens a counter in a browser of their own; the first time they sign in."""
    contexts = []

    def seated(name: str, counter: str, size: dict[str, int] = SMALL, *, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport=size, java_script_enabled=scripts, storage_state=at_work.get(name))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.goto(f"{box.address}/counter/")
        if name not in at_work:
            page.fill("[name=name]", name)
            page.fill("[name=password]", PASSWORD)
            page.click("form button[type=submit]")
            page.wait_for_url("**/counter/")
            at_work[name] = context.storage_state()
        page.locator(".seats button", has_text=f"Sportello {counter}").click()
        page.wait_for_url(f"**/counter/{counter}/")
        return page

    yield seated
    for context in contexts:
        context.close()


def number(page: Page) -> str:
    return page.locator(".hand .number").inner_text()


def test_a_whole_round_with_one_hand_on_the_keyboard(box: Box, seat: Seated) -> None:
    first, second = box.take(), box.take()
    page = seat("anna", "1")
    page.evaluate("window.mark = 'same page'")
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(first.code)
    page.keyboard.press("r")
    expect(page.locator(".hand")).to_contain_text("×2")
    page.keyboard.press("s")
    expect(page.locator(".hand")).to_contain_text("allo sportello")
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(second.code)
    page.keyboard.press("p")
    expect(page.locator(".hand")).to_contain_text("Nessuno allo sportello")
    assert (box.status(first), box.status(second)) == (Status.FINISHED, Status.HELD)
    assert page.evaluate("window.mark") == "same page"


def test_a_letter_typed_in_a_field_or_with_the_keys_off_does_nothing(box: Box, seat: Seated) -> None:
    box.take()
    page = seat("anna", "1")
    page.keyboard.press("/")
    page.locator("#q").type("n")
    assert box.centre.day.in_hand("1") is None
    page.click("#sheet-close")
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.reload()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert box.centre.day.in_hand("1") is None


def test_a_clerk_gives_an_act_another_key_and_no_two_acts_share_one(box: Box, seat: Seated) -> None:
    ticket = box.take()
    page = seat("anna", "1")
    page.keyboard.press("?")
    field = page.get_by_label("Chiama il prossimo")
    field.press("r")
    expect(page.locator("#keys-said")).to_have_text("Il tasto R serve già per «Richiama».")
    expect(field).to_have_value("N")
    field.press("5")
    expect(page.locator("#keys-said")).to_have_text("Scelga una lettera sola.")
    field.press("k")
    expect(field).to_have_value("K")
    page.keyboard.press("Escape")
    expect(page.locator("#act-next kbd")).to_have_text("K")
    page.reload()
    page.keyboard.press("n")
    page.keyboard.press("k")
    expect(page.locator(".hand .number")).to_have_text(ticket.code)
    page.keyboard.press("?")
    page.click("#keys-reset")
    expect(field).to_have_value("N")


def test_a_digit_chooses_a_counter(seat: Seated) -> None:
    page = seat("anna", "1")
    page.goto(page.url.removesuffix("1/"))
    expect(page.locator(".seats button").nth(2).locator("kbd")).to_have_text("3")
    page.keyboard.press("3")
    page.wait_for_url("**/counter/3/")


def test_two_clerks_who_press_together_get_two_tickets(box: Box, seat: Seated) -> None:
    for _ in range(20):
        box.take()
    pages = [seat("anna", "1"), seat("bruno", "2")]
    called: set[str] = set()
    for _ in range(10):
        before = [number(page) for page in pages]
        for page in pages:  # both presses leave before either is answered
            page.evaluate("document.getElementById('act-next').click()")
        for page, old in zip(pages, before, strict=True):
            expect(page.locator(".hand .number")).not_to_have_text(old)
        hands = {number(page) for page in pages}
        assert len(hands) == 2
        assert called.isdisjoint(hands)
        called |= hands


def test_a_double_click_calls_once(box: Box, seat: Seated) -> None:
    first, second = box.take(), box.take()
    page = seat("anna", "1")
    page.locator("#act-next").dblclick()
    expect(page.locator(".hand .number")).to_have_text(first.code)
    page.wait_for_timeout(300)
    assert (box.status(first), box.status(second)) == (Status.CALLED, Status.WAITING)


def test_what_another_clerk_does_is_seen_within_two_seconds(box: Box, seat: Seated) -> None:
    page = seat("anna", "1")
    ticket = box.take()
    expect(page.locator("#waiting")).to_have_text("1", timeout=SEEN_MS)
    expect(page.locator(".coming")).to_contain_text(ticket.code)
    box.centre.handle(CallNext(counter="2"), actor="other", command_id=web.new_command_id())
    expect(page.locator("#waiting")).to_have_text("0", timeout=SEEN_MS)


def test_the_newest_window_holds_the_desk_and_the_older_one_can_take_it_back(box: Box, seat: Seated) -> None:
    tickets = [box.take() for _ in range(2)]
    page = seat("anna", "1")
    other = page.context.new_page()
    other.goto(page.url)
    expect(page.locator("#now")).to_contain_text("Sportello aperto altrove.", timeout=SEEN_MS)
    page.keyboard.press("n")
    other.keyboard.press("n")
    expect(other.locator(".hand .number")).to_have_text(tickets[0].code)
    page.click("#act-here")
    expect(page.locator(".hand .number")).to_have_text(tickets[0].code)
    expect(other.locator("#now")).to_contain_text("Sportello aperto altrove.", timeout=SEEN_MS)
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(tickets[1].code)


def test_an_act_can_be_taken_back_for_five_seconds(box: Box, seat: Seated) -> None:
    ticket = box.take()
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator("#undo")).to_contain_text(f"{ticket.code} chiamato.")
    page.keyboard.press("r")
    expect(page.locator(".hand")).to_contain_text("×2")
    page.keyboard.press("a")
    expect(page.locator("#undo")).to_contain_text("non si è presentato")
    page.click("#act-undo")
    expect(page.locator(".hand .number")).to_have_text(ticket.code)
    page.keyboard.press("f")
    expect(page.locator("#undo")).to_be_visible()
    expect(page.locator("#undo")).to_be_hidden(timeout=7000)
    assert box.status(ticket) is Status.FINISHED


def test_a_refusal_is_told_on_the_desk_and_the_desk_is_brought_up_to_date(box: Box, seat: Seated) -> None:
    first, second = box.take(), box.take()
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(first.code)
    page.route("**/now?*", lambda route: route.fulfill(status=204, headers={"X-Desk-Version": "kept"}))
    box.centre.handle(CallNext(counter="1"), actor="program", command_id=web.new_command_id())
    page.keyboard.press("n")
    expect(page.locator("#said")).to_contain_text("Intanto allo sportello è cambiato il numero")
    expect(page.locator(".hand .number")).to_have_text(second.code)
    assert box.status(second) is Status.CALLED


def test_without_the_centre_nothing_can_be_pressed_and_the_desk_comes_back_alone(box: Box, seat: Seated) -> None:
    tickets = [box.take() for _ in range(3)]
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(tickets[0].code)
    expect(page.locator("#undo")).to_be_visible()
    box.stop()
    expect(page.locator("#lost")).to_contain_text("Collegamento perso: chiami a voce.", timeout=6000)
    expect(page.locator("#lost")).to_contain_text(f"Prossimi in fila: {tickets[1].code}, {tickets[2].code}")
    expect(page.locator("#lost")).to_contain_text(f"Ultimi chiamati: {tickets[0].code}")
    expect(page.locator("#act-next")).to_be_disabled()
    page.keyboard.press("n")
    box.start()
    expect(page.locator("#lost")).to_be_hidden(timeout=6000)
    expect(page.locator("#act-next")).to_be_enabled()
    assert number(page) == tickets[0].code, "nothing pressed in the silence was kept for later"
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(tickets[1].code)


def test_a_number_is_chosen_with_a_reason_and_never_by_enter(box: Box, seat: Seated) -> None:
    box.take()
    wanted = box.take("A02", language="en")
    page = seat("anna", "1")
    page.keyboard.press("/")
    page.locator("#q").fill(f"{wanted.letter}{wanted.number}")
    expect(page.locator("#sheet .lines li:visible")).to_have_count(1)
    page.locator("#sheet .lines li:visible button", has_text="Chiama").first.click()
    assert box.centre.day.in_hand("1") is None, "the reason is missing"
    page.locator("#why").fill("Accordo con un collega")
    page.locator("#why").press("Enter")
    page.wait_for_timeout(200)
    assert box.centre.day.in_hand("1") is None
    page.locator("#sheet .lines li:visible button", has_text="Chiama").first.click()
    expect(page.locator(".hand .number")).to_have_text(wanted.code)
    expect(page.locator(".hand")).to_contain_text("English")
    expect(page.locator("#sheet")).to_be_hidden()


def test_a_visitor_is_transferred_to_another_service(box: Box, seat: Seated) -> None:
    ticket = box.take("A01")
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator("#act-transfer")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#sheet .services button", has_text="Disoccupazione: DID").locator("kbd")).to_have_text("2")
    page.keyboard.press("2")
    expect(page.locator(".hand")).to_contain_text("Nessuno allo sportello")
    assert box.centre.day.tickets[ticket.id].service == "A02"


def test_the_desk_works_without_scripts(box: Box, seat: Seated) -> None:
    first, second = box.take(), box.take("A02")
    page = seat("anna", "1", scripts=False)
    page.click("#act-next")
    assert first.code in page.content()
    page.click("#act-transfer")
    page.locator(".services button", has_text="Disoccupazione: DID").click()
    assert box.centre.day.tickets[first.id].service == "A02"
    page.click("#act-choose")
    page.fill("#why", "Accordo con un collega")
    page.locator("li", has_text=second.code).get_by_role("button", name="Chiama").click()
    held = box.centre.day.in_hand("1")
    assert held is not None
    assert held.id == second.id
    page.click("#act-hold")
    page.click("#act-undo")
    assert box.status(second) is Status.CALLED


def test_it_is_too_early_for_absent_until_the_button_says_so_no_more(box: Box, seat: Seated) -> None:
    ticket = box.take()
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator("#act-no-show")).to_have_text(re.compile(r"Non c'è\s*(60|59|58) s"))
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("dopo 2 chiamate, o dopo 60 secondi")
    assert box.status(ticket) is Status.CALLED
    page.keyboard.press("r")
    expect(page.locator("#act-no-show")).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.press("a")
    expect(page.locator(".aside")).to_contain_text(ticket.code)
    page.keyboard.press("1")
    expect(page.locator(".hand .number")).to_have_text(ticket.code)


def test_who_has_no_number_is_taken_in_with_the_keyboard_alone(box: Box, seat: Seated) -> None:
    page = seat("anna", "1")
    page.keyboard.press("w")
    page.get_by_label("Lingua della persona").select_option("ar")
    page.keyboard.press("2")
    expect(page.locator("#sheet .given")).to_be_visible()
    ticket = next(iter(box.centre.day.tickets.values()))
    assert page.locator("#sheet .given").inner_text() == ticket.code
    assert (ticket.service, ticket.language, ticket.paper) == ("A02", "ar", False)
    page.get_by_role("link", name="Fatto").press("Enter")
    expect(page.locator(".coming bdi")).to_have_attribute("dir", "rtl")
    page.keyboard.press("b")
    expect(page.locator(".hand")).to_contain_text("In pausa")
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(ticket.code)


def test_one_of_two_clerks_goes_where_help_is_wanted(box: Box, seat: Seated) -> None:
    pages = [seat("anna", "1"), seat("bruno", "2")]
    box.centre.handle(CallStaff(where="Totem ingresso"), actor="kiosk", command_id=web.new_command_id())
    for page in pages:
        expect(page.locator(".help")).to_contain_text("Chiedono aiuto: Totem ingresso", timeout=SEEN_MS)
    pages[0].get_by_role("button", name="Vado io").click()
    for page in pages:
        expect(page.locator(".help")).to_have_count(0, timeout=SEEN_MS)
    assert not box.centre.day.helps


def test_the_desk_moves_into_a_window_above_the_others_and_back(box: Box, seat: Seated) -> None:
    ticket, second = box.take(), box.take()
    page = seat("anna", "1", WIDE)
    page.locator("#menu summary").click()
    with page.context.expect_page() as opening:
        page.click("#detach")
    small = opening.value
    expect(page.locator("#apart")).to_be_visible()
    small.keyboard.press("n")
    expect(small.locator(".hand .number")).to_have_text(ticket.code)
    small.keyboard.press("/")
    expect(small.locator("#sheet")).to_be_visible()
    small.locator("#sheet-close").click()
    box.take()
    expect(small.locator("#waiting")).to_have_text("2", timeout=SEEN_MS)
    page.click("#attach")
    expect(page.locator(".hand .number")).to_have_text(ticket.code)
    page.keyboard.press("n")
    expect(page.locator(".hand .number")).to_have_text(second.code)


def test_the_desk_fits_a_small_window_without_scrolling_sideways(box: Box, seat: Seated) -> None:
    for service in ("A01", "A02", "A03", "A04", "A05", "A06"):
        box.take(service, priority=service == "A03", language="ar")
    page = seat("anna", "1")
    page.keyboard.press("n")
    expect(page.locator("#act-hold")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    choose = page.locator("#act-choose").bounding_box()
    assert choose is not None
    assert choose["y"] + choose["height"] <= SMALL["height"], "every act stands on the first screen"


@pytest.mark.parametrize(("size", "language"), [(SMALL, "it"), (WIDE, "en")])
def test_no_barrier_is_found_on_the_desk(box: Box, seat: Seated, size: dict[str, int], language: str) -> None:
    waiting = [box.take(language="ar") for _ in range(4)]
    page = seat("anna", "1", size)
    page.goto(f"{page.url}?lang={language}")
    for key, shown in [
        ("n", waiting[0].code), ("p", "—"), ("n", waiting[1].code), ("r", waiting[1].code), ("a", "—"),
        ("n", waiting[2].code),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(page.locator(".hand .number")).to_have_text(shown)
        expect(page.locator(".hand")).to_contain_text("×2" if key == "r" else "")
    box.centre.handle(CallStaff(where="Totem"), actor="kiosk", command_id=web.new_command_id())
    expect(page.locator(".help")).to_be_visible(timeout=SEEN_MS)
    expect(page.locator(".aside")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert by_day_and_by_night(page) == []
    for key in ("t", "/", "w", "?"):
        page.keyboard.press(key)
        expect(page.locator("#sheet")).to_be_visible()
        assert by_day_and_by_night(page) == [], key
        page.keyboard.press("Escape")
        expect(page.locator("#sheet")).to_be_hidden()


def by_day_and_by_night(page: Page) -> list[object]:
    """The barriers of a page in its light and its dark colours."""
    found: list[object] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += barriers(page)
    return found
