"""`sportello what-if`: recorded days lived again with other settings."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from sportello.config import read
from sportello.domain.changes import Change, Shift
from sportello.domain.plan import WEEKDAYS, Discipline, NextRule, Opening, opening
from sportello.ledger import queries, scripts
from sportello.ledger.db import Broken
from sportello.terminal import DAY, language, period, progress, reading, settings_option, told

SHIFT = re.compile(r"([+-]\d+)@(\S+)")
DAYS = 60  # more days than this would take minutes


class Shifts(click.ParamType[Shift]):
    """«+1@09:00-11:00»."""

    name = "N@HH:MM-HH:MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shift:
        found = SHIFT.fullmatch(str(value))
        if not found or int(found[1]) == 0:
            self.fail(f"«{value}» is not like +1@09:00-11:00 or -1@09:00-11:00", param, ctx)
        return Shift(by=int(found[1]), hours=_opening(found[2]))


class Quota(click.ParamType[tuple[str, int | None]]):
    """«A01=20», or «A01=» for none."""

    name = "SERVICE=N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int | None]:
        service, sign, number = str(value).partition("=")
        if not service or not sign or not (number == "" or number.isdigit()):
            self.fail(f"«{value}» is not like A01=20, or A01= for no limit", param, ctx)
        return service, int(number) if number else None


def _opening(text: str) -> Opening:
    try:
        return opening(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from fault


def _share(ctx: click.Context, param: click.Parameter, value: str) -> Decimal:
    try:
        share = Decimal(value)
    except InvalidOperation:
        share = Decimal(-1)
    if not 0 <= share <= 1:
        raise click.BadParameter(f"«{value}» is not a share from 0 to 1, such as 0.3")
    return share


@click.command("what-if")
@settings_option
@click.option("--from", "first", type=DAY, metavar="YYYY-MM-DD", help="First day; a year ago otherwise.")
@click.option("--to", "last", type=DAY, metavar="YYYY-MM-DD", help="Last day; today otherwise.")
@click.option("--weekday", type=click.Choice(WEEKDAYS), help="These days of the week only.")
@click.option("--service", default="", help="Judge one service only; everybody is still in the queue.")
@click.option("--counters", "shifts", type=Shifts(), multiple=True, help="Counters more or fewer: +1@09:00-11:00.")
@click.option("--rule", type=click.Choice([one.value for one in Discipline]), help="Another rule for who is next.")
@click.option("--quota", "quotas", type=Quota(), multiple=True, help="Numbers a day of a service: A01=20.")
@click.option("--booked", default="0", callback=_share, help="Share of those without an appointment who come by one.")
@click.option("--hours", multiple=True, metavar="HH:MM-HH:MM", help="Other opening hours; once for each session.")
@told
def what_if(
    settings: Path,
    first: datetime | None,
    last: datetime | None,
    weekday: str | None,
    service: str,
    shifts: tuple[Shift, ...],
    rule: str | None,
    quotas: Sequence[tuple[str, int | None]],
    booked: Decimal,
    hours: tuple[str, ...],
) -> None:
    """Tell what other settings would have done on recorded days. In a range, and in words.

    The last 60 days of the period with these settings are lived again through the rules of the live queue.
    """
    from sportello import whatif

    change = Change(
        shifts=shifts,
        rule=NextRule(discipline=Discipline(rule)) if rule else None,
        quotas=dict(quotas),
        booked=booked,
        hours=tuple(map(_opening, hours)) or None,
    )
    if change == Change():
        raise click.UsageError("say what is to change: --counters, --rule, --quota, --booked or --hours")
    config = read(settings)
    begin, end = period(first, last)
    with reading(config) as db:
        days = scripts.days(db, config.code, begin, end)
        services = {offer.service for offer in queries.plan(db, config.code).offers}
    if unknown := ({*change.quotas, *([service] if service else [])} - services):
        raise Broken(f"the centre has no service «{', '.join(sorted(unknown))}»: it has {', '.join(sorted(services))}")
    with progress(min(DAYS, sum(weekday in (None, WEEKDAYS[day.weekday()]) for day in days)), "days") as bar:
        answer = whatif.of_database(
            config.database,
            config.code,
            begin,
            end,
            change,
            weekday=weekday or "",
            service=service,
            most=DAYS,
            done=lambda: bar.update(1),
        )
    click.echo("\n".join(whatif.told(answer, change, language())))
