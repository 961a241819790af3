"""The printer's answers, however the network cuts them."""

import random

import pytest

from printers.replies import Kind, Replies, Reply

SENTENCES = {
    Kind.STATUS: [b"\x12", b"\x1a", b"\x72", b"\x1e"],
    Kind.FENCE: [b"\x00", b"\x03", b"\x0c", b"\x0f"],
    Kind.NEWS: [b"\x14\x00\x00\x0f", b"\x1c\x00\x0c\x00", b"\x10\x00\x03\x0f"],
    Kind.BLOCK: [b"\x37\x22AB12\x00", b"\x5f00001234\x00", b"\x37\x25\x00"],
}


CUSTOMS = {**SENTENCES, Kind.FULL: [b"\x10\x0f\x00\x00\x00\x00", b"\x10\x0f\x01\x01\x40\x00"]}
FLOW = (b"\x11", b"\x13", b"")


@pytest.mark.parametrize("full", [False, True])
def test_a_hundred_thousand_answers_are_sorted_right_wherever_the_stream_is_cut(full: bool) -> None:
    """With flow control between them, as on a serial line; half of it from a printer of Custom's."""
    chance, sentences = random.Random(7), CUSTOMS if full else SENTENCES
    kinds = chance.choices(list(sentences), k=50_000)
    said = [Reply(kind, chance.choice(sentences[kind])) for kind in kinds]
    stream = b"".join(reply.content + chance.choice(FLOW) for reply in said)
    replies, heard, at = Replies(full=full), [], 0
    while at < len(stream):
        piece = chance.randint(1, 9)
        heard += replies.feed(stream[at : at + piece])
        at += piece
    assert heard == said


def test_flow_control_is_no_answer() -> None:
    assert Replies().feed(b"\x13\x12\x11") == [Reply(Kind.STATUS, b"\x12")]


@pytest.mark.parametrize("full", [False, True])
def test_a_million_bytes_of_noise_are_dropped_and_the_next_answer_is_heard(full: bool) -> None:
    chance = random.Random(3)
    replies = Replies(full=full)
    for _ in range(500):
        replies.feed(chance.randbytes(2_000))
    replies.feed(b"\xff" * 100)
    assert replies.feed(b"\x12")[-1] == Reply(Kind.STATUS, b"\x12")
