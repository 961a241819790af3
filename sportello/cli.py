"""The `sportello` command. Exit codes: 0 done, 1 refused or found wrong, 2 wrong usage (docs/cli.md)."""

import logging
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from pkgutil import resolve_name
from threading import Event, Thread
from typing import Any

import click

from sportello import __version__, i18n
from sportello.config import Config
from sportello.config import read as read_config
from sportello.domain import commands as c
from sportello.ledger import queries, walk
from sportello.ledger.access import Role
from sportello.ledger.db import Broken
from sportello.local import command, line, ok
from sportello.terminal import DAY, language, period, progress, reading, settings_option, told


class Lazy(click.Group):
    """A group that loads some commands when they are asked for: each start would wait for the libraries of all."""

    ELSEWHERE: Mapping[str, str] = {
        "charter": "sportello.cli_charter:charter",
        "evidence": "sportello.cli_evidence:evidence",
        "printer": "sportello.cli_printer:printer",
        "radar": "sportello.cli_radar:radar",
        "verification": "sportello.cli_verification:verification",
        "what-if": "sportello.cli_whatif:what_if",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted([*super().list_commands(ctx), *self.ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of this module, or of the one that holds it."""
        if cmd_name not in self.ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        found: click.Command = resolve_name(self.ELSEWHERE[cmd_name])
        return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="sportello")
def main() -> None:
    """Numbers, calls and waits of a public job centre, kept against its Carta dei servizi.

    «sportello demo» shows a centre at work; «sportello init DIR» founds a real one.
    """


# --- a centre ------------------------------------------------------------------------------------


@main.command()
@click.option("--port", default=8080, show_default=True, help="Where the pages are.")
@click.option("--speed", default=10.0, show_default=True, help="How many times faster than life.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Keep the demo centre here.")
@click.option("--months", default=12, show_default=True, help="Months of past tickets.")
@click.option("--charter", "charter_name", default="como", show_default=True, help="An example charter.")
@click.option("--site", "site_code", default=None, help="A site of the charter; its first one otherwise.")
@told
def demo(port: int, speed: float, folder: Path | None, months: int, charter_name: str, site_code: str | None) -> None:
    """Show a centre at work. A simulated morning and a year of past tickets, all marked DEMO."""
    from sportello import demo as show

    with ExitStack() as passing:
        where = folder or Path(passing.enter_context(tempfile.TemporaryDirectory(prefix="sportello-demo-")))
        show.run(where, port=port, speed=speed, months=months, charter_name=charter_name, site_code=site_code)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--charter", "charter_name", required=True, help="An example charter (como, toscana) or a TOML file.")
@click.option("--site", "site_code", default=None, help="A site of the charter; its first one otherwise.")
@click.option("--always-open", is_flag=True, help="Open day and night: for tests and benchmarks.")
@told
def init(folder: Path, charter_name: str, site_code: str | None, always_open: bool) -> None:
    """Found a centre in FOLDER. Writes a commented centre.toml and the database; asks nothing."""
    from sportello import founding
    from sportello.cli_charter import charter_of
    from sportello.timekeeping import system_clock

    charter = charter_of(charter_name)
    site = founding.site_of(charter, site_code)
    settings = founding.init(folder, charter, site, system_clock(), always_open=always_open)
    click.echo(f"{site.name}: founded in {folder}", err=True)
    click.echo(f"next: sportello user add NAME --role manager --config {settings}", err=True)
    click.echo(f"then: sportello serve --config {settings}", err=True)


@main.command()
@settings_option
@click.option("--host", default=None, help="Listen here instead of [web] host.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Listen here instead of [web] port.")
@click.option("--no-print", is_flag=True, help="Leave the paper to «sportello print», run as a unit of its own.")
@told
def serve(settings: Path, host: str | None, port: int | None, no_print: bool) -> None:
    """Serve the centre's pages. Prints «ready http://HOST:PORT» when it takes requests."""
    from sportello import serving
    from sportello.timekeeping import system_clock

    _logs()
    config = read_config(settings)
    config = replace(config, host=host or config.host, port=config.port if port is None else port)
    serving.check_port(config.host, config.port)
    serving.check_ledger(config)
    serving.say_sqlite()
    serving.Service(config, settings, system_clock(), prints=not no_print).run()


def _logs() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)


@main.command("print")
@settings_option
@click.option("--attached", is_flag=True, hidden=True, help="End when standard input ends.")
@told
def print_(settings: Path, attached: bool) -> None:
    """Print the slips of a centre that is being served, until stopped."""
    from printers import worker
    from printers.base import PrinterError
    from sportello.local import LocalSpool, socket_path

    _logs()
    config, stop = read_config(settings), Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if attached:
        Thread(target=_until_input_ends, args=(stop,), daemon=True).start()
    config.slips.mkdir(exist_ok=True)
    spool = LocalSpool(socket_path(config))
    try:
        worker.run(spool, stop, folder=config.slips)
    except PrinterError as fault:
        raise Broken(str(fault)) from fault


def _until_input_ends(stop: Event) -> None:
    """The service holds the other end: when it is gone, in whatever way, so are we."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.set()


@main.command()
@click.argument("text")
@click.option("--language", type=click.Choice(list(i18n.NAMES)), default="it", show_default=True, help="Of the text.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write this WAV file.")
@told
def say(text: str, language: str, out: Path) -> None:
    """Speak TEXT into a WAV file.

    With the voice that calls numbers, to hear it before the room does.
    """
    from sportello.voice.speaker import Speaker

    _logs()
    speaker = Speaker()
    try:
        wav = speaker.speak(text, language)
    finally:
        speaker.close()
    if wav is None:
        raise Broken(f"the voice made no sound of this text in «{language}»")
    out.write_bytes(wav)


# --- the day -------------------------------------------------------------------------------------


@main.group()
def day() -> None:
    """Open and close the service day by hand."""


def _day_command(name: str, asked: Callable[[], c.Command], text: str) -> None:
    @day.command(name, help=text)
    @settings_option
    @told
    def run(settings: Path) -> None:
        with line(read_config(settings)) as ask:
            command(ask, asked(), actor="cli")

    del run


_day_command("open", c.OpenDay, "Open the service day.")
_day_command("close", c.CloseDay, "Close the day: who still waits is unserved, a counted outcome.")


@day.command("show")
@settings_option
@told
def day_show(settings: Path) -> None:
    """Show the service day as the ledger knows it."""
    config = read_config(settings)
    with reading(config) as db:
        today, _ = queries.service_day(db, config.code)
    state = "open" if today.open else "closed"
    click.echo(f"{today.label or 'no day yet'}: {state}, {len(today.tickets)} numbers, {len(today.waiting())} waiting")


# --- the ledger ----------------------------------------------------------------------------------


@main.command()
@settings_option
@told
def migrate(settings: Path) -> None:
    """Bring the database to this version's schema."""
    from sportello.ledger.sqlite import Sole, pending
    from sportello.ledger.sqlite import migrate as apply

    config = read_config(settings)
    with Sole(config.database):
        pending(config.database)  # a file that is empty, damaged or too new is left as it is
        done = apply(config.database)
    click.echo("\n".join(done) or "nothing to do")


@main.command()
@settings_option
@told
def rebuild(settings: Path) -> None:
    """Make every read table again from the log. The service must be stopped."""
    from sportello.domain.tickets import ServiceDay
    from sportello.ledger import projections
    from sportello.ledger.sqlite import Sole

    config = read_config(settings)
    with Sole(config.database), reading(config, write=True) as db:
        total = db.rows("SELECT count(*) AS n FROM event")[0]["n"]
        empty = ServiceDay(plan=queries.plan(db, config.code))
        with db.transaction(), progress(total, "events") as bar:
            done = 0
            for reached, _ in projections.rebuild(db, config.code, empty):
                bar.update(reached - done)
                done = reached
    click.echo(f"{total} events, read tables made again")


@main.command()
@settings_option
@told
def verify(settings: Path) -> None:
    """Check the file and the hash chain of the log. Names the first bad event."""
    config = read_config(settings)
    with reading(config) as db:
        whole = db.rows("PRAGMA integrity_check")[0][0]
        total = db.rows("SELECT count(*) AS n FROM event")[0]["n"]
        good, fault = 0, None
        with progress(total, "events") as bar:
            for step in walk.verify(db, config.code):
                if isinstance(step, walk.Fault):
                    fault = step
                else:
                    bar.update(step - good)
                    good = step
    if fault:
        raise Broken(first_bad(fault))
    if whole != "ok":
        raise Broken(f"the log's chain is whole, but SQLite finds the file damaged: {whole}")
    click.echo(f"{good} events, chain and file whole")


def first_bad(fault: walk.Fault) -> str:
    return f"first bad event: epoch {fault.epoch}, seq {fault.seq} ({fault.kind}): {fault.why}"


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@settings_option
@told
def backup(target: Path, settings: Path) -> None:
    """Copy the database to TARGET and check the copy. The service may be running."""
    config = read_config(settings)
    if target.exists():
        raise Broken(f"{target} is already there: choose another name")
    if not target.parent.is_dir():
        raise Broken(f"{target.parent} is not a folder: make it first")
    with reading(config, write=True) as db:  # SQLite lets no other connection copy
        db.run("VACUUM INTO :target", {"target": str(target)})
    target.chmod(0o600)
    with reading(replace(config, database=target)) as copy:
        whole = copy.rows("PRAGMA quick_check")[0][0]
        *_, end = walk.verify(copy, config.code)
    if whole != "ok" or isinstance(end, walk.Fault):
        raise Broken(f"the copy {target} is not sound: {whole}, {end}")
    click.echo(f"{target}: {end} events, chain and file whole")


# --- history and figures -------------------------------------------------------------------------


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "mapping",
    metavar="NAME=COLUMN,…",
    required=True,
    help="Which column is which: arrival, called, start, end, service, outcome; also number and priority.",
)
@click.option("--timezone", default="Europe/Rome", show_default=True, help="Of times without an offset.")
@click.option("--create-services", is_flag=True, help="Take visits for services the plan does not have.")
@settings_option
@told
def import_(file: Path, mapping: str, timezone: str, create_services: bool, settings: Path) -> None:
    """Bring in the log of the system used before. The same FILE again changes nothing."""
    from sportello import history

    config = read_config(settings)
    with reading(config) as db:
        plan = queries.plan(db, config.code)
    with line(config) as ask, progress(file.stat().st_size, "reading") as bar:
        summary = history.bring_in(
            file,
            history.mapping(mapping),
            timezone=timezone,
            services=None if create_services else {offer.service for offer in plan.offers},
            known=lambda keys: _known(config, keys),
            send=lambda block, key: command(ask, block, actor="import", command_id=key),
            progress=bar.update,
            say=i18n.translator(language()),
        )
    click.echo(f"{summary.taken} visits taken in, {summary.known} already there, {summary.rejected} rejected")
    if summary.rejected:
        click.echo(f"the rejected rows, and why, are in {summary.rejects}", err=True)
    if summary.rejected and not (summary.taken or summary.known):
        raise Broken("no row could be taken in: look at the rejected rows and at --map")


def _known(config: Config, keys: Any) -> set[str]:
    with reading(config) as db:
        return queries.known(db, config.code, keys)


@main.command()
@settings_option
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First day; a year ago otherwise.")
@click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last day; today otherwise.")
@click.option(
    "--by",
    type=click.Choice([by.value for by in queries.By]),
    default="service",
    show_default=True,
    help="One line for each.",
)
@click.option("--service", default=None, help="One service only.")
@click.option("--no-check", is_flag=True, help="Do not walk the chain of the period's events first.")
@told
def report(
    settings: Path, first: datetime | None, last: datetime | None, by: str, service: str | None, no_check: bool
) -> None:
    """Tell how each declared standard was kept. A table, with the definition of its figures."""
    from sportello.reports.compliance import compliance
    from sportello.reports.rendering import table

    config = read_config(settings)
    begin, end = period(first, last)
    with reading(config) as db:
        adopted, plan = queries.charters(db, config.code), queries.plan(db, config.code)
        found = compliance(
            db,
            config.code,
            charters=adopted,
            site=plan.site,
            first=begin,
            last=end,
            by=by,
            service=service,
            check=not no_check,
        )
    click.echo("\n".join(table(found)))
    if found.fault:
        raise Broken(first_bad(found.fault))


@main.command("accuracy")
@settings_option
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First day; a year ago otherwise.")
@click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last day; today otherwise.")
@click.option(
    "--by",
    type=click.Choice([by.value for by in queries.By]),
    default="service",
    show_default=True,
    help="One line for each.",
)
@click.option("--service", default=None, help="One service only.")
@told
def accuracy_of_quotes(
    settings: Path, first: datetime | None, last: datetime | None, by: str, service: str | None
) -> None:
    """Tell how often the wait told with a number was kept. A table, with the definition of its figures."""
    from sportello.accuracy import accuracy, table

    config = read_config(settings)
    begin, end = period(first, last)
    with reading(config) as db:
        charters = queries.charters(db, config.code)
        found = accuracy(db, config.code, charters=charters, first=begin, last=end, by=by, service=service)
    click.echo("\n".join(table(found)))


# --- who may enter -------------------------------------------------------------------------------


@main.group()
def token() -> None:
    """Tokens for programs that use the API."""


@token.command("create")
@settings_option
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What it may do.")
@click.option("--name", required=True, help="Who uses it; the same name again replaces the token.")
@told
def token_create(settings: Path, role: str, name: str) -> None:
    """Make a token and print it. It is shown this once; only a digest is kept."""
    from sportello.ledger import access

    made = secrets.token_urlsafe(32)
    with line(read_config(settings)) as ask:
        ok(ask({"do": "keep_token", "digest": access.digest(made), "name": name, "role": role}))
    click.echo(made)


@token.command("revoke")
@settings_option
@click.option("--name", required=True, help="As it was given to «token create».")
@told
def token_revoke(settings: Path, name: str) -> None:
    """Take a token back. It stops working at once."""
    with line(read_config(settings)) as ask:
        if not ok(ask({"do": "revoke_token", "name": name})):
            raise Broken(f"no token is called «{name}»")


@token.command("list")
@settings_option
@told
def token_list(settings: Path) -> None:
    """List the tokens in force."""
    from sportello.ledger import access

    with reading(read_config(settings)) as db:
        for one in access.tokens(db).values():
            click.echo(f"{one.role.value:<8} {one.name}")


@main.group()
def user() -> None:
    """People who sign in: clerks and managers."""


@user.command("add")
@click.argument("name")
@settings_option
@click.option(
    "--role", type=click.Choice([Role.CLERK.value, Role.MANAGER.value]), required=True, help="What they may do."
)
@click.option("--one-time", is_flag=True, help="Print a password to be changed at the first sign-in.")
@told
def user_add(name: str, settings: Path, role: str, one_time: bool) -> None:
    """Add a person, or change their role and password. Asks for the password."""
    from sportello import founding, passwords

    config = read_config(settings)
    typed = None if one_time else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    password = typed or passwords.one_time()
    with line(config) as ask:
        founding.admit(ask, name, Role(role), password, once=one_time, say=i18n.translator(language()))
    if one_time:
        click.echo(password)


@user.command("disable")
@click.argument("name")
@settings_option
@told
def user_disable(name: str, settings: Path) -> None:
    """Close the door to somebody."""
    with line(read_config(settings)) as ask:
        if not ok(ask({"do": "disable_person", "name": name})):
            raise Broken(f"nobody is called «{name}»")


@user.command("list")
@settings_option
@told
def user_list(settings: Path) -> None:
    """List those who may sign in."""
    from sportello.ledger import access

    with reading(read_config(settings)) as db:
        for name, role in access.people(db):
            click.echo(f"{role.value:<8} {name}")
