"""A worker holds no more after many slips than after a few. At full length: `python -m benchmarks.soak`."""

from pathlib import Path

from sportello.domain.slips import JobState
from tests.paper.soak import soak


def test_a_worker_holds_no_more_after_many_slips_than_after_a_few(tmp_path: Path) -> None:
    found = soak(tmp_path, slips=40, every_s=0.2)
    assert (found.states, found.sheets) == ({JobState.CONFIRMED: 40}, 40)
    assert found.more_files == 0
    assert found.most_mb < 120
