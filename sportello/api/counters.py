"""Counters, the day and the board."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from sportello.api.clients import auth, blueprint, do, language
from sportello.api.openapi import answered
from sportello.api.shapes import BoardOut, CalledOut, CounterIn, CounterOut, DayOut, TicketOut, WalkInIn
from sportello.api.views import sheet_view, shown, ticket_view
from sportello.domain import commands as c
from sportello.domain.events import TicketCalled, TicketIssued
from sportello.i18n import WHYS, translator
from sportello.ledger.access import Role
from sportello.web import centre


def _counter_view(code: str) -> dict[str, object]:
    counter, held = centre().day.counter(code), centre().day.in_hand(code)
    return {
        "counter": code,
        "open": counter.open,
        "paused": counter.paused,
        "ticket": shown(held, sheet_view(held.id)) if held else None,
    }


@blueprint.post("/counters/<counter>/open")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CounterOut)
def counter_open(counter: str, body: Mapping[str, Any]) -> object:
    """Open a counter."""
    do(c.OpenCounter(counter=counter, clerk=body["clerk"]))
    return _counter_view(counter)


@blueprint.post("/counters/<counter>/close")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.output(CounterOut)
def counter_close(counter: str) -> object:
    """Close a counter that has nobody in hand."""
    do(c.CloseCounter(counter=counter))
    return _counter_view(counter)


@blueprint.post("/counters/<counter>/pause")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.output(CounterOut)
def counter_pause(counter: str) -> object:
    """Call nobody here for a while; refused while somebody is in hand. Why is not asked."""
    do(c.PauseCounter(counter=counter))
    return _counter_view(counter)


@blueprint.post("/counters/<counter>/resume")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.output(CounterOut)
def counter_resume(counter: str) -> object:
    """Go on after a pause; a call does so too."""
    do(c.ResumeCounter(counter=counter))
    return _counter_view(counter)


@blueprint.post("/counters/<counter>/walk-in")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(WalkInIn, location="json", arg_name="body")
@blueprint.output(TicketOut, status_code=201)
def walk_in(counter: str, body: Mapping[str, Any]) -> object:
    """Take in somebody who has no number and needs no paper; `at_once` calls them here, as *call* does."""
    recorded = do(c.WalkIn(counter=counter, **body))
    return ticket_view(next(one.event.ticket for one in recorded if isinstance(one.event, TicketIssued)))


def _called(recorded: Any) -> ResponseReturnValue | dict[str, object]:
    called = next((one.event for one in recorded if isinstance(one.event, TicketCalled)), None)
    if called is None:
        return Response(status=204)
    reason = {
        "code": called.reason,
        "text": translator(language())(WHYS[called.reason]),
        "slack_s": called.slack_s,
        "note": called.note,
    }
    return {**ticket_view(called.ticket), "counter": called.counter, "reason": reason}


@blueprint.post("/counters/<counter>/call-next")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CalledOut)
@blueprint.doc(responses={204: "Nobody waits."})
def call_next(counter: str, body: Mapping[str, Any]) -> object:
    """Call the next ticket; whoever is in hand is finished. With `in_hand`, refused if that is not who is there."""
    return _called(do(c.CallNext(counter=counter, in_hand=body["in_hand"])))


@blueprint.post("/counters/<counter>/call")
@blueprint.auth_required(auth, roles=[Role.CLERK.value])
@blueprint.input(CounterIn, location="json", arg_name="body")
@blueprint.output(CalledOut)
def call(counter: str, body: Mapping[str, Any]) -> object:
    """Call a given `ticket`, out of turn; `why` is required and kept."""
    return _called(
        do(c.CallTicket(counter=counter, ticket=body["ticket"] or "", why=body["why"], in_hand=body["in_hand"]))
    )


def _day_view() -> dict[str, object]:
    day = centre().day
    return {"day": day.label.isoformat() if day.label else None, "open": day.open}


@blueprint.post("/day/open")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.output(DayOut)
def day_open() -> object:
    """Open the service day; it also opens by itself with the first number inside the hours."""
    do(c.OpenDay())
    return _day_view()


@blueprint.post("/day/close")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.output(DayOut)
def day_close() -> object:
    """Close-out: who still waits becomes *unserved*, a counted outcome."""
    do(c.CloseDay())
    return _day_view()


@blueprint.get("/board")
@blueprint.auth_required(auth, roles=[Role.KIOSK.value])
@blueprint.doc(responses=answered(BoardOut))
def board() -> object:
    """What the waiting room sees, whole, with the `seq` it stands at."""
    return current_app.extensions["live"].state()
