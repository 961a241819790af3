"""The letters of every language in a real Chromium: fetched when needed, small, and none missing."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Response

from sportello.i18n import NAMES
from tests.browser.served import Service

LATIN = 50_000  # bytes of letters for a page: Titillium's two weights are half of it
OTHERS = 70_000
CHINESE = 90_000  # a sign is a letter, and every one in use is in the file
WHOLE = ("noto-sans-sc-chinese", "noto-sans-bengali-bengali", "noto-sans-arabic-arabic")
SCRIPTS = {
    "ar": "noto-sans-arabic-used",
    "ur": "noto-sans-arabic-used",
    "bn": "noto-sans-bengali-used",
    "uk": "noto-sans-cyrillic",
    "zh": "noto-sans-sc-used",
}


def fetched(browser: Browser, address: str) -> dict[str, int]:
    """The letter files that a fresh browser asks for, with their sizes."""
    context = browser.new_context(service_workers="block")
    page, answers = context.new_page(), list[Response]()
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => null)")
    fonts = [answer for answer in answers if ".woff2" in answer.url]
    sizes = {urlsplit(font.url).path.rpartition("/")[2]: int(font.headers["content-length"]) for font in fonts}
    context.close()
    return sizes


def test_a_kiosk_fetches_the_letters_of_the_visitors_language_alone(chromium: Browser, service: Service) -> None:
    for language in NAMES:
        fonts = fetched(chromium, f"{service.address}/service/A02?lang={language}")
        script = SCRIPTS.get(language)
        most = CHINESE if language == "zh" else OTHERS if script else LATIN
        assert 0 < sum(fonts.values()) <= most, (language, fonts)
        assert {one for one in SCRIPTS.values() if one in "".join(fonts)} == ({script} if script else set()), language
        assert not [name for name in fonts if name.startswith(WHOLE)], (language, fonts)
