"""Counts that might be of somebody are not told in public."""

from hypothesis import given
from hypothesis import strategies as st

from sportello.domain.publication import SMALL, guarded, guarded_table, told


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


def test_what_a_service_hides_is_not_given_away_by_the_total_of_the_month() -> None:
    """In May three people came for B: the month's 93 less the 90 of A would tell it."""
    of_a, of_b = {"may": 90, "june": 80, "july": 70}, {"may": 3, "june": 40, "july": 50}
    counts = {("A", month): n for month, n in of_a.items()} | {("B", month): n for month, n in of_b.items()}
    assert guarded(of_a) == of_a
    hidden = {cell for cell, n in guarded_table(counts).items() if n is None}
    assert hidden == {("A", "may"), ("B", "may"), ("A", "june"), ("B", "june")}


@given(st.dictionaries(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(0, 40), max_size=16))
def test_in_a_table_no_row_and_no_column_gives_away_what_it_hides(counts: dict[tuple[int, int], int]) -> None:
    shown = guarded_table(counts)
    assert all(n == counts[cell] for cell, n in shown.items() if n is not None)
    assert not any(0 < n < SMALL for n in shown.values() if n is not None)
    for place in (0, 1):
        for key in range(4):
            line = [cell for cell in counts if cell[place] == key]
            hidden = [counts[cell] for cell in line if shown[cell] is None]
            assert not hidden or not any(shown[cell] for cell in line) or (len(hidden) > 1 and sum(hidden) >= SMALL)
