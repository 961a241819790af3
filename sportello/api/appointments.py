"""Who is expected, as the system that books appointments tells it."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from apiflask.exceptions import HTTPError

from sportello.api.clients import auth, blueprint
from sportello.api.shapes import AppointmentsIn, AppointmentsOut
from sportello.appointments import Faults, Line, of_day
from sportello.ledger import appointments
from sportello.ledger.access import Role
from sportello.web import centre


@blueprint.post("/appointments/<day>")
@blueprint.auth_required(auth, roles=[Role.MANAGER.value])
@blueprint.input(AppointmentsIn, location="json", arg_name="body")
@blueprint.output(AppointmentsOut)
def expected(day: str, body: Mapping[str, Any]) -> object:
    """The appointments of a day, in the place of those told before."""
    lines = [Line(number=n, **one) for n, one in enumerate(body["appointments"], start=1)]
    today = centre().now().local().date()
    try:
        when = date.fromisoformat(day)
        found = of_day(when, lines, {offer.service for offer in centre().day.plan.offers})
    except (ValueError, Faults) as fault:
        raise HTTPError(422, str(fault)) from None
    if when < today:
        raise HTTPError(422, f"{day} is over")
    centre().write(partial(appointments.keep_day, day=when, expected=found, today=today))
    return {"day": day, "expected": len(found)}
