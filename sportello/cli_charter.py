"""`sportello charter`: charters as files, checked, compared, adopted, shown and written."""

from pathlib import Path
from typing import Any

import click

from sportello import i18n
from sportello.charter_files import BASE, SHEETS, Form, Linked, linked, template, written
from sportello.config import read as read_config
from sportello.domain import commands as c
from sportello.domain.charter import Charter
from sportello.ledger import queries
from sportello.ledger.db import Broken
from sportello.local import command, line
from sportello.tables import Faults
from sportello.terminal import language, reading, settings_option, told


def charter_of(name: str) -> Charter:
    """An example charter by its name, or a charter file by its path; its faults told as lines."""
    from sportello import founding

    try:
        return founding.charter_named(name)
    except Faults as faults:
        raise Broken("\n".join(_lines(faults))) from faults


def _lines(faults: Faults) -> list[str]:
    say = i18n.translator(language())
    return [": ".join(filter(None, (f"{faults.name}:{one.place}", one.where, one.told(say)))) for one in faults.faults]


@click.group()
def charter() -> None:
    """Check, adopt, compare and write versions of the Carta dei servizi."""


@charter.command("check")
@click.argument("file")
@told
def check(file: str) -> None:
    """Read a charter FILE whole and name every fault with its line or cell."""
    found = charter_of(file)
    click.echo(f"{found.id}: {len(found.sheets)} sheets, {len(found.standards)} standards, {len(found.sites)} sites")


@charter.command("adopt")
@click.argument("file")
@settings_option
@told
def adopt(file: str, settings: Path) -> None:
    """Adopt a charter version. It ends an open-ended one before it; days already lived keep theirs."""
    config, found = read_config(settings), charter_of(file)
    with line(config) as ask:
        command(ask, c.PublishCharter(charter=found), actor="cli")
    click.echo(f"{found.id}: in force from {found.valid_from:%d/%m/%Y}")


@charter.command("show")
@click.argument("version", required=False)
@settings_option
@told
def show(version: str | None, settings: Path) -> None:
    """List the adopted versions, or show one."""
    if version is None:
        for one in _adopted(settings):
            click.echo(f"{one.id}  {one.valid_from} – {one.valid_to or '…'}  {one.title}")
        return
    found = _version(version, settings)
    click.echo(f"{found.title} ({found.id}, {found.provenance.value})")
    for standard in found.standards:
        where = ", ".join(standard.services or standard.areas) or "all services"
        click.echo(f"  {standard.code:<14} {where:<24} {standard.programmed} [{standard.provenance.value}]")


def _adopted(settings: Path) -> tuple[Charter, ...]:
    config = read_config(settings)
    with reading(config) as db:
        return queries.charters(db, config.code)


def _version(version: str, settings: Path) -> Charter:
    found = next((one for one in _adopted(settings) if version in (one.id, one.version)), None)
    if found is None:
        raise Broken(f"no version «{version}» was adopted here")
    return found


@charter.command("diff")
@click.argument("old")
@click.argument("new")
@told
def diff(old: str, new: str) -> None:
    """Show what changes from charter OLD to NEW: + added, - removed, ~ changed."""
    from sportello.charter_diff import lines

    click.echo("\n".join(lines(charter_of(old), charter_of(new))) or "no difference")


def _written(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    if value is None and ctx.params.get("form") in (Form.XLSX, Form.ODS):
        raise click.BadParameter("a workbook is not for the terminal: give a file")
    return value


form_option = click.option(
    "--form",
    type=click.Choice([*(one.value for one in Form), *(one.value for one in Linked)]),
    required=True,
    is_eager=True,
    help="The form of the file; ttl and jsonld are CPSV-AP_IT.",
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_written,
    help="Where to write; the terminal otherwise.",
)


@charter.command("export")
@click.argument("version")
@form_option
@out_option
@click.option("--file", "from_file", is_flag=True, help="VERSION is an example or a file, not an adopted version.")
@click.option("--base", default=BASE, show_default=True, help="How the names of things begin, in ttl and jsonld.")
@settings_option
@told
def export(version: str, form: str, out: Path | None, from_file: bool, base: str, settings: Path) -> None:
    """Write a VERSION to a file. Reading the file gives the same charter."""
    found = charter_of(version) if from_file else _version(version, settings)
    _put(written(found, Form(form)) if form in tuple(Form) else linked(found, Linked(form), base), out)


@charter.command("template")
@click.option(
    "--form",
    type=click.Choice([one.value for one in SHEETS]),
    required=True,
    is_eager=True,
    help="The form of the file.",
)
@out_option
@told
def empty(form: str, out: Path | None) -> None:
    """Write an empty spreadsheet for a charter. With the right heads, an example, and what each column wants."""
    _put(template(Form(form)), out)


def _put(raw: bytes, out: Path | None) -> None:
    if out is None:
        click.echo(raw, nl=False)
        return
    out.write_bytes(raw)
    click.echo(str(out))
