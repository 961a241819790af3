"""What a clerk's buttons ask of the centre."""

from collections.abc import Callable, Mapping

from sportello.domain import commands as c
from sportello.i18n import DEFAULT, NAMES

Form = Mapping[str, str]


def _ticket(form: Form) -> str:
    return form.get("ticket", "")


ACTS: Mapping[str, Callable[[str, Form], c.Command]] = {
    "next": lambda counter, form: c.CallNext(counter=counter, in_hand=form.get("in_hand", "")),
    "call": lambda counter, form: c.CallTicket(
        counter=counter, ticket=_ticket(form), why=form.get("why", ""), in_hand=form.get("in_hand", "")
    ),
    "recall": lambda counter, form: c.Recall(counter=counter, ticket=_ticket(form)),
    "start": lambda counter, form: c.Start(counter=counter, ticket=_ticket(form)),
    "finish": lambda counter, form: c.Finish(counter=counter, ticket=_ticket(form)),
    "no-show": lambda counter, form: c.NoShow(counter=counter, ticket=_ticket(form)),
    "hold": lambda counter, form: c.Hold(counter=counter, ticket=_ticket(form)),
    "resume": lambda counter, form: c.Resume(counter=counter, ticket=_ticket(form)),
    "requeue": lambda counter, form: c.Requeue(counter=counter, ticket=_ticket(form)),
    "leave": lambda counter, form: c.Leave(counter=counter, ticket=_ticket(form)),
    "void": lambda counter, form: c.Void(counter=counter, ticket=_ticket(form), why=form.get("why", "")),
    "undo": lambda counter, form: c.Undo(counter=counter, ticket=_ticket(form)),
    "priority": lambda counter, form: c.GivePriority(
        counter=counter, ticket=_ticket(form), priority=form.get("priority", "1") == "1"
    ),
    "transfer": lambda counter, form: c.Transfer(
        counter=counter,
        ticket=_ticket(form),
        service=form.get("service", ""),
        to_counter=form.get("to_counter") or None,
        returns=form.get("returns") == "1",
    ),
    "walk-in": lambda counter, form: c.WalkIn(
        counter=counter,
        service=form.get("service", ""),
        language=form["language"] if form.get("language") in NAMES else DEFAULT,
        priority=form.get("priority") == "1",
        at_once=form.get("at_once") == "1",
        in_hand=form.get("in_hand", ""),
    ),
    "pause": lambda counter, form: c.PauseCounter(counter=counter),
    "unpause": lambda counter, form: c.ResumeCounter(counter=counter),
    "answer": lambda counter, form: c.AnswerStaff(where=form.get("where", ""), counter=counter),
    "stop": lambda counter, form: c.StopIssuing(service=form.get("service", ""), why=form.get("why", "")),
    "go-on": lambda counter, form: c.ResumeIssuing(service=form.get("service", "")),
}
