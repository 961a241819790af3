"""The engines that turn words into sound: SVOX Pico where it knows the language, eSpeak NG elsewhere.

Only the speaking process imports this: both are native code, which may hang or fall over.
"""

import ctypes
import re
from collections.abc import Callable, Mapping

PICO: Mapping[str, str] = {"it": "it-IT", "it-facile": "it-IT", "en": "en-GB", "fr": "fr-FR", "es": "es-ES"}
PICO_RATE = 16_000
PICO_LONGEST = 60  # letters: a word of some hundreds keeps it busy for ever

ESPEAK: Mapping[str, str] = {
    "it": "it",
    "it-facile": "it",
    "en": "en",
    "ro": "ro",
    "sq": "sq",
    "ar": "ar",
    "fr": "fr",
    "zh": "cmn",
    "uk": "uk",
    "es": "es",
    "ur": "ur",
    "bn": "bn",
    "tr": "tr",
}
_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the samples come to our callback before the call returns
_UTF8 = 1  # espeakCHARS_UTF8
_RATE, _VOLUME = 1, 2  # of espeak_PARAMETER
_WORDS_A_MINUTE = 140  # a call is listened to from the end of a room
_HALF = 60  # of 100: louder, some voices clip

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)  # t_espeak_callback

Sound = tuple[bytes, int]  # 16-bit mono samples, and how many a second
Engine = Callable[[str, str], Sound]  # words and a language


def pico() -> Engine:
    """SVOX Pico; ImportError where it is not installed."""
    from py_nanotts import NanoTTS

    voice = NanoTTS()

    def speak(text: str, language: str) -> Sound:
        tame = re.sub(rf"(\S{{{PICO_LONGEST}}})(?=\S)", r"\1 ", re.sub(r"[\x00-\x1f<>\\]", " ", text))
        return voice.speak(tame, voice=PICO[language], speed=0.9, volume=0.7), PICO_RATE

    return speak


def espeak() -> Engine:
    """eSpeak NG out of its wheel; ImportError or OSError where it cannot be loaded."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Synth.argtypes = [
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int),
        *(ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p),
    ]
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise OSError("eSpeak NG finds no data")
    heard = bytearray()

    def take(samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, 2 * count))
        return 0

    listener = _CALLBACK(take)
    library.espeak_SetSynthCallback(listener)

    def speak(text: str, language: str, keep: object = listener) -> Sound:
        """`keep` holds on to the callback, which the library calls for as long as it speaks."""
        heard.clear()
        if library.espeak_SetVoiceByName(ESPEAK[language].encode()) != 0:
            raise OSError(f"eSpeak NG has no voice for {language}")
        library.espeak_SetParameter(_RATE, _WORDS_A_MINUTE, 0)
        library.espeak_SetParameter(_VOLUME, _HALF, 0)
        letters = whole(text).encode() + b"\0"
        library.espeak_Synth(letters, len(letters), 0, 0, 0, _UTF8, None, None)
        return bytes(heard), rate

    return speak


def whole(text: str) -> str:
    """Bengali letters with a dot below in one piece: eSpeak NG skips the dot of Unicode's normal form."""
    for letter, dotted in (("\u09a1", "\u09dc"), ("\u09a2", "\u09dd"), ("\u09af", "\u09df")):
        text = text.replace(f"{letter}\u09bc", dotted)
    return text


ENGINES: Mapping[str, tuple[Callable[[], Engine], Mapping[str, str]]] = {
    "pico": (pico, PICO),
    "espeak": (espeak, ESPEAK),
}
