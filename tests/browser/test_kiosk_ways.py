"""The ways of different people through the kiosk: few taps, no touch at all, by ear, with an appointment."""

import re
import wave
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from sportello.centre import Centre
from sportello.config import Config
from sportello.domain.clock import ROME, wall_ms
from sportello.domain.commands import AdoptPlan
from sportello.domain.plan import Offer
from sportello.ledger import appointments, queries
from sportello.ledger.appointments import Appointment
from sportello.ledger.sqlite import connect
from sportello.timekeeping import system_clock
from tests.browser.kiosks import PX_PER_MM
from tests.browser.served import Service, founded, served
from tests.browser.test_kiosk_states import issued, plan_of

CODE = "4711"
COUNT_TONES = """
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""
PLAY_AT_ONCE = """
  Object.defineProperty(BaseAudioContext.prototype, "state", { get: () => "running" });
  AudioBufferSourceNode.prototype.start = function () { setTimeout(() => this.dispatchEvent(new Event("ended")), 10); };
  AudioBufferSourceNode.prototype.stop = function () {};
"""


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A centre with three services, one that welcomes, and somebody who is expected at noon."""
    config = founded(tmp_path_factory.mktemp("ways") / "centre")
    expect_at_noon(config)
    with served(config) as running:
        whole = plan_of(running)
        letters = {"A01": "H", "A02": "T", "A06": "L", "A10": "D"}
        few = tuple(Offer(service=code, letter=letter) for code, letter in letters.items())
        running.do(AdoptPlan(plan=replace(whole, offers=few)))
        yield running


def expect_at_noon(config: Config) -> None:
    noon = datetime.now(ROME).replace(hour=12, minute=0, second=0, microsecond=0)
    one = Appointment(code=CODE, day=noon.date(), service="A02", booked_ms=wall_ms(noon))
    with closing(Centre(config.database, config.code, system_clock())) as centre:
        centre.write(lambda db: appointments.keep_day(db, noon.date(), [one], noon.date()))


@pytest.fixture
def page(chromium: Browser, centre: Service) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    opened = context.new_page()
    opened.add_init_script(COUNT_TONES)
    opened.clock.install()
    opened.goto(centre.address)
    yield opened
    context.close()


# --- taps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "most"),
    [
        (("Disoccupazione: DID", "Stampa il numero"), 2),
        (("Disoccupazione: DID", "Ho diritto alla precedenza"), 3),
        (("English", "Unemployment: DID", "button:print"), 3),
        (("Non so: aiutatemi", "Stampa il numero"), 2),
    ],
    ids=["Italian", "with precedence", "in English", "who does not know"],
)
def test_a_number_takes_two_to_four_taps(page: Page, names: tuple[str, ...], most: int) -> None:
    for name in names:
        where = page.locator(".first") if name == "button:print" else page.get_by_text(name, exact=True)
        where.first.click()
        page.wait_for_load_state()
    expect(page.locator(".giant")).to_be_visible()
    assert len(names) <= most


def test_a_second_tap_that_was_meant_for_the_page_before_takes_no_number(page: Page, centre: Service) -> None:
    before = issued(centre)
    row = page.get_by_text("Disoccupazione: DID").bounding_box()
    assert row
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 5)  # the next page stays as it is in its first moment
    for _ in range(3):
        page.mouse.click(row["x"] + 5, row["y"] + 5, delay=20)
    button = page.locator("button.first")
    expect(button).to_be_visible()
    page.wait_for_load_state()
    box = button.bounding_box()
    assert box
    page.mouse.click(box["x"] + 20, box["y"] + 20)
    page.wait_for_timeout(300)
    assert issued(centre) == before
    page.clock.run_for(600)
    page.mouse.click(box["x"] + 20, box["y"] + 20)
    page.locator(".giant").wait_for()
    assert issued(centre) != before


# --- without touching the glass --------------------------------------------------------------------------


def test_arrows_and_the_round_key_lead_to_a_number(page: Page) -> None:
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("Disoccupazione: DID")
    outline = page.locator(":focus").evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)")
    assert outline >= 1.5 * PX_PER_MM
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("Certificati e dati")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/A02")
    page.wait_for_load_state()
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Stampa il numero")
    page.keyboard.press("Enter")
    expect(page.locator(".giant")).to_be_visible()


