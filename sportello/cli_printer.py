"""`sportello printer`: how the printers are, one more sheet, a new roll."""

from pathlib import Path
from typing import Any

import click

from sportello.config import read
from sportello.domain.commands import Reprint
from sportello.local import command, line, ok
from sportello.terminal import settings_option, told


@click.group()
def printer() -> None:
    """The printers of a centre."""


@printer.command()
@settings_option
@told
def status(settings: Path) -> None:
    """How each printer is, how much paper is left, and which slips are in doubt.

    What printers say of themselves is known while the centre is served.
    """
    with line(read(settings)) as ask:
        found = ok(ask({"do": "printing"}))
    for one in found["printers"]:
        click.echo(_told(one))
    if not found["printers"]:
        click.echo("no printers")
    for one in found["doubtful"]:
        click.echo(f"in doubt: {one['number']} copy {one['copy']}, {one['state']} at {one['printer']} {one['detail']}")


def _told(one: dict[str, Any]) -> str:
    """One printer in a line."""
    ready = {True: "ready", False: "not ready", None: "unknown"}[one["ready"]]
    code = f" ({one['code']})" if one["code"] else ""
    left = "roll: nobody said when it was changed" if one["left"] is None else f"about {one['left']} slips left"
    hint = "; paper is back: was the roll changed?" if one["suggested"] else ""
    return f"{one['name']}: {ready}{code}, {left}{hint}, {one['uri']}"


@printer.command()
@click.argument("number")
@settings_option
@told
def reprint(number: str, settings: Path) -> None:
    """Print one more slip of NUMBER, such as A042. It says COPIA."""
    with line(read(settings)) as ask:
        ticket = ok(ask({"do": "ticket", "number": number.upper()}))
        if ticket is None:
            raise click.ClickException(f"there is no number {number.upper()} today")
        command(ask, Reprint(ticket=ticket), actor="terminal")
    click.echo(f"{number.upper()}: a copy is on its way")


@printer.command("roll-changed")
@click.argument("name")
@settings_option
@told
def roll_changed(name: str, settings: Path) -> None:
    """Say that a new roll was put into the printer NAME."""
    with line(read(settings)) as ask:
        if not ok(ask({"do": "roll_changed", "printer": name})):
            raise click.ClickException(f"there is no printer «{name}»")
    click.echo(f"{name}: new roll")
