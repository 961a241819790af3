"""Visitors with an appointment: the code they bring, and the one number it gives."""

import hmac
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import cast

from flask import current_app
from flask.blueprints import BlueprintSetupState
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sportello import web
from sportello.appointments import plain
from sportello.domain.commands import CheckIn
from sportello.domain.events import TicketIssued, VisitorTurnedAway
from sportello.ledger import appointments, log
from sportello.ledger.appointments import Appointment

WRONG = RateLimitItemPerMinute(10)  # codes nobody knows, from one kiosk: more is somebody who guesses


class Miss(StrEnum):
    """Why a code gave no number."""

    UNKNOWN = "unknown"
    OTHER_DAY = "other-day"
    TOO_OFTEN = "too-often"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of a code: a number, or why there is none. `appointment` is known where the code is."""

    ticket: str = ""
    miss: Miss | None = None
    appointment: Appointment | None = None


def keep_tries(state: BlueprintSetupState) -> None:
    """Wrong codes are counted in this process: the one that serves."""
    state.app.extensions["wrong_codes"] = MovingWindowRateLimiter(MemoryStorage())


def check_in(code: str, *, kiosk: str, language: str, actor: str) -> Found:
    """The number of who brings this code."""
    tries = cast(MovingWindowRateLimiter, current_app.extensions["wrong_codes"])
    if not tries.test(WRONG, kiosk):
        return Found(miss=Miss.TOO_OFTEN)
    today = web.centre().now().local().date()
    with web.reading() as db:
        appointment = appointments.find(db, plain(code), today)
    if appointment is None:
        tries.hit(WRONG, kiosk)
        return Found(miss=Miss.UNKNOWN)
    if appointment.day != today:
        return Found(miss=Miss.OTHER_DAY, appointment=appointment)
    return Found(ticket=_number(appointment, today, language, actor), appointment=appointment)


def _sealed(asked: str) -> str:
    """A command id that stands in the log for ever and tells the code to nobody who lacks this box's key."""
    return hmac.new(web.config().secret.read_bytes(), asked.encode(), sha256).hexdigest()[:32]


def _number(appointment: Appointment, today: date, language: str, actor: str) -> str:
    """The ticket of an appointment: the one it has, or a new one."""
    attempt = 0
    while True:
        command_id = _sealed(f"{today} {appointment.code} {attempt}")
        with web.reading() as db:
            seen = log.by_command(db, web.centre().code, command_id)
        happened = [record.event for record in seen[1]] if seen else []
        if not any(isinstance(event, VisitorTurnedAway) for event in happened):
            break
        attempt += 1  # came when nobody could be let in: that is no answer for ever
    if not happened:
        wanted = CheckIn(service=appointment.service, booked_ms=appointment.booked_ms, language=language)
        recorded = web.centre().handle(wanted, actor=actor, command_id=command_id)
        happened = [record.event for record in recorded]
    return next(event.ticket for event in happened if isinstance(event, TicketIssued))
