"""Every face of the running demo, looked at. With SCREENS=docs/screens the pictures of the README are taken."""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from select import select

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

READY_S = 60
WAIT_MS = 60_000
COLOURS = 128
TRIES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    address: str
    password: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo as `make run` starts it, with a shorter past."""
    folder = tmp_path_factory.mktemp("demo")
    words = ["demo", "--port", "0", "--months", "3", "--speed", "60", "--folder", str(folder / "centre")]
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "sportello", *words], stdout=subprocess.PIPE, stderr=said, text=True
        )
        assert process.stdout is not None
        try:
            assert select([process.stdout], [], [], READY_S)[0], "the demo was not ready in time"
            address = process.stdout.readline().split()[1]
            told = re.search(r"password +(\S+)", (folder / "said").read_text(encoding="utf-8"))
            assert told
            yield Demo(address=address, password=told[1])
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=READY_S)


@pytest.fixture(scope="module")
def manager(chromium: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """Somebody signed in with the password that the terminal told."""
    context = chromium.new_context(base_url=demo.address, viewport={"width": 1280, "height": 800}, locale="it-IT")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Nome").fill("demo")
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Entra").click()
    page.wait_for_url(re.compile("(?!.*sign-in)"))
    page.close()
    yield context
    context.close()


def keep(page: Page, name: str) -> None:
    """A picture of the screen at its real size, in few colours, where it was asked for."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    assert len(picture.convert("L").getcolors(256) or range(256)) > 8, f"{name} is an empty page"
    folder = os.environ.get("SCREENS")
    if folder:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(Path(folder) / f"{name}.png", optimize=True)


def whole(page: Page) -> None:
    """Nothing of the page lies beside the screen, and it says that it is a demonstration."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    expect(page.get_by_text("DEMO", exact=False).first).to_be_visible()


@pytest.fixture
def faults() -> list[str]:
    return []


def looked_at(context: BrowserContext, faults: list[str]) -> Page:
    """A page that notes what goes wrong on it."""
    page = context.new_page()
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    return page


PORTRAIT, WIDE, LAPTOP, SMALL = (1080, 1920), (1920, 1080), (1366, 768), (360, 640)


def screen(chromium: Browser, demo: Demo, faults: list[str], size: tuple[int, int]) -> Page:
    """A page on a screen of this size, in a browser of its own."""
    context = chromium.new_context(
        base_url=demo.address, viewport={"width": size[0], "height": size[1]}, locale="it-IT", reduced_motion="reduce"
    )
    return looked_at(context, faults)


@pytest.mark.parametrize(("name", "size"), [("display", WIDE), ("display-portrait", PORTRAIT)])
def test_the_board_shows_calls_and_queues(
    chromium: Browser, demo: Demo, faults: list[str], name: str, size: tuple[int, int]
) -> None:
    page = screen(chromium, demo, faults, size)
    page.goto("/display/?inches=43&metres=8")
    page.wait_for_function("() => (document.body.innerText.match(/[A-Z]\\d{3}/g) ?? []).length >= 4", timeout=WAIT_MS)
    whole(page)
    keep(page, name)
    assert faults == []


KIOSK = {
    "kiosk": "/",
    "kiosk-services": "/area/A",
    "kiosk-service": "/service/A02",
    "kiosk-arabic": "/service/A02?lang=ar",
    "kiosk-chinese": "/area/A?lang=zh",
    "kiosk-large": "/area/A?view=large",
    "kiosk-contrast": "/service/A02?view=contrast.large",
    "kiosk-low": "/area/A?view=low",
    "kiosk-appointment": "/appointment",
    "kiosk-languages": "/languages",
}


@pytest.mark.parametrize("name", KIOSK)
def test_the_kiosk_stands_in_the_demonstration(chromium: Browser, demo: Demo, faults: list[str], name: str) -> None:
    page = screen(chromium, demo, faults, PORTRAIT)
    page.goto(KIOSK[name])
    page.wait_for_load_state("networkidle")
    whole(page)
    keep(page, name)
    assert faults == []


def test_the_kiosk_lies_on_its_side(chromium: Browser, demo: Demo, faults: list[str]) -> None:
    page = screen(chromium, demo, faults, LAPTOP)
    page.goto("/area/A")
    page.wait_for_load_state("networkidle")
    whole(page)
    keep(page, "kiosk-landscape")
    assert faults == []


def test_the_kiosk_gives_a_number_that_a_telephone_follows(chromium: Browser, demo: Demo, faults: list[str]) -> None:
    page = screen(chromium, demo, faults, PORTRAIT)
    page.goto("/service/A02")
    page.get_by_role("button", name="Stampa il numero").click()
    expect(page.locator(".giant")).to_be_visible()
    whole(page)
    keep(page, "kiosk-number")
    ticket = page.url.partition("?")[0].rpartition("/")[2]
    phone = screen(chromium, demo, faults, SMALL)
    phone.goto(f"/t/{ticket}")
    whole(phone)
    keep(phone, "phone")
    assert faults == []


def test_the_slip_is_drawn(chromium: Browser, demo: Demo, faults: list[str]) -> None:
    context = chromium.new_context(base_url=demo.address, viewport={"width": 1000, "height": 1000})
    page = looked_at(context, faults)
    page.goto("/printers/")
    page.wait_for_function("() => [...document.images].some(image => image.naturalHeight > 400)", timeout=WAIT_MS)
    keep(page, "slips")
    assert faults == []
    context.close()


def somebody_called(page: Page) -> bool:
    """Ask for the next visitor; the simulated clerks of the other counters may have been faster."""
    page.get_by_role("button", name=re.compile("Chiama il prossimo")).click()
    page.wait_for_timeout(1000)
    return re.fullmatch(r"[A-Z]\s?\d{3}", page.locator(".number").inner_text()) is not None


def test_the_desk_calls(manager: BrowserContext, faults: list[str]) -> None:
    page = looked_at(manager, faults)
    page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
    page.goto("/counter/")
    page.get_by_role("button", name=re.compile("Sportello 1")).click()
    assert any(somebody_called(page) for _ in range(TRIES)), "the simulated clerks left nobody for this desk"
    whole(page)
    keep(page, "counter")
    assert faults == []


MANAGERS = {
    "/admin/": "admin",
    "/admin/compliance": "compliance",
    "/admin/devices": "devices",
    "/admin/plan": "plan",
    "/admin/appointments": "appointments",
}


@pytest.mark.parametrize(("path", "name"), MANAGERS.items())
def test_managers_see_the_centre_and_the_figures(
    manager: BrowserContext, faults: list[str], path: str, name: str
) -> None:
    page = looked_at(manager, faults)
    page.goto(path)
    if name == "compliance":
        page.set_viewport_size({"width": 1280, "height": 1400})
        expect(page.locator(".drawing svg")).to_have_count(4, timeout=WAIT_MS)
    whole(page)
    keep(page, name)
    assert faults == []
