"""What is written in the log comes back as it was, also when it was written by an earlier version."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.domain.codec import decode, encode
from sportello.domain.events import KINDS, Event, SlipSettled, from_data, to_data
from sportello.domain.slips import JobState
from tests.domain.room import CHARTER, PLAN

TEXT = st.text(max_size=8)


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type, built without a look at the codec."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return st.one_of([st.none() if part is type(None) else values(part) for part in inside])
    if origin is tuple:
        alike = inside[1:] == (Ellipsis,)
        return st.lists(values(inside[0]), max_size=2).map(tuple) if alike else st.tuples(*map(values, inside))
    if origin is not None and issubclass(origin, Mapping):
        return st.dictionaries(TEXT, values(inside[1]), max_size=2)
    plain = {
        str: TEXT,
        int: st.integers(-(2**53), 2**53),
        bool: st.booleans(),
        date: st.dates(),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    }
    if kind in plain:
        return plain[kind]
    if issubclass(kind, StrEnum):
        return st.sampled_from(list(kind))
    return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_comes_back_from_the_log_as_it_was(kind: str, data: st.DataObject) -> None:
    event: Event = data.draw(values(KINDS[kind]))
    assert from_data(kind, json.loads(json.dumps(to_data(event)))) == event


def test_a_plan_and_a_charter_come_back_as_they_were() -> None:
    for value in (PLAN, CHARTER):
        assert decode(type(value), json.loads(json.dumps(encode(value)))) == value


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_a_field_added_since_takes_its_default_and_one_dropped_is_passed_over(kind: str, data: st.DataObject) -> None:
    event: Event = data.draw(values(KINDS[kind]))
    written = to_data(event)
    younger = [one.name for one in fields(event) if one.default is not MISSING or one.default_factory is not MISSING]
    for name in younger:
        del written[name]
    read = from_data(kind, {**written, "no_longer_known": 1})
    blank = KINDS[kind](**{one.name: getattr(event, one.name) for one in fields(event) if one.name not in younger})
    assert read == blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of different kinds, and a mapping of mappings."""

    two: tuple[int, str]
    deep: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)


def test_a_pair_of_different_kinds_comes_back_as_a_pair() -> None:
    pair = Pair(two=(1, "x"), deep={"a": {"b": Decimal("0.90")}})
    assert encode(pair) == {"two": [1, "x"], "deep": {"a": {"b": "0.90"}}}
    assert decode(Pair, encode(pair)) == pair
    with pytest.raises(ValueError, match="argument"):
        decode(Pair, {"two": [1, "x", 2]})


def test_a_word_no_version_knew_is_not_passed_over() -> None:
    settled = SlipSettled(job=1, ticket="t", copy=0, printer="totem", state=JobState.SENT, evidence=0, detail="")
    with pytest.raises(ValueError, match="eaten"):
        from_data("SlipSettled", {**to_data(settled), "state": "eaten"})
