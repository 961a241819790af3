"""A new screen in a real browser: let in from afar, seen by its manager, and at work again after an outage."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sportello import config as settings
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served

BACK_MS = 5000
GONE_S = 10.0
AWAY = [
    ("/", "Il totem riparte tra un momento. Chieda a un operatore."),
    ("/display/", "Il tabellone riparte tra un momento. Ascolti la chiamata dello sportello."),
]


def own_address() -> str:
    """This machine's address on a network; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Service]:
    """A centre that listens to its network, with a manager."""
    config = founded(tmp_path / "centre", managed=True)
    path = config.folder / "centre.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('host = "127.0.0.1"', 'host = "0.0.0.0"').replace("names = []", f'names = ["{own_address()}"]')
    path.write_text(text, encoding="utf-8")
    config = settings.read(path)
    assert config.host == "0.0.0.0"
    with served(config) as running:
        yield running


class Breaking(BaseHTTPRequestHandler):
    """A service that dies while its page is on the way: the heads arrive, and nothing of the body that shows."""

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self.send_error(HTTPStatus.BAD_GATEWAY)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "20000")
        self.end_headers()
        self.wfile.write(b"<!doctype html><html lang=it><head>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def breaking(address: str) -> Iterator[None]:
    """Where the service was, one whose pages break off."""
    with _in_place_of(int(address.rpartition(":")[2])) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def _in_place_of(port: int) -> ThreadingHTTPServer:
    """A server at the port of one whose last process is still dying."""
    ends = monotonic() + GONE_S
    while True:
        try:
            return ThreadingHTTPServer(("127.0.0.1", port), Breaking)
        except OSError:
            assert monotonic() < ends


def test_a_new_board_is_let_in_seen_and_shut_out(chromium: Browser, office: Service) -> None:
    beyond = office.address.replace("127.0.0.1", own_address())
    board = chromium.new_context(viewport={"width": 1920, "height": 1080}).new_page()
    board.goto(f"{beyond}/display/")
    expect(board.get_by_role("heading")).to_have_text("Questo tabellone non è ancora collegato")
    assert board.locator(".scan img").evaluate("image => image.complete && image.naturalWidth > 20")
    code = re.sub(r"\s", "", board.locator(".code bdi").inner_text())

    manager = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    manager.goto(f"{beyond}/admin/devices?code={code}")  # what the code to scan leads to
    manager.get_by_label("Nome").fill(MANAGER)
    manager.get_by_label("Password").fill(PASSWORD)
    manager.get_by_role("button", name="Entra").click()
    manager.get_by_label("Nome").fill("Sala d'attesa")
    manager.get_by_role("button", name="Collega questo schermo").click()
    board.wait_for_url(f"{beyond}/display/", timeout=BACK_MS)
    expect(board.locator("#clock")).to_have_text(re.compile(r"\d:\d\d"))

    manager.get_by_role("link", name="Sala d'attesa").click()
    expect(manager.get_by_text("Questo schermo si legge fino a 8 m.")).to_be_visible()
    seen = manager.frame_locator("iframe")
    expect(seen.locator("#clock")).to_have_text(re.compile(r"\d:\d\d"))
    frame = manager.locator("iframe")
    box = frame.bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (480, 270)

    manager.get_by_text("Scollega questo schermo").click()
    manager.get_by_role("button", name=re.compile("Sì, scollega")).click()
    board.evaluate("dispatchEvent(new Event('online'))")  # not to wait for its next beat
    board.wait_for_url("**/enrol/display", timeout=BACK_MS)
    board.context.close()
    manager.context.close()


def kept(context: BrowserContext, service: Service, path: str) -> Page:
    """A screen's page, with what it keeps for while the service is away."""
    page = context.new_page()
    page.goto(f"{service.address}{path}")
    page.evaluate("navigator.serviceWorker.ready.then(() => new Promise(done => setTimeout(done, 300)))")
    return page


@pytest.mark.parametrize(("path", "told"), AWAY)
def test_a_page_loaded_while_the_service_is_away_is_ours_and_comes_back(
    context: BrowserContext, service: Service, path: str, told: str
) -> None:
    page = kept(context, service, path)
    service.kill()
    page.reload()
    expect(page.get_by_role("heading")).to_have_text(told)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(4, 44, 85)"
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px \"Titillium Web\"'))")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    service.start()
    expect(page.locator("body.kiosk, body.display")).to_be_visible(timeout=BACK_MS)
    files = page.evaluate(
        "caches.keys().then(names => caches.open(names[0])).then(one => one.keys())"
        ".then(found => found.map(request => new URL(request.url).pathname))"
    )
    assert "/offline/kiosk" in files
    assert all("/static/" in one or one.startswith("/offline/") for one in files), "no page of a visitor is kept"


@pytest.mark.parametrize(("path", "told"), AWAY)
def test_a_page_that_breaks_off_on_its_way_leaves_no_empty_screen(
    context: BrowserContext, service: Service, path: str, told: str
) -> None:
    page = kept(context, service, path)
    service.kill()
    with breaking(service.address):
        page.reload()
        expect(page.get_by_role("heading")).to_have_text(told)
    service.start()
    expect(page.locator("body.kiosk, body.display")).to_be_visible(timeout=BACK_MS)
