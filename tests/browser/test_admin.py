"""The managers' pages and the door in a real Chromium, over a real server and a real ledger."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from sportello import web
from sportello.app import create_app
from sportello.centre import Centre
from sportello.charters import examples
from sportello.domain.commands import CallNext, Command, IssueTicket, StopIssuing
from sportello.domain.slips import JobState
from sportello.timekeeping import system_clock
from tests.browser.barriers import RULES, barriers
from tests.browser.served import founded
from tests.paper.jobs import TOTEM, become

NAME, PASSWORD, CODE = "Anna Rossi", "quattro parole da ricordare", "AB12-CD34-EF56"
DESK = {"width": 1366, "height": 768}
WITHOUT_AAA = tuple(rule for rule in RULES if rule != "wcag2aaa")  # the colours of Bootstrap Italia are AA
PHONE = {"width": 390, "height": 844}
PAGES = ("", "day", "compliance", "compliance?by=hour", "plan", "charter", "charter/como/2026-1", "charter/new",
         "by-hand", "lep", "people", "programs", "prints", "printers", "force-majeure", "radar", "evidence", "what-if",
         "verification", "verification/2026", "opinions", "appointments", "devices")  # fmt: skip

ENGLISH = ("compliance", "plan", "verification", "verification/2026", "force-majeure", "radar")

# a page left while it still loads makes the in-process server drop a file it was sending
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


class Box:
    """A centre that serves, with a morning behind it."""

    def __init__(self, folder: Path) -> None:
        config = founded(folder)
        self.centre = Centre(config.database, config.code, system_clock(), printers=(TOTEM,))
        self._app = create_app(config, self.centre)
        self._app.config["SETUP_CODE"] = CODE
        self._server = make_server("127.0.0.1", 0, self._app, threaded=True, request_handler=Silent)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._live()

    def do(self, command: Command) -> None:
        self.centre.handle(command, actor="other", command_id=web.new_command_id())

    def _live(self) -> None:
        """Numbers, calls, an outage and a slip in doubt, so that every page has something to show."""
        for _ in range(6):
            self.do(IssueTicket(service="A01"))
        for counter in ("1", "2"):
            self.do(CallNext(counter=counter))
        self.do(StopIssuing(service="A02", why="Guasto al portale"))
        become(self.centre, JobState.UNKNOWN)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._app.extensions["studio"].close()
        self.centre.close()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    served = Box(tmp_path_factory.mktemp("box") / "centre")
    yield served
    served.stop()


@pytest.fixture(scope="module")
def context(chromium: Browser, box: Box) -> Iterator[BrowserContext]:
    """A browser in which the first manager has set up the centre and is signed in."""
    made = chromium.new_context(base_url=box.address, viewport=DESK)  # type: ignore[arg-type]
    page = made.new_page()
    page.goto("/admin/")
    page.get_by_label("Codice di avvio").fill(CODE)
    page.get_by_label("Nome").fill(NAME)
    page.get_by_label("La password", exact=True).fill(PASSWORD)
    page.get_by_label("La stessa password, un'altra volta").fill(PASSWORD)
    assert_accessible(page)
    page.get_by_role("button", name="Comincia").click()
    page.wait_for_url("**/admin/")
    page.close()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must raise no error: no script, style or font refused by the policy."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    opened.close()
    assert [text for text in errors if "the server responded with a status of 4" not in text] == []


def assert_accessible(page: Page) -> None:
    assert barriers(page, WITHOUT_AAA) == []


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("path", [*PAGES, *(f"{one}?lang=en" for one in ENGLISH)])
def test_every_page_is_accessible_and_fits(page: Page, path: str) -> None:
    page.goto(f"/admin/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert_fits(page)


def test_every_page_asks_nothing_of_other_hosts(page: Page, box: Box) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(f"/admin/{path}")
    assert asked
    assert [url for url in asked if not url.startswith((box.address, "data:"))] == []


def test_the_door_is_accessible_also_when_it_refuses(chromium: Browser, context: BrowserContext, box: Box) -> None:
    page = chromium.new_context(base_url=box.address).new_page()
    page.goto("/sign-in")
    assert_accessible(page)
    page.get_by_label("Nome").fill(NAME)
    page.get_by_label("Password").fill("non questa, no")
    page.get_by_role("button", name="Entra").click()
    expect(page.get_by_role("alert")).to_have_text("Nome o password non giusti. Controlli e riprovi.")
    expect(page.get_by_label("Nome")).to_have_value(NAME)
    assert_accessible(page)
    page.context.close()


def test_a_plan_is_mended_looked_at_and_adopted(page: Page, box: Box) -> None:
    page.goto("/admin/plan")
    page.get_by_label("Sabato").fill("9-12")
    page.get_by_label("Chiusure").fill("24/12/2026 Vigilia di Natale")
    page.get_by_role("button", name="Vedi che cosa cambia").last.click()
    expect(page.get_by_role("alert")).to_have_text("C'è 1 cosa da correggere.")
    expect(page.get_by_text("«9-12» non è un orario come 09:00-13:00.")).to_be_visible()
    assert_accessible(page)
    expect(page.get_by_label("Chiusure")).to_have_value("24/12/2026 Vigilia di Natale")
    page.get_by_label("Sabato").fill("09:00-12:00")
    page.get_by_label("Sabato").press("Enter")  # Enter looks, it never adopts nor adds a counter
    expect(page.get_by_role("row", name="Sabato chiuso 09:00-12:00")).to_be_visible()
    assert_accessible(page)
    assert "sat" not in box.centre.day.plan.hours
    page.get_by_role("button", name="Metti in vigore").click()
    expect(page.get_by_role("status")).to_have_text("La configurazione è in vigore da ora.")
    assert [(one.start, one.end) for one in box.centre.day.plan.hours["sat"]] == [(540, 720)]


def test_a_charter_is_written_tried_looked_at_and_adopted(page: Page, box: Box, tmp_path: Path) -> None:
    text = examples()["como"].read_text(encoding="utf-8")
    file = tmp_path / "carta-2030.toml"
    file.write_text(text.replace('letter = "H"', 'letter = "Q"', 1), encoding="utf-8")
    page.goto("/admin/charter/new")
    page.get_by_label("File della Carta").set_input_files(file)
    page.get_by_role("button", name="Controlla il file").click()
    expect(page.get_by_role("alert")).to_contain_text("Niente è stato adottato.")
    assert_accessible(page)

    page.goto("/admin/charter")
    page.get_by_role("button", name="Comincia da como/2026-1").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("Bozza como/")
    assert_accessible(page)
    draft = page.url

    page.get_by_role("link", name="TEMP-A01").click()
    expect(page.get_by_label("Soglia in minuti")).to_have_value("15")
    page.get_by_label("Soglia in minuti").fill("12,5")
    page.get_by_role("button", name="Prova sugli ultimi dodici mesi").click()
    expect(page.get_by_role("status")).to_contain_text("prova")
    expect(page.get_by_label("Soglia in minuti")).to_have_value("12,5")
    assert_accessible(page)
    page.get_by_label("Valore programmato").fill("90 % entro 12 minuti e mezzo")
    page.get_by_role("button", name="Salva nella bozza").click()
    expect(page.get_by_role("status").first).to_have_text("La bozza è salvata.")

    page.goto(draft)
    page.get_by_role("link", name=re.compile("^A02 ")).click()
    page.get_by_label("Scritta sul pulsante", exact=True).fill("Ho perso il lavoro")
    assert_accessible(page)
    page.get_by_role("button", name="Salva nella bozza").click()

    page.goto(draft)
    expect(page.get_by_role("row", name="soglia in secondi 900 750")).to_be_visible()
    page.get_by_role("link", name="Guarda il totem").click()
    kiosk = page.frame_locator("iframe")
    kiosk.get_by_role("link", name="Cittadini").click()
    expect(kiosk.get_by_text("Ho perso il lavoro")).to_be_visible()
    assert_accessible(page)

    page.goto(draft)
    page.get_by_label("Numero dell'atto").fill("12")
    page.get_by_label("Data dell'atto").fill("01/12/2030")
    page.get_by_label("In vigore dal").fill("01/01/2031")
    page.get_by_role("button", name="Adotta questa versione").click()
    expect(page.get_by_text("adottata, non ancora in vigore")).to_be_visible()
    assert_accessible(page)
    new = box.centre.day.charters[-1]
    assert (new.standards[1].threshold_s, new.act.number) == (750, "12")
    assert new.sheet("A02").label["it"] == "Ho perso il lavoro"  # type: ignore[union-attr]


def test_secrets_are_shown_once(page: Page) -> None:
    page.goto("/admin/people")
    page.get_by_label("Nome").fill("Carla Bianchi")
    page.get_by_role("button", name="Aggiungi").click()
    password = page.locator(".secret").inner_text()
    assert_accessible(page)
    page.get_by_role("link", name="Fatto").click()
    expect(page.get_by_text("Carla Bianchi").first).to_be_visible()
    assert password not in page.content()
    assert_accessible(page)
    page.goto("/admin/programs")
    page.get_by_label("Nome").fill("totem-2")
    page.get_by_role("button", name="Crea la chiave").click()
    assert len(page.locator(".secret").inner_text()) >= 40
    assert_accessible(page)
