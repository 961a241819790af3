"""The verdict on a promise, against figures worked out by hand."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.domain.charter import (
    Act,
    Area,
    Channel,
    Charter,
    Dimension,
    Indicator,
    Mode,
    Outcome,
    Sheet,
    Site,
    Standard,
    Verdict,
    Waits,
    in_force,
    judge,
    overlap,
    percentiles,
    standard_for,
)
from sportello.domain.codec import decode, encode


def histogram(*waits: int) -> Sequence[int]:
    """Waits in seconds as counts by second, the way they come from the ledger."""
    counts = array("I", [0]) * (max(waits, default=0) + 1)
    for wait in waits:
        counts[wait] += 1
    return counts


def verdict(
    called: Sequence[int],
    left: Sequence[int] = (),
    *,
    unserved: int = 0,
    threshold_s: int | None = 900,
    share: str | None = "0.90",
    coverage: str | None = None,
) -> Verdict:
    """Judge waits given in seconds."""
    waits = Waits(called=histogram(*called), left=histogram(*left), unserved=unserved)
    return judge(
        waits,
        threshold_s=threshold_s,
        share=Decimal(share) if share else None,
        coverage=Decimal(coverage) if coverage else None,
    )


def test_a_wait_of_exactly_the_threshold_keeps_the_promise() -> None:
    found = verdict([900] * 30)
    assert (found.n, found.within, found.share, found.outcome) == (30, 30, Decimal(1), Outcome.KEPT)


def test_a_wait_one_second_over_the_threshold_does_not() -> None:
    found = verdict([901] * 30)
    assert (found.n, found.within, found.share, found.outcome) == (30, 0, Decimal(0), Outcome.BROKEN)


@pytest.mark.parametrize(
    ("within", "over", "share", "outcome"),
    [
        (27, 3, "0.9", Outcome.KEPT),  # 27 of 30 is 90 % to the ticket
        (26, 4, "0.8666", Outcome.BROKEN),  # 26/30 = 0.86666…, rounded down
        (899, 101, "0.899", Outcome.BROKEN),
        (900, 100, "0.9", Outcome.KEPT),
        (8_999_999, 1_000_001, "0.8999", Outcome.BROKEN),  # 0.8999999 is never shown as 0.9000 and broken
    ],
)
def test_the_share_decides_without_rounding(within: int, over: int, share: str, outcome: Outcome) -> None:
    called = array("I", [0]) * 1000
    called[60], called[999] = within, over
    found = judge(Waits(called=called), threshold_s=900, share=Decimal("0.90"))
    assert (found.share, found.outcome) == (Decimal(share), outcome)


def test_who_was_never_called_counts_as_a_breach() -> None:
    # 36 called in time and 4 never called: 36/40 is 90 %; a fifth makes it 36/41
    assert verdict([60] * 36, unserved=4).outcome is Outcome.KEPT
    found = verdict([60] * 36, unserved=5)
    assert (found.n, found.within, found.share, found.outcome) == (41, 36, Decimal("0.8780"), Outcome.BROKEN)


def test_who_left_within_the_threshold_is_outside_the_figure() -> None:
    found = verdict([60] * 30, left=[0, 10, 900])
    assert (found.n, found.within) == (30, 30)


def test_who_left_after_the_threshold_counts_as_a_breach() -> None:
    # 900 s is still within; 901 and 5000 are over: 30 of 32
    found = verdict([60] * 30, left=[900, 901, 5000])
    assert (found.n, found.within, found.share) == (32, 30, Decimal("0.9375"))


def test_fewer_than_thirty_valid_tickets_decide_nothing() -> None:
    assert verdict([60] * 29).outcome is Outcome.NOT_ASSESSABLE
    assert verdict([60] * 29).share == 1
    assert verdict([60] * 30).outcome is Outcome.KEPT


def test_the_unserved_count_towards_the_thirty() -> None:
    assert verdict([60] * 28, unserved=2).outcome is Outcome.KEPT  # 28 of 30
    assert verdict([], unserved=30).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("coverage", "outcome"),
    [("0.9499", Outcome.NOT_ASSESSABLE), ("0.95", Outcome.KEPT), ("1", Outcome.KEPT), (None, Outcome.KEPT)],
)
def test_less_than_95_percent_of_the_open_hours_recorded_decides_nothing(
    coverage: str | None, outcome: Outcome
) -> None:
    assert verdict([60] * 100, coverage=coverage).outcome is outcome


def test_without_a_threshold_or_a_share_there_is_no_verdict_but_the_waits_are_told() -> None:
    found = verdict([60] * 30 + [120] * 10, left=[5000], threshold_s=None)
    assert (found.n, found.within, found.share, found.outcome) == (40, 0, None, Outcome.NOT_ASSESSABLE)
    assert (found.p50, found.p90, found.longest) == (60, 120, 120)
    assert verdict([60] * 30, share=None).outcome is Outcome.NOT_ASSESSABLE


def test_nobody_at_all_gives_empty_figures() -> None:
    found = judge(Waits(), threshold_s=900, share=Decimal("0.9"))
    assert (found.n, found.share, found.p50, found.p90, found.longest) == (0, None, None, None, None)
    assert found.outcome is Outcome.NOT_ASSESSABLE


def test_those_outside_the_figure_change_no_figure_and_travel_with_the_verdict() -> None:
    waits = Waits(called=histogram(*[60] * 30), voided=7, suspect=2, waiting=3, turned_away=9, no_show=4)
    found = judge(waits, threshold_s=900, share=Decimal("0.9"))
    assert (found.n, found.within) == (30, 30)
    assert found.waits is waits


def test_percentiles_are_by_nearest_rank() -> None:
    # ten waits: rank ceil(10 × 0.5) = 5th = 50 s, ceil(10 × 0.9) = 9th = 90 s, the 91st percentile is the 10th
    tens = histogram(*range(10, 101, 10))
    assert percentiles(tens, (1, 10, 11, 50, 90, 91, 100)) == (10, 10, 20, 50, 90, 100, 100)


def test_a_single_wait_is_every_percentile_even_when_it_is_zero() -> None:
    assert percentiles(histogram(0), (1, 50, 90, 100)) == (0, 0, 0, 0)
    assert percentiles(histogram(7), (1, 50, 90, 100)) == (7, 7, 7, 7)


def test_an_empty_histogram_has_no_percentiles() -> None:
    assert percentiles((), (50, 90)) == (None, None)
    assert percentiles(array("I", [0, 0, 0]), (50, 90)) == (None, None)


def test_the_unserved_are_not_ranked() -> None:
    found = verdict([10] * 30, unserved=30)
    assert (found.p50, found.p90, found.longest) == (10, 10, 10)


waits_in_seconds = st.lists(st.integers(0, 400), max_size=120)


@given(waits_in_seconds.filter(bool), st.integers(1, 100))
def test_percentiles_agree_with_the_sorted_list(waits: list[int], rank: int) -> None:
    place = max(1, ceil(len(waits) * rank / 100))
    assert percentiles(histogram(*waits), (rank,)) == (sorted(waits)[place - 1],)


@given(waits_in_seconds, waits_in_seconds, st.integers(0, 40), st.integers(0, 400))
def test_the_figure_agrees_with_counting_people_one_by_one(
    called: list[int], left: list[int], unserved: int, threshold_s: int
) -> None:
    found = verdict(called, left, unserved=unserved, threshold_s=threshold_s)
    kept = sum(wait <= threshold_s for wait in called)
    broken = sum(wait > threshold_s for wait in (*called, *left)) + unserved
    assert (found.within, found.n) == (kept, kept + broken)
    assert found.longest == max(called, default=None)


# --- which promise holds --------------------------------------------------------------------------


def sheet(code: str, area: str) -> Sheet:
    words = {"it": code}
    return Sheet(
        code=code,
        area=area,
        title=words,
        label=words,
        letter="H",
        what=words,
        who_for=words,
        how=words,
        bring=words,
        modes=(Mode.WALK_IN,),
    )


def promise(code: str, **scope: object) -> Standard:
    base = Standard(
        code=code,
        dimension=Dimension.TIMELINESS,
        title={"it": code},
        indicator=Indicator.WAIT,
        formula="",
        programmed="",
        threshold_s=900,
        share=Decimal("0.90"),
    )
    return replace(base, **scope)  # type: ignore[arg-type]


def charter(*standards: Standard) -> Charter:
    services = ("A01", "A02", "B01")
    return Charter(
        code="prova",
        version="1",
        title="Carta",
        administration="Ente",
        act=Act(kind="", number="", date=None),
        valid_from=date(2026, 1, 1),
        valid_to=None,
        areas=(Area(code="A", title={"it": "A"}), Area(code="B", title={"it": "B"})),
        sheets=(sheet("A01", "A"), sheet("A02", "A"), sheet("B01", "B")),
        standards=standards,
        sites=tuple(Site(code=code, name=code, kind="", address="", services=services) for code in ("uno", "due")),
    )


EVERYTHING = charter(
    promise("all"),
    promise("urgent", priority=True),
    promise("booked", channel=Channel.APPOINTMENT),
    promise("area", areas=("A",)),
    promise("site", sites=("due",)),
    promise("service", services=("A02",)),
    promise("service at the site", services=("A02",), sites=("due",)),
    promise("start", indicator=Indicator.WAIT_START),
)


@pytest.mark.parametrize(
    ("service", "site", "channel", "priority", "code"),
    [
        ("B01", "uno", Channel.WALK_IN, False, "all"),
        ("B01", "uno", Channel.WALK_IN, True, "urgent"),
        ("B01", "uno", Channel.APPOINTMENT, True, "booked"),
        ("A01", "uno", Channel.APPOINTMENT, True, "area"),
        ("A01", "due", Channel.WALK_IN, False, "site"),
        ("A02", "uno", Channel.WALK_IN, False, "service"),
        ("A02", "due", Channel.WALK_IN, False, "service at the site"),
        ("Z99", "uno", Channel.WALK_IN, False, "all"),  # a service outside the charter is still a visitor
    ],
)
def test_the_most_specific_promise_holds(service: str, site: str, channel: Channel, priority: bool, code: str) -> None:
    found = standard_for(EVERYTHING, service=service, site=site, channel=channel, priority=priority)
    assert found is not None
    assert found.code == code


def test_a_service_weighs_more_than_a_site_and_a_site_more_than_all_the_rest() -> None:
    rest = promise("rest", areas=("A",), channel=Channel.WALK_IN, priority=False)
    site, service = promise("site", sites=("due",)), promise("service", services=("A02",))
    found = standard_for(charter(rest, site, service), service="A02", site="due")
    assert found is service
    assert standard_for(charter(rest, site, service), service="A01", site="due") is site


def test_the_order_of_the_file_decides_nothing() -> None:
    reverse = replace(EVERYTHING, standards=EVERYTHING.standards[::-1])
    for service in ("A01", "A02", "B01"):
        for site in ("uno", "due"):
            one, other = (standard_for(each, service=service, site=site) for each in (EVERYTHING, reverse))
            assert one == other


def test_another_indicator_has_promises_of_its_own() -> None:
    found = standard_for(EVERYTHING, service="A02", site="due", indicator=Indicator.WAIT_START)
    assert found is not None
    assert found.code == "start"
    assert standard_for(EVERYTHING, service="A02", site="due", indicator=Indicator.SERVICE_TIME) is None


def test_where_nothing_is_promised_there_is_no_standard() -> None:
    assert standard_for(charter(promise("B", areas=("B",))), service="A01", site="uno") is None


# --- validity -------------------------------------------------------------------------------------


def version(name: str, first: date, last: date | None) -> Charter:
    return replace(charter(), version=name, valid_from=first, valid_to=last)


SPRING = version("spring", date(2026, 1, 1), date(2026, 6, 30))
AUTUMN = version("autumn", date(2026, 7, 1), None)


def test_a_version_is_in_force_on_its_first_and_on_its_last_day() -> None:
    found = [in_force((SPRING, AUTUMN), date(2026, *day)) for day in ((1, 1), (6, 30), (7, 1))]
    assert found == [SPRING, SPRING, AUTUMN]
    assert in_force((SPRING, AUTUMN), date(2025, 12, 31)) is None
    assert in_force((AUTUMN,), date(2099, 1, 1)) is AUTUMN


def test_versions_overlap_when_they_claim_a_common_day() -> None:
    assert not overlap(SPRING, AUTUMN)
    assert not overlap(AUTUMN, SPRING)
    assert overlap(SPRING, version("other", date(2026, 6, 30), None))
    assert overlap(version("endless", date(2026, 1, 1), None), AUTUMN)


def test_a_charter_survives_the_log_whole() -> None:
    assert decode(Charter, encode(EVERYTHING)) == EVERYTHING
    assert decode(Charter, encode(SPRING)) == SPRING
