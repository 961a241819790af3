"""One printer as a station sees it: is it ready, take this, what proves that it came out, what became of that one."""

import time
from collections.abc import Callable
from pathlib import Path

from printers import commands
from printers.base import Delivery, Evidence, Level, PrinterError
from printers.commands import COVER, FAULTS, FENCE, ONLINE, PAPER
from printers.encode import START
from printers.links.base import Broken, Link
from printers.links.choice import connect
from printers.replies import Kind, Replies, Reply
from sportello.domain.printing import Capability, PrinterSetup, PrinterStatus
from sportello.domain.slips import Mark

STATUS_S = 0.8  # for an answer in real time; asked twice
FENCE_S = 1.0  # for one in order, from a printer at rest
COUNT_S = 2.0
STALL_S = 2.0  # without one more byte being taken and no fault known
STALL_SERIAL_S = 5.0
HOLD_S = 20.0  # for a fault on the way to be mended
CONFIRM_S = 3.0  # beside the printing itself
SLOWEST_MM_S = 100.0
LONGEST_MM = 204.0
TICK_S = 0.25
ASK_S = 1.0  # between two looks at a printer that tells nothing unasked

Held = Callable[[str], None]  # told once, when a fault is seen on the way


class Device:
    """Used by one thread. What it does not know it learns by asking what every printer may be asked; process id,
    counters and clearing only where the set-up says that they were seen to work.
    """

    def __init__(self, setup: PrinterSetup, folder: Path) -> None:
        self.setup = setup
        self.stirred_at = time.monotonic()  # when it last looked at the line
        self._folder = folder
        self._dialect = commands.DIALECTS.get(setup.dialect, commands.ESCPOS)
        self._link: Link | None = None
        self._replies = Replies()
        self._heard: list[Reply] = []
        self._fault = ""  # by its own news
        self._tells = False  # it told news on this connection: nobody need ask
        self._speaks: bool | None = True if Capability.STATUS in setup.capabilities else None
        self._fences: bool | None = True if Capability.FENCE in setup.capabilities else None
        self._in_step = False  # a process before us may have broken off inside a picture
        self._torn = False  # a slip was begun and may have been broken off anywhere
        self._sent = 0  # bytes of the last handing over that were taken
        self._hanging: str | None = None  # whose piece hangs in the printer; None: nobody knows

    # --- before a slip -------------------------------------------------------------------------------

    def ready(self, ticket: str) -> int | None:
        """Make sure that a slip sent now would come out whole; the number of cuts so far, where it is counted.

        Raises `PrinterError`, nothing having been sent. A piece of another ticket's slip is cut off first, and counted
        before the count: the cut must not be taken for this slip's.
        """
        try:
            self._connected()
            self._refuse_faults()
            if not self._in_step:
                self._fall_in(FENCE_S)
            if self._hanging not in ("", ticket):
                self._hand_over(commands.WASTE, lambda _: None)
            self._hanging = ""
            return self._count() if self._can(Capability.COUNTERS) else None
        except Broken as broken:
            self.close()
            raise self._error(broken.code, Delivery.NOT_SENT) from broken

    def status(self) -> PrinterStatus:
        """What it says of itself now; never raises."""
        try:
            self._connected()
            if not self._answers():
                return PrinterStatus(source="none")
            answers = self._real_time()
            full = self._ask(commands.FULL, Kind.FULL) if self._can(Capability.PRESENTER) else None
        except Broken as broken:
            self.close()
            return PrinterStatus(online=False, code=broken.code)
        except PrinterError as fault:
            return PrinterStatus(online=False, code=fault.code)
        code = _fault(answers)
        return PrinterStatus(
            online=not answers[ONLINE] & 0x08 if ONLINE in answers else None,
            paper=not answers[PAPER] & 0x60 if PAPER in answers else None,
            near_end=bool(answers[PAPER] & 0x0C) if PAPER in answers else None,
            cover_closed=not answers[COVER] & 0x04 if COVER in answers else None,
            error=bool(answers[COVER] & 0x40) if COVER in answers else None,
            ticket_waiting=bool(full[2] & commands.AT_EXIT) if full else None,
            code=code,
            source="dle",
        )

    def news(self) -> str | None:
        """A fault it told unasked since the last look; empty when it told that all is well; None without news."""
        if self._link is None:
            return None
        try:
            before, self._fault = self._fault, "?"
            self._hear(0)
            told, self._fault = self._fault, before if self._fault == "?" else self._fault
        except Broken as broken:
            self.close()
            return broken.code
        return None if told == "?" else told

    # --- a slip --------------------------------------------------------------------------------------

    def send(self, data: bytes, ticket: str, mark: Mark, held: Held, *, label: str = "") -> None:
        """Hand over one slip. Raises `PrinterError`: `NOT_SENT` while not a byte was taken, `TORN` after, and `UNKNOWN`
        once its cut was.
        """
        if self._speaks and data.startswith(START):
            data = START + commands.NEWS_ON + data[len(START) :]
        end, whole = len(data), False
        if self._can(Capability.PROCESS_ID):
            data += commands.process_id(mark.process_id)
        try:
            assert self._link is not None, "ready() comes first"
            self._link.begin(label)
            self._hanging = ticket
            self._hand_over(data, held)
            whole = True
            self._link.finish()
        except Broken as broken:
            refused = whole and broken.code != "no_progress"  # a job that is handed over at its end, as a whole
            sent = 0 if refused else self._sent
            self._in_step, self._torn = False, True
            self._abort()
            if not sent:
                self._hanging = ""
            delivery = Delivery.UNKNOWN if sent >= end else Delivery.TORN if sent else Delivery.NOT_SENT
            raise self._error(broken.code, delivery, f"{sent} bytes") from broken

    def confirm(self, mark: Mark, mm: float, held: Held) -> Evidence:
        """What proves that the slip just sent is on paper. Raises `PrinterError` where nothing does, when it should."""
        patience_s = CONFIRM_S + mm / SLOWEST_MM_S
        try:
            evidence = self._proof(mark, patience_s, held)
        except Broken as broken:
            self.close()
            self._in_step, self._torn = False, True
            raise self._error(broken.code, Delivery.UNKNOWN) from broken
        self._hanging = ""
        return evidence

    def _proof(self, mark: Mark, patience_s: float, held: Held) -> Evidence:
        level, detail = Level.ACCEPTED, "mute"
        if self._can(Capability.PROCESS_ID):
            self._await(Kind.BLOCK, patience_s, held, lambda said: said == commands.printed(mark.process_id))
            level, detail = Level.PRINTED, "process id"
        if self._can(Capability.COUNTERS) and mark.counter is not None:
            count = self._count(patience_s, held)
            if count > mark.counter:
                return Evidence(level=Level.CUT, detail=f"cut {count}")
            if level < Level.PRINTED:
                raise Broken("cutter")
        if level < Level.PRINTED and self._fences:
            self._hand_over(FENCE, held)
            answer = self._await(Kind.FENCE, patience_s, held)
            level, detail = Level.PARSED, "near_end" if answer[0] & 0x03 else ""
        elif level < Level.PRINTED:
            self._settle()
            if self._speaks:
                if code := _fault(self._real_time()):
                    raise Broken(code)
                level, detail = Level.NO_FAULT, ""
        return Evidence(level=level, detail=detail)

    # --- what became of one that was broken off ----------------------------------------------------------

    def give_up(self) -> bool:
        """Make the printer forget what it has not printed; whether it said that it did."""
        if not self._can(Capability.CLEAR):
            return False
        try:
            self._connected()
            self._heard.clear()
            self._hand_over(commands.CLEAR, lambda _: None)
            self._await(Kind.BLOCK, STATUS_S, lambda _: None, lambda said: said == commands.CLEARED, hold=False)
        except (Broken, PrinterError):
            self.close()
            return False
        return True

    def fate(self, ticket: str, mark: Mark) -> Evidence | None:
        """What became of a slip that somebody began: the proof that it is out, None when it is proven not to be.

        Raises `PrinterError`: `NOT_SENT` when the printer cannot be asked now, `UNKNOWN` when it cannot tell.
        """
        try:
            self._hanging, self._torn = None, True
            self._connected()
            self._refuse_faults()
            self._fall_in(STALL_S + LONGEST_MM / SLOWEST_MM_S)
            if not self._can(Capability.COUNTERS) or mark.counter is None:
                raise self._error("no_counter", Delivery.UNKNOWN)
            count = self._count()
        except Broken as broken:
            self.close()
            raise self._error(broken.code, Delivery.NOT_SENT) from broken
        if count > mark.counter:
            self._hanging = ""
            return Evidence(level=Level.CUT, detail=f"cut {count}")
        self._hanging = ticket
        return None

    # --- what it can do ------------------------------------------------------------------------------

    def probe(self) -> frozenset[Capability]:
        """Ask step by step, each question only after the one before was answered; what it answered.

        Not between slips: an unknown command may come out as text. Raises `PrinterError` when it cannot be reached.
        """
        found: set[Capability] = set()
        try:
            self.close()
            self._connected()
            for capability, question, kind, right in _QUESTIONS:
                if capability is Capability.PRESENTER and not self._dialect.full:
                    continue
                try:
                    if capability is Capability.COUNTERS:
                        self._count(FENCE_S)
                    else:
                        self._heard.clear()
                        self._hand_over(question, lambda _: None)
                        self._await(kind, FENCE_S, lambda _: None, right, hold=False)
                except Broken as broken:
                    if broken.code != "no_confirmation":
                        raise
                    if capability in (Capability.STATUS, Capability.FENCE):
                        break
                    continue
                found.add(capability)
        except Broken as broken:
            raise self._error(broken.code, Delivery.NOT_SENT) from broken
        finally:
            self._in_step = False
            self.close()
        return frozenset(found)

    def close(self) -> None:
        """Let the printer go until the next slip; harmless when it is free already."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    # --- the way to it -------------------------------------------------------------------------------

    def _connected(self) -> Link:
        if self._link is not None:
            try:
                self._hear(0)
            except Broken:
                self.close()
        if self._link is None:
            self._replies, self._heard = Replies(full=self._dialect.full), []
            self._fault, self._tells = "", False
            self._link = connect(self.setup, self._folder)
            if self._torn:
                self._link.write(commands.COMPLETION, TICK_S)
            self._in_step = False
        return self._link

    def _abort(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.abort()

    def _can(self, capability: Capability) -> bool:
        return capability in self.setup.capabilities and self._speaks is not False

    def _hear(self, wait_s: float) -> None:
        """Take in what it says; news are kept as the fault they tell."""
        assert self._link is not None
        self.stirred_at = time.monotonic()
        for reply in self._replies.feed(self._link.read(wait_s)):
            if reply.kind is Kind.NEWS:
                self._fault = commands.news_fault(reply.content)
                self._tells = True
            else:
                self._heard.append(reply)

    def _hand_over(self, data: bytes, held: Held) -> None:
        """Every byte; waits for a printer that takes some, or whose fault may be mended, and for no other."""
        assert self._link is not None
        self._sent, moved, told = 0, time.monotonic(), False
        stall_s = STALL_SERIAL_S if self.setup.uri.startswith("serial:") else STALL_S
        while self._sent < len(data):
            faulty = self._fault
            taken = self._link.write(data[self._sent :], TICK_S)
            self._hear(0)
            now = time.monotonic()
            if taken or (faulty and not self._fault):
                self._sent, moved = self._sent + taken, now
            elif now - moved > (HOLD_S if self._fault else stall_s):
                raise Broken(self._fault or "no_progress")
            if self._fault and not told:
                told = True
                held(self._fault)

    def _settle(self) -> None:
        """Wait until the other end has acknowledged every byte, where that can be known."""
        assert self._link is not None
        waiting, since = self._link.pending(), time.monotonic()
        while waiting:
            self._hear(0.01)
            left = self._link.pending()
            if left < waiting:
                waiting, since = left, time.monotonic()
            elif time.monotonic() - since > STALL_S:
                raise Broken(self._fault or "no_progress")

    def _await(
        self,
        kind: Kind,
        patience_s: float,
        held: Held,
        right: Callable[[bytes], bool] = lambda _: True,
        *,
        hold: bool = True,
    ) -> bytes:
        """The answer of that kind. While a fault is known the wait goes on for as long as it may be mended."""
        begun = ends = time.monotonic()
        ends += patience_s
        asked, told = begun, False
        while True:
            fitting = (one for one in self._heard if one.kind is kind and right(one.content))
            if (found := next(fitting, None)) is not None:
                self._heard.clear()
                return found.content
            now = time.monotonic()
            if hold and self._fault:
                ends = min(begun + HOLD_S + patience_s, max(ends, now + patience_s))
                if not told:
                    told = True
                    held(self._fault)
            if now >= ends:
                raise Broken(self._fault or "no_confirmation")
            self._hear(min(TICK_S, ends - now))
            if hold and self._speaks and not self._tells and now - asked > ASK_S:
                asked = now
                self._fault = self._asked_fault()

    def _asked_fault(self) -> str:
        """The fault it admits when asked; the last one known where it does not answer, its buffer being full."""
        answers = self._real_time()
        return _fault(answers) if answers else self._fault

    # --- questions -----------------------------------------------------------------------------------

    def _refuse_faults(self) -> None:
        if self._answers() and (code := _fault(self._real_time())):
            raise self._error(code, Delivery.NOT_SENT)

    def _answers(self) -> bool:
        """Whether it answers at all. One that once did and does not is not used; one that never did is, as mute."""
        if self._speaks is False:
            return False
        if self._ask(ONLINE) is not None or self._ask(ONLINE) is not None:
            self._speaks = True
        elif self._speaks:
            self._speaks = True if self._can(Capability.STATUS) else None  # next time it may be another, a mute one
            self.close()
            raise self._error("no_reply", Delivery.NOT_SENT)
        else:
            self._speaks = False
        return self._speaks

    def _ask(self, question: bytes, kind: Kind = Kind.STATUS) -> bytes | None:
        """An answer in real time; those to older questions are thrown away."""
        assert self._link is not None
        self._hear(0)
        self._heard = [one for one in self._heard if one.kind is not kind]
        self._hand_over(question, lambda _: None)
        ends = time.monotonic() + STATUS_S
        while True:
            found = next((one for one in self._heard if one.kind is kind), None)
            if found is not None:
                self._heard.remove(found)
                return found.content
            if (left := ends - time.monotonic()) <= 0:
                return None
            self._hear(left)

    def _real_time(self) -> dict[bytes, int]:
        """Its answers about itself; it is not asked on after the first it leaves out."""
        answers: dict[bytes, int] = {}
        for question in (ONLINE, PAPER, COVER):
            answer = self._ask(question)
            if answer is None:
                break
            answers[question] = answer[0]
        return answers

    def _fall_in(self, patience_s: float) -> None:
        """Bring it out of a picture that was broken off, lest it print the next slip as dots of that one.

        A fence is answered only between two commands. Where it is not, the buffer is cleared or the picture filled up
        with zeros, which a printer between two slips ignores.
        """
        if self._fences is False or not self._speaks:
            if not self._in_step:
                self._hand_over(commands.PADDING, lambda _: None)
        elif not self._fence(patience_s):
            if not self.give_up():
                self._connected()
                self._hand_over(commands.PADDING, lambda _: None)
            if self._fence(patience_s):
                self._hanging = None if self._hanging == "" else self._hanging
            elif self._fences:
                self.close()
                raise self._error("out_of_step", Delivery.NOT_SENT)
            else:
                self._fences = False
        self._in_step, self._torn = True, False

    def _fence(self, patience_s: float) -> bool:
        self._heard.clear()
        self._hand_over(FENCE, lambda _: None)
        try:
            self._await(Kind.FENCE, patience_s, lambda _: None, hold=False)
        except Broken as broken:
            if broken.code == "no_confirmation" or broken.code == self._fault:
                return False
            raise
        self._fences = True
        return True

    def _count(self, patience_s: float = COUNT_S, held: Held = lambda _: None) -> int:
        """How often it has cut; answered in order, so after everything before it was printed."""
        self._heard.clear()
        if self._dialect.ends == b"\x00":
            self._hand_over(self._dialect.count, held)
            answer = self._await(Kind.BLOCK, patience_s, held, lambda said: self._dialect.cuts(said) is not None)
        else:
            answer = self._words(self._dialect.count, patience_s)
        count = self._dialect.cuts(answer)
        if count is None:
            raise Broken("no_confirmation")
        return count

    def _words(self, question: bytes, patience_s: float) -> bytes:
        """An answer in plain letters, which no fixed bits tell from the others: read as it comes."""
        assert self._link is not None
        said, ends = bytearray(), time.monotonic() + patience_s
        while question:
            question = question[self._link.write(question, TICK_S) :]
            if question and time.monotonic() > ends:
                raise Broken("no_progress")
        while not said.endswith(self._dialect.ends):
            left = ends - time.monotonic()
            if left <= 0:
                raise Broken("no_confirmation")
            said += self._link.read(min(left, TICK_S))
        return bytes(said)

    def _error(self, code: str, delivery: Delivery, detail: str = "") -> PrinterError:
        retry = code not in ("config", "unsupported")
        return PrinterError(code, f"{self.setup.uri} {detail}".rstrip(), delivery=delivery, retry=retry)


def _fault(answers: dict[bytes, int]) -> str:
    """What its answers say is wrong; empty also where it does not say."""
    return next((code for question, bits, code in FAULTS if answers.get(question, 0) & bits), "")


def _any(_: bytes) -> bool:
    return True


# in this order; a printer that leaves out one of the first two is asked nothing more
_QUESTIONS: tuple[tuple[Capability, bytes, Kind, Callable[[bytes], bool]], ...] = (
    (Capability.STATUS, ONLINE, Kind.STATUS, _any),
    (Capability.FENCE, FENCE, Kind.FENCE, _any),
    (Capability.PROCESS_ID, commands.process_id("PROV"), Kind.BLOCK, lambda said: said == commands.printed("PROV")),
    (Capability.COUNTERS, b"", Kind.BLOCK, _any),
    (Capability.CLEAR, commands.CLEAR, Kind.BLOCK, lambda said: said == commands.CLEARED),
    (Capability.PRESENTER, commands.FULL, Kind.FULL, _any),  # of Custom's printers only
)
