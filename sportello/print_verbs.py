"""What the local line answers about printing: to the print worker, and to a terminal."""

from collections.abc import Callable, Mapping
from typing import Any

from sportello import paper, spooling
from sportello.centre import Centre
from sportello.domain.codec import decode, encode
from sportello.domain.printing import PrinterSetup, PrinterStatus
from sportello.domain.slips import JobState, Mark
from sportello.ledger import printers

LONGEST_ERRAND_S = 120.0
Message = dict[str, Any]


def _peek(centre: Centre, message: Message) -> object:
    job = spooling.peek(centre, message["printer"], float(message["wait_s"]))
    return None if job is None else encode(job)


def _begin(centre: Centre, message: Message) -> object:
    return spooling.begin(centre, message["job"], message["printer"], decode(Mark, message["mark"]))


def _sent(centre: Centre, message: Message) -> object:
    return spooling.sent(centre, message["job"])


def _settle(centre: Centre, message: Message) -> object:
    state, told = JobState(message["state"]), (message["detail"], message["evidence"], message["mm"])
    detail, evidence, mm = told
    return spooling.settle(centre, message["job"], state, detail=detail, evidence=evidence, mm=mm)


def _in_flight(centre: Centre, message: Message) -> object:
    return [encode(one) for one in spooling.in_flight(centre, message["printer"])]


def _report(centre: Centre, message: Message) -> None:
    spooling.report(centre, message["printer"], decode(PrinterStatus, message["status"]))


def _printers(centre: Centre, message: Message) -> object:
    return [encode(one) for one in centre.printers()]


def _keep_printer(centre: Centre, message: Message) -> None:
    setup = decode(PrinterSetup, message["printer"])
    centre.write(lambda db: printers.keep_printer(db, setup, centre.now().wall_ms))


def _drop_printer(centre: Centre, message: Message) -> object:
    return centre.write(lambda db: printers.drop_printer(db, message["printer"]))


def _roll_changed(centre: Centre, message: Message) -> object:
    return paper.change_roll(centre, message["printer"])


def _printing(centre: Centre, message: Message) -> object:
    """How the printers are, and what is in doubt, for a terminal."""
    at = centre.now()
    told = []
    for setup in centre.printers():
        heard, meter = centre.stations.heard(setup.name, at), paper.meter(centre, setup)
        status = heard.status if heard else PrinterStatus()
        one = {"name": setup.name, "uri": setup.uri, "ready": status.ready, "code": status.code}
        told.append({**one, "left": meter.left, "suggested": meter.suggested})
    doubtful = [
        {
            "number": one.job.slip.number,
            "copy": one.job.copy,
            "state": one.state.value,
            "printer": one.printer,
            "detail": one.detail,
        }
        for one in spooling.in_doubt(centre)
    ]
    return {"printers": told, "doubtful": doubtful}


def _ticket(centre: Centre, message: Message) -> object:
    """The ticket of a number of today; None where it was not given."""
    return next((one.id for one in centre.day.tickets.values() if one.code == message["number"]), None)


def _take_errand(centre: Centre, message: Message) -> object:
    found = centre.stations.take(min(float(message["wait_s"]), spooling.LONGEST_WAIT_S))
    return None if found is None else encode(found)


def _errand_done(centre: Centre, message: Message) -> None:
    centre.stations.done(message["errand"], message["result"])


def _errand(centre: Centre, message: Message) -> object:
    """None where nobody owns the printers, or it did not answer in time."""
    return centre.stations.ask(message["kind"], message["about"], min(float(message["timeout_s"]), LONGEST_ERRAND_S))


VERBS: Mapping[str, Callable[[Centre, Message], object]] = {
    "peek": _peek,
    "begin": _begin,
    "sent": _sent,
    "settle": _settle,
    "in_flight": _in_flight,
    "report": _report,
    "printers": _printers,
    "keep_printer": _keep_printer,
    "drop_printer": _drop_printer,
    "roll_changed": _roll_changed,
    "printing": _printing,
    "ticket": _ticket,
    "errand": _errand,
    "take_errand": _take_errand,
    "errand_done": _errand_done,
}
