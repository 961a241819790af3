"""Promises that no ticket can prove: what was programmed, and what an office declared with its evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sportello.domain.charter import Charter, Indicator, Outcome, Provenance, Standard
from sportello.ledger.db import Db
from sportello.ledger.declared import Evidence, evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """One promise of one charter version and all that was declared of it, the newest period last."""

    charter: str
    standard: Standard
    evidence: tuple[Evidence, ...]

    @property
    def demonstrative(self) -> bool:
        return self.standard.provenance is Provenance.DEMONSTRATIVE

    @property
    def outcome(self) -> Outcome:
        """What was declared for the last period; nothing was proved where nothing was declared."""
        return self.evidence[-1].outcome if self.evidence else Outcome.NOT_ASSESSABLE


def by_hand(db: Db, centre: str, charters: Sequence[Charter], first: date, last: date) -> tuple[ByHand, ...]:
    """The promises verified by hand of every version in force in the period, in the order of the charter."""
    said: dict[tuple[str, str], list[Evidence]] = {}
    for one in evidence(db, centre, first, last):
        said.setdefault((one.charter, one.standard), []).append(one)
    return tuple(
        ByHand(charter=charter.id, standard=standard, evidence=tuple(said.get((charter.id, standard.code), ())))
        for charter, standard in _promises(charters, first, last)
    )


def _promises(charters: Sequence[Charter], first: date, last: date) -> Iterator[tuple[Charter, Standard]]:
    for charter in charters:
        if charter.valid_from <= last and (charter.valid_to is None or charter.valid_to >= first):
            yield from ((charter, one) for one in charter.standards if one.indicator is Indicator.MANUAL)
