"""The shapes of questions and answers, as the OpenAPI document shows them."""

from apiflask import Schema
from apiflask.fields import Boolean, Date, Dict, Integer, List, Nested, String
from apiflask.validators import Length, OneOf

from sportello.domain.charter import Indicator, LegRule, Outcome
from sportello.i18n import NAMES
from sportello.ledger.queries import By


class Seconds(Schema):
    low_s = Integer()
    high_s = Integer()


class Promise(Schema):
    code = String()
    threshold_s = Integer(allow_none=True)
    share = String(allow_none=True, metadata={"description": "0..1, decimal"})
    demonstrative = Boolean()


class ServiceOut(Schema):
    code = String()
    title = String()
    label = String()
    area = String()
    letter = String()
    open = Boolean()
    closed = String(allow_none=True, metadata={"description": "why no number is given now: a refusal code"})
    waiting = Integer()
    estimate = Nested(Seconds, allow_none=True)
    standard = Nested(Promise, allow_none=True)
    left = Integer(allow_none=True, metadata={"description": "numbers left today, where there is a quota"})


class ServicesOut(Schema):
    services = List(Nested(ServiceOut))


class TicketIn(Schema):
    service = String(required=True, validate=Length(1, 40))
    priority = Boolean(load_default=False)
    language = String(load_default="it", validate=OneOf(list(NAMES)))
    booked_at = String(
        load_default=None, allow_none=True, metadata={"description": "appointment, ISO 8601 with offset: check-in"}
    )


class TicketOut(Schema):
    id = String()
    number = String()
    letter = String()
    service = String()
    status = String()
    language = String()
    priority = Boolean()
    channel = String()
    charter = String(allow_none=True)
    standard = Nested(Promise, allow_none=True)
    issued_at = String()
    called_at = String(allow_none=True)
    started_at = String(allow_none=True)
    ended_at = String(allow_none=True)
    wait_s = Integer(allow_none=True, metadata={"description": "clock start to first call, whole seconds"})
    counter = String(allow_none=True)
    calls = Integer()
    ahead = Integer(allow_none=True)
    estimate = Nested(Seconds, allow_none=True)
    print = Dict(allow_none=True, metadata={"description": "the newest sheet: state, copy, printer"})


class CalledOut(TicketOut):
    reason = Dict(metadata={"description": "code, text, slack_s, note: why this one"})


class ActIn(Schema):
    counter = String(load_default=None, allow_none=True, validate=Length(max=20))
    why = String(load_default="", validate=Length(max=300), metadata={"description": "void: the reason"})
    service = String(load_default=None, allow_none=True, metadata={"description": "transfer: to which service"})
    to_counter = String(load_default=None, allow_none=True, metadata={"description": "transfer: to which counter"})
    returns = Boolean(load_default=False, metadata={"description": "transfer: back to `counter` afterwards"})


class CounterIn(Schema):
    clerk = String(load_default="", validate=Length(max=40), metadata={"description": "open: a pseudonym"})
    in_hand = String(load_default=None, allow_none=True, metadata={"description": "call-next: the ticket seen there"})
    ticket = String(load_default=None, allow_none=True, metadata={"description": "call: which ticket"})
    why = String(load_default="", validate=Length(max=300), metadata={"description": "call: the reason"})


class WalkInIn(Schema):
    service = String(required=True, validate=Length(1, 40))
    priority = Boolean(load_default=False)
    language = String(load_default="it", validate=OneOf(list(NAMES)))
    at_once = Boolean(load_default=False, metadata={"description": "called to this counter now"})
    in_hand = String(load_default=None, allow_none=True, metadata={"description": "at once: the ticket seen there"})


class CounterOut(Schema):
    counter = String()
    open = Boolean()
    paused = Boolean(metadata={"description": "open, but nobody is called for a while"})
    ticket = Nested(TicketOut, allow_none=True)


class DayOut(Schema):
    day = String(allow_none=True)
    open = Boolean()


class AppointmentIn(Schema):
    code = String(required=True, metadata={"description": "4 to 16 digits or capitals; never a tax code"})
    service = String(required=True)
    time = String(required=True, metadata={"description": "local time, 10:30"})


class AppointmentsIn(Schema):
    appointments = List(Nested(AppointmentIn), required=True, validate=Length(max=5000))


class AppointmentsOut(Schema):
    day = String()
    expected = Integer(metadata={"description": "how many appointments the day now has"})


class CallOut(Schema):
    n = Integer(metadata={"description": "counts the calls of the day: 1, 2, 3 …"})
    number = String()
    counter = String()
    place = String(metadata={"description": "the counter's name on screen"})
    room = String(metadata={"description": "where the counter stands; empty where the centre has one room"})
    language = String(metadata={"description": "to repeat the call in; empty where calls are not repeated"})
    again = Boolean(metadata={"description": "a recall"})
    at_ms = Integer()


