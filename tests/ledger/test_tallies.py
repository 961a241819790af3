"""Histograms add up exactly, however many tickets they hold."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from sportello.ledger import tallies
from sportello.ledger.tallies import NARROW, Tally

PAIRS = st.dictionaries(
    st.integers(0, 4000), st.one_of(st.integers(1, 9), st.integers(NARROW - 3, NARROW * 3)), max_size=9
)


def tally(pairs: dict[int, int]) -> Tally:
    n = sum(pairs.values())
    lanes = tallies.unpack(tallies.pack(tallies.histogram(pairs.items(), n)))
    return Tally(period="", service="", priority=0, channel="", charter="", kind="called", n=n, lanes=lanes)


def seconds(dense: Iterable[int]) -> Counter[int]:
    return Counter({second: n for second, n in enumerate(dense) if n})


@given(st.lists(PAIRS, max_size=12))
def test_the_total_of_histograms_is_what_counting_every_ticket_gives(parts: list[dict[int, int]]) -> None:
    by_hand: Counter[int] = Counter()
    for pairs in parts:
        by_hand.update(pairs)
    assert seconds(tallies.total(map(tally, parts))) == by_hand
    dense = [tallies.total([tally(pairs)]) for pairs in parts]
    assert seconds(tallies.added(dense)) == by_hand


def test_a_second_shared_by_more_tickets_than_a_narrow_lane_holds_is_exact() -> None:
    parts = [tally({7: NARROW - 1}), tally({7: 1}), tally({7: NARROW, 9: 2}), tally({8: 3})]
    assert list(tallies.total(parts)) == [0, 0, 0, 0, 0, 0, 0, 2 * NARROW, 3, 2]


def test_no_tickets_are_no_seconds() -> None:
    assert list(tallies.total([])) == []
    assert list(tallies.total([tally({})])) == []