def test_the_place_of_the_keys_stays_on_the_page_when_it_is_laid_out_again(page: Page, centre: Service) -> None:
    page.set_viewport_size({"width": 1366, "height": 640})
    page.goto(f"{centre.address}/service/A02")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_have_text("Continui a leggere")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.locator(":focus")).to_have_text("Stampa il numero")


@pytest.mark.parametrize(("language", "key"), [("it", "ArrowLeft"), ("it", "Escape"), ("ar", "ArrowRight")])
def test_one_key_leads_back(page: Page, centre: Service, language: str, key: str) -> None:
    page.goto(f"{centre.address}/service/A02?lang={language}")
    page.keyboard.press(key)
    page.wait_for_url(re.compile(r"/(\?lang=ar)?$"))


# --- by ear ----------------------------------------------------------------------------------------------


def silence() -> bytes:
    sound = BytesIO()
    with wave.open(sound, "wb") as clip:
        clip.setparams((1, 2, 16000, 0, "NONE", ""))
        clip.writeframes(bytes(320))
    return sound.getvalue()


@pytest.fixture
def heard(page: Page) -> list[tuple[str, str]]:
    """What the page asks to be said, with the language; every sentence is over at once."""
    said: list[tuple[str, str]] = []

    def answer(route: Route) -> None:
        address = urlsplit(route.request.url)
        said.append((Path(address.path).stem, parse_qs(address.query)["text"][0]))
        route.fulfill(body=silence(), content_type="audio/wav")

    page.route("**/voice/say/**", answer)
    page.add_init_script(PLAY_AT_ONCE)  # a kiosk's browser lets a page speak; this one may not
    return said


def listening(page: Page, heard: list[tuple[str, str]], wanted: str) -> None:
    """Wait until a sentence was said."""
    for _ in range(100):
        if any(wanted in text for _, text in heard):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{wanted!r} was not said: {heard}")


def test_a_blind_person_gets_a_number_by_ear_and_hears_it_twice(page: Page, heard: list[tuple[str, str]]) -> None:
    page.keyboard.press("*")
    page.wait_for_url("**/?ear=3")
    listening(page, heard, "Di che cosa ha bisogno?")
    listening(page, heard, "1 di 5")
    expect(page.locator(":focus")).to_contain_text("Disoccupazione: DID")
    page.keyboard.press("ArrowDown")
    listening(page, heard, "2 di 5")
    assert "Certificati e dati" in heard[-1][1]
    heard.clear()
    page.keyboard.press("ArrowUp")
    listening(page, heard, "2 di 5")
    page.keyboard.press("Enter")
    page.wait_for_url("**/service/A06?ear=3")
    listening(page, heard, "Che cosa serve")
    listening(page, heard, "Stampa il numero")
    page.keyboard.press("Enter")
    page.wait_for_url("**/number/*?ear=3")
    listening(page, heard, "Il Suo numero è")
    told = next(text for _, text in heard if "Il Suo numero è" in text)
    assert told.count("Il Suo numero è elle, ") == 2, told
    assert {language for language, _ in heard} == {"it"}
    assert all(len(text) <= 400 for _, text in heard)


def test_the_guide_speaks_the_language_that_is_shown(page: Page, centre: Service, heard: list[tuple[str, str]]) -> None:
    page.goto(f"{centre.address}/?lang=en&ear=2")
    listening(page, heard, "Unemployment: DID")
    assert {language for language, _ in heard} == {"en"}


def test_a_touch_cuts_the_sentence_short(page: Page, centre: Service, heard: list[tuple[str, str]]) -> None:
    page.goto(f"{centre.address}/service/A02?ear=3")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert not any("Il nostro impegno" in text for _, text in heard)


