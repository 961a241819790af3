"""A standard tried on the past before it is promised: what recorded waits would have made of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sportello.domain.charter import TIMED, Charter, Standard, Verdict, judge, kept_at, standard_for
from sportello.ledger import queries
from sportello.ledger.db import Db
from sportello.reports.compliance import together

SHARES = (Decimal("0.90"), Decimal("0.95"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would have been, from `first` to `last`. `kept`: for each share, the lowest threshold in whole seconds."""

    first: date
    last: date
    standard: Standard
    verdict: Verdict
    kept: tuple[tuple[Decimal, int | None], ...]


def tried(db: Db, centre: str, charter: Charter, standard: Standard, *, site: str, today: date) -> Trial | None:
    """The standard on the twelve months before today; None where it is not measured by waits.

    `charter`: the version it would stand in, which decides whose waits it speaks of: a more specific standard takes its
    own away. The verdict is `judge`'s over exact histograms, as in every report.
    """
    if standard.indicator not in TIMED:
        return None
    first, last = today - timedelta(days=365), today - timedelta(days=1)
    found = queries.waits(db, centre, first, last, indicator=standard.indicator, leg=standard.leg)
    waits = together([waits for cell, waits in found.items() if _holds(charter, standard, cell, site)])
    return Trial(
        first=first,
        last=last,
        standard=standard,
        verdict=judge(waits, threshold_s=standard.threshold_s, share=standard.share),
        kept=tuple((share, kept_at(waits, share)) for share in SHARES),
    )


def _holds(charter: Charter, standard: Standard, cell: queries.Cell, site: str) -> bool:
    """Whether these tickets would have been judged by this standard."""
    found = standard_for(
        charter,
        service=cell.service,
        site=site,
        channel=cell.channel,
        priority=cell.priority,
        indicator=standard.indicator,
    )
    return found is not None and found.code == standard.code
