"""A printer set up by somebody who has never done it: found, asked, tried, answered for, and its cover pulled."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from sportello.domain.printing import Capability
from sportello.ledger import printers
from sportello.ledger.sqlite import connect
from tests.browser.barriers import RULES, barriers
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served
from tests.paper.emulator import Emulator
from tests.paper.printing import ALL

WITHOUT_AAA = tuple(rule for rule in RULES if rule != "wcag2aaa")  # the colours of Bootstrap Italia are AA


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A centre with a manager and one printer, the virtual one."""
    folder: Path = tmp_path_factory.mktemp("office") / "centre"
    with served(founded(folder, managed=True)) as running:
        yield running


@pytest.fixture
def page(context: BrowserContext, office: Service) -> Page:
    """A manager's, signed in."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 1280, "height": 900})
    opened.goto(f"{office.address}/admin/printers")
    opened.get_by_label("Nome").fill(MANAGER)
    opened.get_by_label("Password").fill(PASSWORD)
    opened.get_by_role("button", name="Entra").click()
    return opened


def step(page: Page, title: str) -> None:
    """The step with this title, open to everybody."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    assert barriers(page, WITHOUT_AAA) == []


def test_a_new_printer_is_set_up_in_five_steps(office: Service, page: Page) -> None:
    with Emulator(mm_s=4000) as paper:
        page.get_by_role("link", name="Aggiungi una stampante").click()
        step(page, "Una stampante nuova: quale? (1 di 5)")
        page.get_by_label("Oppure il suo indirizzo").fill("non è un indirizzo")
        page.get_by_role("button", name="Avanti").click()
        expect(page.get_by_role("alert")).to_contain_text("tcp://192.168.1.50:9100", timeout=30_000)
        page.get_by_label("Oppure il suo indirizzo").fill(f"127.0.0.1:{paper.port}")
        page.get_by_role("button", name="Avanti").click()
        step(page, "Che cosa sa fare (2 di 5)")
        expect(page.locator(".lead")).to_contain_text("Ha risposto")
        page.get_by_role("button", name="Avanti").click()
        step(page, "Il foglio di prova (3 e 4 di 5)")
        assert len(paper.sheets) == 1
        for group in page.locator("fieldset.inline").all():
            group.get_by_text("Sì").click()
        page.get_by_role("button", name="Avanti").click()
        step(page, "Il coperchio, il nome (5 di 5)")
        paper.machine.cover_open = True
        expect(page.locator("#watch")).to_contain_text("Vedo che è aperto", timeout=30_000)
        paper.refill()
        expect(page.locator("#watch")).to_contain_text("Perfetto", timeout=30_000)
        page.get_by_label("Come si chiama").fill("banco")
        page.get_by_label("Quando stampa").select_option("totem")
        page.get_by_role("button", name="Fatto").click()
        expect(page.get_by_role("row").filter(has_text=paper.uri)).to_contain_text("di riserva")
    with closing(connect(office.config.database)) as db:
        kept = {one.name: one for one in printers.printers(db)}
    assert kept["banco"].capabilities == ALL | {Capability.NATIVE_QR}
    assert kept["totem"].backup == "banco"


def test_what_a_printer_can_do_is_not_taken_from_a_form(office: Service, page: Page) -> None:
    page.goto(f"{office.address}/admin/printers/new")
    page.evaluate(
        """url => {
            const form = document.querySelector("main form");
            form.action = url;
            form.insertAdjacentHTML("beforeend", '<input name="draft" value="made.up">');
        }""",
        f"{office.address}/admin/printers/new/page",
    )
    with page.expect_response("**/printers/new/page") as answer:
        page.get_by_role("button", name="Avanti").click()
    assert answer.value.status == 400
