"""What the commands share: settings, the database to read, days, bars, and faults as sentences."""

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from sportello import i18n
from sportello.config import Config, Unreadable
from sportello.domain.errors import Refused
from sportello.ledger.db import Broken, Db

P = ParamSpec("P")
R = TypeVar("R")
HERE = Path("centre.toml")
DAY = click.DateTime(["%Y-%m-%d"])


def told(run: Callable[P, R]) -> Callable[P, R]:
    """A fault that a person can mend is a sentence on the terminal and exit code 1."""

    @functools.wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return run(*args, **kwargs)
        except (Broken, Unreadable) as fault:
            raise click.ClickException(str(fault)) from fault
        except Refused as fault:
            raise click.ClickException(f"{fault.code}: {i18n.sentence(fault, language())}") from fault
        except OSError as fault:
            raise click.ClickException(f"{fault.filename or 'the centre'}: {fault.strerror or fault}") from fault

    return wrapped


def language() -> str:
    """The terminal's language, where there is a catalogue for it."""
    wanted = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en")[:2]
    return wanted if wanted in i18n.STAFF else "en"


settings_option = click.option(
    "--config",
    "settings",
    type=click.Path(dir_okay=False, path_type=Path),
    default=HERE,
    show_default=True,
    help="The centre's settings.",
)


@contextmanager
def reading(config: Config, *, write: bool = False) -> Iterator[Db]:
    """The centre's database, to read; a damaged file is told in words that say what to do."""
    from sportello.ledger.sqlite import connect, said, sqlite3

    database = connect(config.database, write=write)
    try:
        yield database
    except sqlite3.DatabaseError as fault:
        raise Broken(said(fault, config.database)) from fault
    finally:
        database.close()


def progress(length: int, label: str) -> Any:
    """A bar on the terminal; nothing where nobody looks."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def period(first: datetime | None, last: datetime | None) -> tuple[date, date]:
    """The days a report is asked for: the year up to today otherwise."""
    end = last.date() if last else date.today()  # noqa: DTZ011 - the terminal's own calendar
    begin = first.date() if first else end - timedelta(days=364)
    if begin > end:
        raise click.UsageError("--from is after --to")
    return begin, end