def test_the_volume_goes_up_and_down_and_is_forgotten_with_the_session(page: Page, centre: Service) -> None:
    page.goto(f"{centre.address}/?ear=4")
    page.keyboard.press("+")
    page.wait_for_url("**/?ear=5")
    expect(page.get_by_role("button", name="Più forte")).to_have_count(0)
    page.keyboard.press("-")
    page.wait_for_url("**/?ear=4")
    steps = page.evaluate("async () => (await import('/kiosk/static/guide.js')).STEPS_DB")
    assert steps[-1] - steps[0] >= 18
    assert steps[0] + 12 in steps
    page.clock.fast_forward(121_000)
    expect(page.get_by_role("dialog", name="È ancora qui?")).to_be_visible()
    page.get_by_role("button", name="No, ho finito").click()
    page.wait_for_url(f"{centre.address}/")
    expect(page.locator("html")).not_to_have_attribute("data-ear", re.compile("."))


def test_a_language_without_a_voice_says_so_in_writing(page: Page, centre: Service) -> None:
    page.route("**/voice/say/**", lambda route: route.fulfill(status=204))
    page.goto(f"{centre.address}/?ear=3")
    expect(page.get_by_text("Questa lingua qui non ha voce.")).to_be_visible()


# --- time ------------------------------------------------------------------------------------------------


def test_the_end_of_the_time_is_seen_and_heard(page: Page, centre: Service) -> None:
    page.goto(f"{centre.address}/service/A02")
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("dialog", name="È ancora qui?")).to_be_visible()
    assert page.evaluate("window.tones") == 1


def test_who_listens_has_twice_the_time_and_hears_that_it_ends(
    page: Page, centre: Service, heard: list[tuple[str, str]]
) -> None:
    page.goto(f"{centre.address}/service/A02?ear=3")
    page.clock.fast_forward(119_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("dialog", name="È ancora qui?")).to_be_visible()
    listening(page, heard, "È ancora qui?")


def test_the_language_is_not_taken_away_without_asking(page: Page, centre: Service) -> None:
    page.goto(f"{centre.address}/?lang=ar")
    page.clock.fast_forward(61_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.clock.fast_forward(21_000)
    page.wait_for_url(f"{centre.address}/")


def test_a_number_stays_for_whoever_asks_for_more_time(page: Page) -> None:
    page.get_by_text("Disoccupazione: DID").click()
    page.get_by_role("button", name="Stampa il numero").click()
    expect(page.locator("#longer")).to_be_visible()  # its script is at work
    page.clock.fast_forward(25_000)
    page.get_by_role("button", name="Ho bisogno di più tempo").click()
    page.clock.fast_forward(25_000)
    expect(page.locator(".giant")).to_be_visible()
    expect(page.locator("#closes-in")).to_have_text(re.compile("^3[0-9]$"))


# --- who is expected ---------------------------------------------------------------------------------------


def test_a_code_that_is_tapped_and_one_that_is_read_give_the_same_number(page: Page, centre: Service) -> None:
    page.get_by_text("Ho un appuntamento").click()
    for digit in "47711":
        page.locator(f"[data-key='{digit}']").click()
        if page.locator("#code").input_value() == "477":
            page.get_by_role("button", name="Cancella l'ultima cifra").click()
    expect(page.locator("#code")).to_have_value(CODE)
    page.get_by_role("button", name="Conferma il codice").click()
    number = page.locator(".giant").inner_text()
    before = issued(centre)
    page.goto(f"{centre.address}/appointment?lang=en")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    expect(page.locator(".giant")).to_have_text(number)
    assert issued(centre) == before


def test_an_unknown_code_leaves_every_way_open(page: Page, centre: Service) -> None:
    page.goto(f"{centre.address}/appointment")
    page.keyboard.type("0000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Questo codice non c'è.")
    page.get_by_role("button", name="Non ho il codice: prendo un numero").click()
    expect(page.locator(".giant")).to_have_text(re.compile("^H"))


def test_a_clerk_can_be_called_from_every_page_and_sent_back(page: Page, centre: Service) -> None:
    page.goto(f"{centre.address}/service/A02?lang=it&view=large")
    page.get_by_role("button", name="Chiami un operatore").click()
    expect(page.get_by_role("heading", name="Arriva un operatore")).to_be_visible()
    page.get_by_role("button", name="Non serve più").click()
    page.wait_for_url("**/service/A02?view=large")
    ledger = connect(centre.config.database)
    day, _ = queries.service_day(ledger, centre.config.code)
    ledger.close()
    assert not day.helps
