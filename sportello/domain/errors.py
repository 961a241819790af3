"""Why a command is refused. Each reason has a code for programs and a sentence for people (see `sportello.i18n`)."""

from enum import StrEnum


class Reason(StrEnum):
    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_COUNTER = "unknown_counter"
    CLOSED = "closed"  # outside the hours in which numbers are given
    QUOTA_FULL = "quota_full"
    ISSUING_STOPPED = "issuing_stopped"
    NO_CHARTER = "no_charter"  # none in force today
    DAY_CLOSED = "day_closed"
    DAY_OPEN = "day_open"
    COUNTER_BUSY = "counter_busy"  # somebody is at this counter
    ALREADY_CALLED = "already_called"  # another counter was faster
    WRONG_STATUS = "wrong_status"  # e.g. start a ticket nobody called
    ELSEWHERE = "elsewhere"  # the ticket is in another counter's hands
    HAND_CHANGED = "hand_changed"  # not the ticket the clerk had on screen
    REASON_REQUIRED = "reason_required"
    NOT_SERVED_HERE = "not_served_here"  # this counter does not take that service
    TOO_LATE_TO_UNDO = "too_late_to_undo"
    COMMAND_REUSED = "command_reused"  # same command id, another command
    CHARTER_OVERLAP = "charter_overlap"
    UNKNOWN_STANDARD = "unknown_standard"  # not one that is verified by hand
    UNKNOWN_LEP = "unknown_lep"
    INCOMPLETE = "incomplete"  # a declaration without what stands behind it
    BAD_TIME = "bad_time"  # an appointment far from now
    BAD_SPAN = "bad_span"  # an end before its beginning, or more than a month after it
    NOTHING_TO_PRINT = "nothing_to_print"
    SLIP_SETTLED = "slip_settled"  # what became of that sheet is known


class Refused(Exception):
    """A command that cannot be done, for a reason its sender can understand and act upon."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail  # a number, counter or service the sentence mentions

    @property
    def code(self) -> str:
        return self.reason.value