class QueueOut(Schema):
    letter = String()
    waiting = Integer()
    longest_s = Integer(metadata={"description": "the longest wait so far, whole seconds"})
    estimate = Nested(Seconds, allow_none=True)


class BoardOut(Schema):
    epoch = Integer()
    seq = Integer(metadata={"description": "the last event this state contains"})
    version = String(metadata={"description": "of the program: when it changes, a screen reloads its page"})
    centre = String()
    day = String(allow_none=True)
    open = Boolean()
    now_ms = Integer()
    calls = List(Nested(CallOut), metadata={"description": "newest first"})
    queues = List(Nested(QueueOut))
    notice = String(metadata={"description": "one line for the room, or empty"})
    rooms = List(String(), metadata={"description": "in which counters stand; none where there is one room"})
    languages = List(String(), metadata={"description": "of the centre's visitors, in their order"})


class PeriodIn(Schema):
    first = Date(required=True, data_key="from")
    last = Date(required=True, data_key="to")


class KeptOut(Schema):
    service = String()
    title = Dict(metadata={"description": "the service's name, by language"})
    standard = Dict(allow_none=True, metadata={"description": "code, threshold_s, share, programmed, demonstrative"})
    charter = String(allow_none=True)
    group = String(metadata={"description": "the service, month, day … that `by` asked for"})
    indicator = String(validate=OneOf([one.value for one in Indicator]))
    leg = String(validate=OneOf([one.value for one in LegRule]))
    n = Integer(metadata={"description": "valid tickets; working days for open_days_share"})
    within = Integer()
    share = String(allow_none=True, metadata={"description": "within / n, 0..1, decimal, rounded down"})
    excused = Integer(metadata={"description": "tickets that an act of force majeure touches"})
    without_share = String(allow_none=True, metadata={"description": "the share without them; null where no act is"})
    without_outcome = String(allow_none=True)
    p50 = Integer(allow_none=True, metadata={"description": "whole seconds, nearest rank"})
    p90 = Integer(allow_none=True)
    max = Integer(allow_none=True)
    unserved = Integer()
    left = Integer()
    no_show = Integer()
    voided = Integer()
    suspect = Integer()
    turned_away = Integer()
    waiting = Integer()
    unmeasured = Integer(metadata={"description": "nothing to measure by this indicator"})
    coverage = String(allow_none=True, metadata={"description": "open hours recorded, 0..1; null where none were due"})
    outcome = String(validate=OneOf([outcome.value for outcome in Outcome]))


class FiguresOut(Schema):
    first = Date(data_key="from")
    last = Date(data_key="to")
    by = String(validate=OneOf([one.value for one in By]))
    log = Dict(metadata={"description": "where the log ended: epoch, seq, hash"})
    definition = Dict(metadata={"description": "how it is measured, sentence by sentence, by language"})
    data_hash = String(metadata={"description": "SHA-256 over the events the figures are a function of"})
    definition_version = Integer()
    checked = Boolean(metadata={"description": "whether the chain of the period's events was walked"})
    fault = Dict(allow_none=True, metadata={"description": "the first bad event found: epoch, seq, kind, why"})
    coverage = Dict(metadata={"description": "open hours: expected_s, recorded_s, share"})
    missing = List(Dict(), metadata={"description": "when nothing was recorded in open hours"})
    force_majeure = List(Dict(), metadata={"description": "acts recorded for the period, those withdrawn too"})
    outside = Dict(metadata={"description": "how many people are outside the figures, and why"})
    rows = List(Nested(KeptOut))
    by_hand = List(
        Dict(),
        metadata={"description": "promises no ticket can prove: charter, standard, title, outcome, declared"},
    )


class QuotesOut(Schema):
    service = String()
    title = Dict(metadata={"description": "the service's name, by language"})
    group = String(metadata={"description": "the service, month, day … that `by` asked for"})
    n = Integer(metadata={"description": "counted tickets that were told a range"})
    inside = Integer()
    below = Integer(metadata={"description": "called sooner than was told"})
    above = Integer(metadata={"description": "called later than was told, or never"})
    untold = Integer(metadata={"description": "had no quote"})
    share = String(allow_none=True, metadata={"description": "inside / n, 0..1, decimal, rounded down"})


class AccuracyOut(Schema):
    first = Date(data_key="from")
    last = Date(data_key="to")
    by = String(validate=OneOf([one.value for one in By]))
    log = Dict(metadata={"description": "where the log ended: epoch, seq, hash"})
    definition = Dict(metadata={"description": "how it is counted, sentence by sentence, by language"})
    outside = Dict(metadata={"description": "how many numbers are outside the figures, and why"})
    rows = List(Nested(QuotesOut))


class FiguresIn(PeriodIn):
    service = String(load_default=None, allow_none=True)
    by = String(load_default="service", validate=OneOf([one.value for one in By]))
