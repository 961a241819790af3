"""Counts that might be of somebody are not told in public."""

from hypothesis import given
from hypothesis import strategies as st

from sportello.domain.publication import SMALL, guarded, told


def test_one_to_four_people_are_not_told_and_nobody_is() -> None:
    assert [told(n) for n in (0, 1, 4, 5, 6)] == [0, None, None, 5, 6]


def test_a_hidden_cell_cannot_be_worked_out_from_the_total() -> None:
    assert guarded({"it": 90, "ro": 7, "ar": 3}) == {"it": 90, "ro": None, "ar": None}
    assert guarded({"it": 90, "ro": 1, "ar": 1}) == {"it": None, "ro": None, "ar": None}
    assert guarded({"it": 90, "ro": 3, "ar": 2}) == {"it": 90, "ro": None, "ar": None}


def test_where_nothing_is_small_everything_is_told() -> None:
    assert guarded({"it": 90, "ro": 5, "ar": 0}) == {"it": 90, "ro": 5, "ar": 0}


@given(st.dictionaries(st.integers(), st.integers(0, 40), max_size=8))
def test_what_is_hidden_is_never_one_cell_nor_fewer_than_five_people_unless_they_are_all(
    counts: dict[int, int],
) -> None:
    shown = guarded(counts)
    hidden = [n for key, n in counts.items() if shown[key] is None]
    others = [n for n in shown.values() if n]
    assert all(n == counts[key] for key, n in shown.items() if n is not None)
    assert not any(0 < n < SMALL for n in shown.values() if n is not None)
    assert not hidden or not others or (len(hidden) > 1 and sum(hidden) >= SMALL)
