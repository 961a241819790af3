"""The facts of a slip survive being kept as JSON."""

import json

import pytest

from sportello.domain.slips import Slip


@pytest.mark.parametrize(
    "facts",
    [
        {"service": {"it": "Iscrizione", "en": "Registration"}, "estimate_s": (900, 1500), "standard_s": 1800},
        {"service": None, "estimate_s": None, "standard_s": None},
    ],
)
def test_a_kept_slip_comes_back_as_it_was(facts: dict[str, object]) -> None:
    slip = Slip(
        centre="Centro per l'impiego di Como",
        number="A042",
        language="it",
        ahead=7,
        standard_share="0.90",
        demonstrative=True,
        issued_ms=1_795_519_200_000,
        ticket="01JD9Z",
        copy=2,
        demo=True,
        **facts,  # type: ignore[arg-type]
    )
    assert Slip.from_data(json.loads(json.dumps(slip.to_data()))) == slip
