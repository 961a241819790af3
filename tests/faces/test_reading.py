"""How easily the kiosk's Italian is read: the Gulpease index of each screen, 80 or more."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from sportello.centre import Centre
from sportello.domain import commands as c
from tests.faces.conftest import Hands

ITALIAN = ("it", "it-facile")
LEAST = 80  # read with ease by who left school at fourteen
PIECES = {"p", "h1", "h2", "h3", "li", "button", "a", "small", "td", "th", "dt", "dd", "label", "div", "dialog", "main"}
NO_END = {"input", "br", "img", "use", "path", "link", "meta", "hr"}
NOT_SHOWN = {"script", "style", "template", "svg", "noscript"}


class Screen(HTMLParser):
    """What is read on a page, a piece to each block: the content and the dialogs, without the bars around them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = [""]
        self.links: list[str] = []
        self.hidden: dict[str, str] = {}
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "input" and found.get("type") == "hidden":
            self.hidden[found["name"]] = found["value"]
        if tag in PIECES:
            self.pieces.append("")
        if tag not in NO_END:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass
        if tag in PIECES:
            self.pieces.append("")

    def handle_data(self, text: str) -> None:
        if {"main", "dialog"} & {*self._inside} and not NOT_SHOWN & {*self._inside}:
            self.pieces[-1] += text


def sentences(page: str) -> list[str]:
    """The sentences on a screen. A word or two alone, a name or a number, is no sentence and would only flatter."""
    pieces = (" ".join(piece.split()) for piece in Screen(page).pieces)
    told = (sentence for piece in pieces for sentence in re.split(r"(?<=[.!?:;])\s", piece))
    return [sentence for sentence in told if len(words(sentence)) > 2]


def words(sentence: str) -> list[str]:
    return re.findall(r"\w+", sentence)


def gulpease(told: list[str]) -> float:
    """89 + (300 × sentences − 10 × letters) / words: under 40 is hard for most, over 80 easy for all who can read."""
    spoken = [word for sentence in told for word in words(sentence)]
    letters = sum(map(len, spoken))
    return 89 + (300 * len(told) - 10 * letters) / len(spoken) if spoken else 100.0


def screens(kiosk: FlaskClient, language: str) -> Iterator[tuple[str, str]]:
    """Every page that taps lead to, from the start, in one language and in the plain view."""
    ahead, met = [f"/?lang={language}"], set[str]()
    while ahead:
        address = ahead.pop()
        answer = kiosk.get(address)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield address, answer.text
        found = [link for link in Screen(answer.text).links if plain(link, language)]
        ahead += {link for link in found if urlsplit(link).path not in met}
        met |= {urlsplit(link).path for link in found}


def plain(link: str, language: str) -> bool:
    asked = parse_qs(urlsplit(link).query)
    return link.startswith("/") and asked.get("lang", ["it"]) == [language] and not {"view", "ear"} & asked.keys()


@pytest.fixture
def kiosk(app: APIFlask) -> FlaskClient:
    return app.test_client()


def do(centre: Centre, command: c.Command) -> None:
    centre.handle(command, actor="test", command_id=f"reading-{type(command).__name__}")


@pytest.mark.parametrize("language", ITALIAN)
def test_every_screen_is_easy_to_read(kiosk: FlaskClient, language: str) -> None:
    marks = {address: round(gulpease(sentences(page))) for address, page in screens(kiosk, language)}
    assert len(marks) > 20
    assert not {address: mark for address, mark in marks.items() if mark < LEAST}


@pytest.mark.parametrize("language", ITALIAN)
def test_the_number_is_easy_to_read(kiosk: FlaskClient, language: str) -> None:
    page = Screen(kiosk.get(f"/service/A02?lang={language}").text)
    number = kiosk.post("/take", data=page.hidden, follow_redirects=True)
    assert "T001" in "".join(Screen(number.text).pieces).replace(" ", "")
    assert gulpease(sentences(number.text)) >= LEAST


STATES = ("stopped", "closed", "nothing offered", "every number given", "nobody welcomes")


@pytest.mark.parametrize("language", ITALIAN)
@pytest.mark.parametrize("state", STATES)
def test_where_there_is_no_number_the_reason_is_easy_to_read(
    kiosk: FlaskClient, centre: Centre, clock: Hands, state: str, language: str
) -> None:
    plan = centre.day.plan
    one = plan.offer("A02")
    assert one
    match state:
        case "stopped":
            do(centre, c.StopIssuing(why="guasto"))
        case "closed":
            do(centre, c.AdoptPlan(plan=replace(plan, always_open=False)))
            clock.forward(12 * 3600)
        case "every number given":
            do(centre, c.AdoptPlan(plan=replace(plan, offers=(replace(one, quota=0),), always_open=False)))
        case "nobody welcomes":
            do(centre, c.AdoptPlan(plan=replace(plan, offers=(one,))))
        case _:
            do(centre, c.AdoptPlan(plan=replace(plan, offers=())))
    address = "/unsure" if state == "nobody welcomes" else "/"
    told = sentences(kiosk.get(f"{address}?lang={language}").text)
    assert told
    assert gulpease(told) >= LEAST, told


@pytest.mark.parametrize("language", ITALIAN)
@pytest.mark.parametrize("address", ["/appointment?miss=unknown", "/appointment?miss=too-often", "/staff"])
def test_what_went_wrong_and_who_comes_is_easy_to_read(
    kiosk: FlaskClient, centre: Centre, address: str, language: str
) -> None:
    do(centre, c.CallStaff(where="totem"))
    told = sentences(kiosk.get(f"{address}{'&' if '?' in address else '?'}lang={language}").text)
    assert told
    assert gulpease(told) >= LEAST, told


@pytest.mark.parametrize("language", ITALIAN)
def test_a_number_without_paper_and_a_late_one_are_easy_to_read(
    kiosk: FlaskClient, centre: Centre, clock: Hands, language: str
) -> None:
    plan = centre.day.plan
    do(centre, c.AdoptPlan(plan=replace(plan, always_open=False, places=plan.places[:1])))
    clock.forward(2.9 * 3600)
    for n in range(12):
        centre.handle(c.IssueTicket(service="A02"), actor="test", command_id=f"reading-{n}")
    late = kiosk.get(f"/service/A02?lang={language}").text
    assert '<p class="none" role="status">' in late
    assert gulpease(sentences(late)) >= LEAST
    first = next(iter(centre.day.tickets))
    do(centre, c.SettleSlip(job=1, ticket=first, copy=0, printer="totem", state="failed"))
    number = kiosk.get(f"/number/{first}?lang={language}").text
    assert 'data-paper="failed"' in number
    assert gulpease(sentences(number)) >= LEAST


def test_the_index_is_the_known_one() -> None:
    """A sentence of an office, as offices write them, and the same as the kiosk says it."""
    office = "Il rilascio della certificazione è subordinato alla presentazione della documentazione."
    letters, count = 77, 10
    assert gulpease([office]) == 89 + (300 - 10 * letters) / count == 42
    assert gulpease(["Porti un documento.", "Il certificato lo facciamo noi."]) > LEAST
