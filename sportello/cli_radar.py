"""`sportello radar`: what there is to ask about how the figures came about."""

from datetime import datetime
from pathlib import Path

import click

from sportello.config import read
from sportello.ledger import scripts
from sportello.terminal import DAY, language, period, progress, reading, settings_option
from sportello.terminal import told as told_faults


@click.command()
@settings_option
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First day; a year ago otherwise.")
@click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last day; today otherwise.")
@told_faults
def radar(settings: Path, first: datetime | None, last: datetime | None) -> None:
    """Ask about days on which figures may have been helped along. By service and day, never by person."""
    from sportello import radar as looking

    config = read(settings)
    begin, end = period(first, last)
    with reading(config) as db:
        days = len(scripts.days(db, config.code, begin, end))
        with progress(days, "days") as bar:
            found = looking.radar(db, config.code, begin, end, done=lambda: bar.update(1))
    click.echo("\n".join(looking.told(found, language())))
