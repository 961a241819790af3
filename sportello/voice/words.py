"""What the voice says when a number is called, in the language of whoever waits."""

import re
from dataclasses import dataclass

from sportello.i18n import N_, translator
from sportello.voice.letters import letter
from sportello.voice.numbers import words

CALL = N_("Numero {letter}, {number}: sportello {counter}.")
LAST_CALL = N_("Ultima chiamata. Numero {letter}, {number}: sportello {counter}.")
CALL_TO_PLACE = N_("Numero {letter}, {number}: {place}.")
LAST_CALL_TO_PLACE = N_("Ultima chiamata. Numero {letter}, {number}: {place}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a call says, and all it may say: a number and where to go, never for what."""

    number: str  # as printed: A042
    place: str  # the name of the counter: "Sportello 3", "Stanza 4"
    again: bool = False


def call_words(call: Call, language: str) -> str:
    """The sentence of a call, letters and numbers in words. A counter with a name of its own is called by it."""
    head = letter(call.number[:1], language)
    number = words(int(call.number[1:]), language)
    plain = re.fullmatch(r"Sportello (?:(\d{1,3})|([A-Z]))", call.place)
    say = translator(language)
    if plain is None:
        sentence = say(LAST_CALL_TO_PLACE if call.again else CALL_TO_PLACE)
        return sentence.format(letter=head, number=number, place=call.place)
    counter = words(int(plain[1]), language) if plain[1] else letter(plain[2], language)
    return say(LAST_CALL if call.again else CALL).format(letter=head, number=number, counter=counter)
