"""A real service for a real browser: of one test's own, or shared by the tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from sportello.config import Config
from tests.browser.served import Service, founded, served


@pytest.fixture(autouse=True)
def _no_page_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test opened: a page that stays asks for its centre every second, though the centre is gone."""
    if "chromium" not in request.fixturenames:
        yield
        return
    chromium: Browser = request.getfixturevalue("chromium")
    before = list(chromium.contexts)
    yield
    for context in chromium.contexts:
        if context not in before:
            context.close()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return founded(tmp_path / "centre")


@pytest.fixture
def service(config: Config) -> Iterator[Service]:
    with served(config) as running:
        yield running


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that the tests of one file share, for pages that are the same whatever was done before."""
    with served(founded(tmp_path_factory.mktemp("standing") / "centre")) as running:
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one test's own; nothing it asks for may come from elsewhere."""
    opened = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="it-IT")
    yield opened
    opened.close()
