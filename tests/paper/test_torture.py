"""Nothing printed twice, nothing called printed that is not, nothing forgotten: a short torture of the whole chain.

At full length: `python -m benchmarks.paper`.
"""

from pathlib import Path

from sportello.domain.slips import JobState
from tests.paper.torture import Plan, torture


def test_kills_power_cuts_and_ends_of_paper_lose_and_double_nothing(tmp_path: Path) -> None:
    found = torture(tmp_path, Plan(jobs=25, kills=10, power_cuts=4, paper_outs=5))
    assert (found.duplicates, found.false_confirmations, found.unended) == ([], [], [])
    assert found.states()[JobState.CONFIRMED] >= 20
    assert found.states()[JobState.UNKNOWN] <= 1
