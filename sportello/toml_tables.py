"""A TOML file as a tree, each value with its line.

`tomllib` gives values without places, so the lines come from a walk of our own over the same text. The walk
runs only on text `tomllib` has accepted and may take its grammar for granted.
"""

import re
import tomllib
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sportello.tables import N_, Fault, Faults, Path, Place, Report, Table


def table(raw: bytes, name: str, languages: Collection[str]) -> Table:
    """The file as a table to be taken key by key; what is not TOML raises `Faults` at once.

    `languages`: the codes in which a text may be written.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        place = Place(line=raw.count(b"\n", 0, wrong.start) + 1)
        fault = Fault(place=place, where="", text=N_("il testo non è in UTF-8"))
        raise Faults(name, [fault]) from wrong
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as wrong:
        raise Faults(name, [_grammar(str(wrong), text)]) from wrong
    where = {path: Place(line=line) for path, line in places(text).items()}
    return Table(content, (), Report(content, where, languages))


def _grammar(message: str, text: str) -> Fault:
    """The fault behind a message such as "Expected '=' after a key (at line 3, column 5)"."""
    found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = int(found[1]) if found and found[1] else len(text.splitlines())
    detail = message[: found.start()] if found else message
    return Fault(
        place=Place(line=max(1, line)),
        where="",
        text=N_("il testo non segue la grammatica TOML: {detail}"),
        values={"detail": detail},
    )


_TOKEN = re.compile(
    r"""
    (?P<text> \"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*' )
    | (?P<comment> \#[^\n]* )
    | (?P<newline> \n )
    | (?P<mark> [\[\]{}=,.] )
    | (?P<bare> [^\s\[\]{}=,."'\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def places(text: str) -> dict[Path, int]:
    """The line on which each table, key and item of an array stands, in a text that is valid TOML."""
    walk = _Walk(text)
    walk.document()
    return walk.found


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "comment":
            yield _Token(match.lastgroup, match[0], line)
        line += match[0].count("\n")


class _Walk:
    """One pass over the tokens, noting lines."""

    def __init__(self, text: str) -> None:
        self.tokens = deque(_tokens(text))
        self.found: dict[Path, int] = {(): 1}
        self.lengths: dict[Path, int] = {}  # of the arrays of tables so far

    def at(self, mark: str) -> bool:
        return bool(self.tokens) and self.tokens[0].text == mark

    def passed(self, mark: str) -> bool:
        """Step over `mark` if it is next."""
        if not self.at(mark):
            return False
        self.tokens.popleft()
        return True

    def note(self, path: Path, line: int) -> Path:
        self.found.setdefault(path, line)
        return path

    def document(self) -> None:
        inside: Path = ()
        while self.tokens:
            if self.passed("\n"):
                continue
            inside = self.header() if self.at("[") else self.pair(inside)

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table it opens."""
        line = self.tokens.popleft().line
        many = self.passed("[")
        path: Path = ()
        for name in self.names():
            path = self.note((*self.latest(path), name), line)
        while self.passed("]"):
            pass
        if not many:
            return path
        self.lengths[path] = self.lengths.get(path, 0) + 1
        return self.note(self.latest(path), line)

    def latest(self, path: Path) -> Path:
        """A header speaks of the last entry of the arrays of tables on its way."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def names(self) -> Iterator[str]:
        """The parts of a dotted key."""
        yield self.name()
        while self.passed("."):
            yield self.name()

    def name(self) -> str:
        token = self.tokens.popleft()
        return str(tomllib.loads(f"name = {token.text}")["name"]) if token.kind == "text" else token.text

    def pair(self, inside: Path) -> Path:
        """`a.b = value`; the table stays the same."""
        line, path = self.tokens[0].line, inside
        for name in self.names():
            path = self.note((*path, name), line)
        self.passed("=")
        self.value(path)
        return inside

    def value(self, path: Path) -> None:
        if self.passed("["):
            self.array(path)
        elif self.passed("{"):
            while not self.passed("}"):
                if not self.passed(",") and not self.passed("\n"):
                    self.pair(path)
        else:
            self.tokens.popleft()
            while self.tokens and (self.at(".") or self.tokens[0].kind == "bare"):  # 0.9; 2026-01-31 09:00
                self.tokens.popleft()

    def array(self, path: Path) -> None:
        place = 0
        while not self.passed("]"):
            if not self.passed(",") and not self.passed("\n"):
                self.value(self.note((*path, place), self.tokens[0].line))
                place += 1
