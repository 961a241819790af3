"""What each face weighs in a fresh browser, over the wire, against what it may weigh; and that it asks nobody else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, StorageState

from sportello import local
from sportello.domain.commands import IssueTicket
from tests.browser.served import MANAGER, PASSWORD, Service, founded, served

KILOBYTE = 1000
LETTERS, PICTURES, PAGE, CODE = "letters", "pictures", "page", "styles and scripts"
KINDS = {"Font": LETTERS, "Image": PICTURES, "Document": PAGE, "Stylesheet": CODE, "Script": CODE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most a face may weigh, in kilobytes; its letters are counted apart."""

    whole: float
    letters: float = 40  # two weights of Titillium, and the languages' own names


BUDGETS = {
    "/": Budget(whole=60),
    "/service/A02": Budget(whole=60),
    "/service/A02?lang=ar&view=large.contrast": Budget(whole=60, letters=70),
    "/area/A?lang=zh": Budget(whole=60, letters=100),  # a sign is a letter
    "/appointment": Budget(whole=60),
    "/display/": Budget(whole=60),
    "/counter/1/": Budget(whole=45),
    "/admin/": Budget(whole=200),
    "/admin/compliance": Budget(whole=200),
    "/t/{ticket}": Budget(whole=15, letters=0),
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(founded(tmp_path_factory.mktemp("weights") / "centre", managed=True)) as running:
        yield running


@pytest.fixture(scope="module")
def ticket(centre: Service) -> str:
    with local.line(centre.config) as ask:
        answer = local.command(ask, IssueTicket(service="A02"), actor="test")
    return str(next(one["data"]["ticket"] for one in answer if one["kind"] == "TicketIssued"))


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, centre: Service) -> Iterator[StorageState]:
    """What a browser keeps of somebody who came in by the door."""
    context = chromium.new_context(base_url=centre.address)
    page = context.new_page()
    page.goto("/sign-in?next=/counter/")
    page.get_by_label("Nome").fill(MANAGER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Entra").click()
    page.get_by_role("button", name="Sportello 1").click()
    page.wait_for_url("**/counter/1/*")
    yield context.storage_state()
    context.close()


@pytest.fixture
def fresh(chromium: Browser, centre: Service, signed_in: StorageState) -> Iterator[BrowserContext]:
    """A browser that was never here, of somebody who may see everything."""
    context = chromium.new_context(
        base_url=centre.address,
        storage_state=signed_in,
        service_workers="block",
        locale="it-IT",
    )
    yield context
    context.close()


@pytest.mark.parametrize("path", BUDGETS)
def test_a_page_weighs_no_more_than_it_may_and_asks_nobody_else(
    fresh: BrowserContext, centre: Service, ticket: str, path: str
) -> None:
    page = fresh.new_page()
    wire = fresh.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, str] = {}
    hosts: set[str] = set()
    weights: Counter[str] = Counter()
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    wire.on("Network.requestWillBeSent", lambda event: hosts.add(urlsplit(event["request"]["url"]).netloc))
    wire.on(
        "Network.loadingFinished",
        lambda event: weights.update({KINDS.get(kinds.get(event["requestId"], ""), PAGE): event["encodedDataLength"]}),
    )
    page.goto(path.format(ticket=ticket), wait_until="load")
    page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 300)))")  # what scripts ask for
    letters = weights.pop(LETTERS, 0)
    budget = BUDGETS[path]
    assert {PAGE, CODE} <= weights.keys()
    assert weights.total() <= budget.whole * KILOBYTE, weights
    assert letters <= budget.letters * KILOBYTE
    assert hosts - {""} == {urlsplit(centre.address).netloc}
