"""The radar: months in which figures were helped along are asked about, honest and noisy ones are not."""

from datetime import date

import pytest

from benchmarks import gaming
from benchmarks.disciplines import centre
from sportello.charters import examples, read
from sportello.domain.charter import Charter
from sportello.domain.plan import Plan
from sportello.domain.signals import ALPHA, HONEST, Count, DayCounts, Kind, questions, striking, tail

DAYS = 5


@pytest.fixture(scope="module")
def charter() -> Charter:
    return read(examples()["como"], "como")


@pytest.fixture(scope="module")
def plan(charter: Charter) -> Plan:
    return centre(charter)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_month_in_which_figures_were_helped_along_is_asked_about(charter: Charter, plan: Plan, kind: Kind) -> None:
    found = questions(gaming.month(charter, plan, kind, 0.5, DAYS, seed=1))
    assert kind in {one.kind for one in found}


@pytest.mark.parametrize("seed", [1, 2])
def test_an_honest_noisy_month_raises_no_question(charter: Charter, plan: Plan, seed: int) -> None:
    assert questions(gaming.month(charter, plan, None, 0.0, DAYS, seed)) == ()


def test_a_question_says_how_often_and_on_which_days(charter: Charter, plan: Plan) -> None:
    counted = gaming.month(charter, plan, Kind.QUICK_ABSENCE, 0.5, DAYS, seed=3)
    for one in questions(counted):
        whole = [day.counts[one.kind, one.service] for day in counted if (one.kind, one.service) in day.counts]
        assert (one.k, one.n) == (sum(count.k for count in whole), sum(count.n for count in whole))
        assert list(one.days) == sorted(one.days, key=lambda row: (-row[1], row[0]))


def test_no_field_of_a_question_could_name_a_counter_or_a_clerk() -> None:
    assert set(Count.__dataclass_fields__) == {"k", "n"}
    assert set(DayCounts.__dataclass_fields__) == {"day", "counts"}


@pytest.mark.parametrize(
    ("k", "n", "p", "chance"), [(0, 5, 0.5, 1.0), (5, 5, 0.5, 1 / 32), (1, 2, 0.5, 0.75), (2, 3, 0.1, 0.028)]
)
def test_the_binomial_tail_is_exact(k: int, n: int, p: float, chance: float) -> None:
    assert tail(k, n, p) == pytest.approx(chance)


def test_two_odd_cases_are_nobodys_pattern() -> None:
    assert not striking(Kind.LONG_VOIDED, Count(k=2, n=2), ALPHA)
    assert striking(Kind.LONG_VOIDED, Count(k=3, n=3), ALPHA)


def test_every_kind_has_a_share_that_is_honest() -> None:
    assert set(HONEST) == set(Kind)


def test_nothing_is_asked_of_a_period_without_days() -> None:
    assert questions([]) == ()
    assert questions([DayCounts(day=date(2026, 3, 2), counts={})]) == ()
