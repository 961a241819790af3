"""What is documented is what there is: each setting, command, event, refusal, option, address and message."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from openapi_schema_validator import OAS31Validator

from sportello.api.clients import PREFIX
from sportello.api.mounting import mount
from sportello.config import KNOWN
from sportello.domain.commands import Command
from sportello.domain.errors import Reason
from sportello.domain.events import KINDS
from sportello.i18n import REFUSALS
from sportello.ledger.access import Role
from tests.work.command_line import commands as every_command

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(text: str) -> dict[str, str]:
    """The tables of a page: what stands between backquotes in the first column, and the rest of its row."""
    found = re.findall(r"(?m)^\| (`.*?`) \| (.*) \|$", text)
    return {name: rest for names, rest in found for name in re.findall(r"`([^`]+)`", names)}


def section(text: str, head: str) -> str:
    """The part of a page under a heading, up to the next of its level."""
    level = head.split(" ")[0]
    assert f"\n{head}\n" in text, f"no heading {head!r}"
    return re.split(rf"(?m)^#{{1,{len(level)}}} ", text.split(f"\n{head}\n")[1])[0]


@pytest.mark.parametrize("part", KNOWN)
def test_each_setting_is_documented_and_no_other(part: str) -> None:
    head = "## `[[printers]]`" if part == "printers" else f"## `[{part}]`"
    assert set(rows(section(page("configuration.md"), head))) == KNOWN[part]


def test_each_event_is_documented_with_its_fields() -> None:
    told = rows(section(page("events.md"), "## Kinds"))
    assert set(told) == set(KINDS)
    for kind, event in KINDS.items():
        fields = re.findall(r"`(\w+)`", told[kind].split(" | ")[0])
        assert fields == list(event.__dataclass_fields__), kind


def test_each_column_of_the_log_is_documented() -> None:
    from sportello.ledger.log import COLUMNS

    assert set(rows(section(page("events.md"), "## What every event carries"))) == set(COLUMNS.split(", "))


def test_each_command_is_documented_and_no_other() -> None:
    told = rows(section(page("events.md"), "## Commands"))
    assert set(told) == {kind.__name__ for kind in Command.__args__}


def test_each_message_of_the_live_connection_is_documented() -> None:
    code = (ROOT / "sportello" / "live.py").read_text(encoding="utf-8")
    spoken = set(re.findall(r'(?:emit|on_event)\("(\w+)"', code))
    assert spoken >= {"hello", "board", "beat"}
    assert set(rows(section(page("events.md"), "## On the live connection"))) == spoken


def test_each_refusal_is_documented_and_has_a_sentence() -> None:
    assert set(rows(section(page("api.md"), "## Refusals"))) == {reason.value for reason in Reason}
    assert set(REFUSALS) == set(Reason)


# --- the API ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> Any:
    """The OpenAPI document, made without a centre: only the routes are asked."""
    from apiflask import APIFlask
    from flask_wtf import CSRFProtect

    app = APIFlask("sportello", spec_path=f"{PREFIX}/openapi.json", docs_path=None)
    mount(app, CSRFProtect(app))
    return app.test_client().get(f"{PREFIX}/openapi.json").json


def operations(document: Any) -> Iterator[tuple[str, str, str | None]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            security = operation.get("security")
            yield verb.upper(), path, security[0]["BearerAuth"][0] if security else None


def test_each_address_of_the_api_is_documented_with_who_may_ask(document: Any) -> None:
    text = page("api.md")
    for verb, path, role in operations(document):
        told = re.search(rf"`{verb} {re.escape(path)}(\?[^`]*)?`( · (\w+))?", text)
        assert told, f"{verb} {path} is not in docs/api.md"
        if role is None:
            assert told[3] == "nobody"
        else:
            acts = "/tickets/{ticket}/" in path
            assert acts or told[3] == role, f"{verb} {path} is for a {role}"
    spoken = set(re.findall(r"`((?:GET|POST) /[^`?]*)", text))
    assert spoken == {f"{verb} {path}" for verb, path, _ in operations(document)}


def test_each_call_is_shown_with_curl(document: Any) -> None:
    shown = re.findall(r"curl [^\n]*?(?:\$API|http://127\.0\.0\.1:8080)(/[\w./-]*)", page("api.md"))
    patterns = {re.sub(r"\{\w+\}", r"[^/]+", path.removeprefix(PREFIX)): path for _, path, _ in operations(document)}
    acts = re.compile(r"/tickets/\{ticket\}/")
    for pattern, path in patterns.items():
        if not acts.search(path):
            assert any(re.fullmatch(pattern, one) for one in shown), f"{path} has no curl in docs/api.md"
    for one in shown:
        assert any(re.fullmatch(pattern, one) for pattern in patterns), f"curl of an address that is not there: {one}"


def test_each_example_has_the_shape_of_the_document(document: Any) -> None:
    examples = re.findall(r"(?s)```json (\w+)\n(.*?)```", page("api.md"))
    assert len(examples) >= 8
    for name, text in examples:
        schema = document["components"]["schemas"][name]
        body = json.loads(text)
        faults = [
            fault.message for fault in OAS31Validator(schema | {"components": document["components"]}).iter_errors(body)
        ]
        assert not faults, f"{name}: {faults}"
        if name != "Problem":
            assert set(body) == set(schema["properties"]), name


def test_each_role_is_explained() -> None:
    assert all(f"*{role.value}*" in page("api.md") for role in Role)


# --- the command line --------------------------------------------------------------------------------


COMMANDS = {" ".join(path): one for path, one in every_command() if not isinstance(one, click.Group)}
GROUPS = {" ".join(path) for path, one in every_command() if isinstance(one, click.Group)}


def told_of(command: str) -> str:
    """What docs/cli.md says under the heading that names a command."""
    for head, body in re.findall(r"(?ms)^### (.*?)\n(.*?)(?=^##|\Z)", page("cli.md")):
        if re.search(rf"`sportello {command}[ `]", head):
            return f"{head}\n{body}"
    raise AssertionError(f"«sportello {command}» is not in docs/cli.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_and_option_is_documented(command: str) -> None:
    text, one = told_of(command), COMMANDS[command]
    for parameter in one.params:
        if isinstance(parameter, click.Option) and not parameter.hidden and parameter.name != "help":
            longest = max(parameter.opts, key=len)
            assert re.search(rf"{longest}\b", text), f"{command} {longest}"


def test_no_command_or_option_is_documented_that_is_not_there() -> None:
    known = {option for one in COMMANDS.values() for parameter in one.params for option in parameter.opts}
    spoken = set(re.findall(r"(--[a-z][a-z-]*)", page("cli.md")))
    assert spoken <= known | {"--help", "--version"}
    named = set(re.findall(r"`sportello ((?:[a-z]+(?:-[a-z]+)* ?)+)", page("cli.md")))
    for words in named:
        first = words.split()[0]
        assert first in {*COMMANDS, *GROUPS}
        assert first not in GROUPS or words.strip() in COMMANDS


# --- links -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda path: path.name)
def test_no_link_leads_nowhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        goal = (path.parent / file) if file else path
        assert goal.exists(), f"{path.name} links to {target}"
        if anchor and goal.suffix == ".md":
            assert anchor in anchors(goal), f"{path.name} links to {target}"


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as a forge makes them."""
    heads = re.findall(r"(?m)^#+ (.*)$", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
