"""`sportello printer`: how the printers are, one more sheet, a new roll."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from sportello.config import Config, read
from sportello.domain.codec import decode
from sportello.domain.commands import Reprint
from sportello.local import Caller, command, line, ok, socket_path
from sportello.terminal import settings_option, told

ERRAND_S = 40.0


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


# --- what the process that owns the printers does ----------------------------------------------------


def _errand(config: Config, kind: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have it done by the running service, or here where none runs. A failure is told and ends the command."""
    from printers import errands

    try:
        caller = Caller(socket_path(config))
    except OSError:
        found = errands.do(kind, about, {}, config.slips)
    else:
        try:
            asked = {"do": "errand", "kind": kind, "about": dict(about), "timeout_s": ERRAND_S}
            found = ok(caller(asked)) or errands.do(kind, about, {}, config.slips)
        finally:
            caller.close()
    if "error" in found:
        raise click.ClickException(f"{found['error']}: {found['detail']}")
    return found


def _about(config: Config, name: str) -> dict[str, Any]:
    """A printer by its name, or by an address that is not set up yet."""
    with line(config) as ask:
        known = {one["name"]: one for one in ok(ask({"do": "printers"}))}
    if name in known:
        return {part: known[name][part] for part in ("name", "uri", "width", "dialect")}
    if ":" not in name:
        raise click.ClickException(f"there is no printer «{name}»: {', '.join(sorted(known)) or 'none is set up'}")
    return {"name": name, "uri": name}


@printer.command("list")
@settings_option
@told
def list_(settings: Path) -> None:
    """Look for printers on USB, on serial ports and by their own announcement. No range of addresses is tried."""
    found = _errand(read(settings), "discover", {})["found"]
    for one in found:
        note = f"  ({one['note']})" if one["note"] else ""
        click.echo(f"{one['uri']}  {one['name']}{note}")
    if not found:
        click.echo("none found; an address can be set up all the same: print the printer's self-test and read it there")


@printer.command()
@click.argument("printer_")
@settings_option
@told
def probe(printer_: str, settings: Path) -> None:
    """Ask PRINTER, a name or an address, what it can do, step by step. A word may come out on its paper."""
    config = read(settings)
    about = _about(config, printer_)
    found = _errand(config, "probe", about)["capabilities"]
    click.echo(f"{printer_}: {', '.join(found) or 'answers nothing; slips will not be called more than sent'}")


@printer.command("test-page")
@click.argument("printer_")
@settings_option
@told
def test_page(printer_: str, settings: Path) -> None:
    """Print a page that shows what PRINTER, a name or an address, can do."""
    config = read(settings)
    proof = _errand(config, "test_page", _about(config, printer_))["proof"]
    click.echo(f"{printer_}: sent, evidence {proof['level']} {proof['detail']}".rstrip())


@printer.command()
@settings_option
@told
def doctor(settings: Path) -> None:
    """Look at this machine for what could be in the way of paper, and say what to do."""
    from printers.doctor import examine
    from sportello.domain.printing import PrinterSetup

    config = read(settings)
    with line(config) as ask:
        setups = [decode(PrinterSetup, one) for one in ok(ask({"do": "printers"}))]
    found = list(examine(config, setups))
    for one in found:
        click.echo(
            f"{'!!' if one.advice else 'ok'}  {one.what}: {one.told}" + (f"\n      {one.advice}" if one.advice else "")
        )
    if any(one.advice for one in found):
        raise click.exceptions.Exit(1)
