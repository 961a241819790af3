"""The voice: what is said, and that every language is really spoken, by the real engines."""

import io
import itertools
import logging
import math
import os
import signal
import subprocess
import sys
import threading
import time
import wave
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from sportello.cli import main
from sportello.i18n import NAMES
from sportello.voice import clips, sound, speaker
from sportello.voice.clips import Clip, Voice, tidy
from sportello.voice.engines import ESPEAK, PICO, whole
from sportello.voice.letters import letter
from sportello.voice.numbers import HIGHEST, words
from sportello.voice.speaker import Speaker
from sportello.voice.words import Call, call_words

CALL = Call(number="A042", place="Sportello 3")


@pytest.fixture(scope="module")
def mouth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voice]:
    """One voice for the whole file, with a folder of its own."""
    voice = Voice(tmp_path_factory.mktemp("centre") / "voice")
    yield voice
    voice.close()


@pytest.fixture
def alone() -> Iterator[Speaker]:
    """A speaking process of one test's own, to be hurt."""
    one = Speaker()
    yield one
    one.close()


def samples(wav: bytes) -> tuple["array[int]", int]:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return array("h", file.readframes(file.getnframes())), file.getframerate()


def seconds(wav: bytes) -> float:
    heard, rate = samples(wav)
    return len(heard) / rate


def level_db(wav: bytes) -> float:
    """The mean power beneath full scale, of the parts that are no pause."""
    heard, rate = samples(wav)
    frames = [heard[at : at + rate // 50] for at in range(0, len(heard), rate // 50)]
    powers = [sum(one * one for one in frame) / len(frame) / 32768**2 for frame in frames]
    loud = [power for power in powers if power > max(powers) / 10_000]
    return 10 * math.log10(sum(loud) / len(loud))


# --- numbers and letters ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", NAMES)
def test_each_number_has_words_of_its_own(language: str) -> None:
    said = [words(n, language) for n in range(1, HIGHEST + 1)]
    assert all(said)
    assert not any(character.isdigit() for one in said for character in one)
    assert len(set(said)) == HIGHEST


TRICKY = {
    "it": {1: "uno", 3: "tre", 21: "ventuno", 23: "ventitré", 28: "ventotto", 38: "trentotto", 80: "ottanta"}
    | {100: "cento", 101: "centouno", 103: "centotré", 108: "centootto", 118: "centodiciotto", 123: "centoventitré"}
    | {180: "centottanta", 188: "centottantotto", 200: "duecento", 888: "ottocentottantotto"}
    | {999: "novecentonovantanove"},
    "en": {13: "thirteen", 40: "forty", 42: "forty-two", 100: "one hundred", 101: "one hundred and one"}
    | {110: "one hundred and ten", 999: "nine hundred and ninety-nine"},
    "fr": {21: "vingt et un", 61: "soixante et un", 70: "soixante-dix", 71: "soixante et onze", 72: "soixante-douze"}
    | {77: "soixante-dix-sept", 80: "quatre-vingts", 81: "quatre-vingt-un", 90: "quatre-vingt-dix"}
    | {91: "quatre-vingt-onze", 99: "quatre-vingt-dix-neuf", 100: "cent", 101: "cent un", 200: "deux cents"}
    | {201: "deux cent un", 280: "deux cent quatre-vingts", 999: "neuf cent quatre-vingt-dix-neuf"},
    "es": {16: "dieciséis", 21: "veintiuno", 22: "veintidós", 26: "veintiséis", 31: "treinta y uno", 100: "cien"}
    | {
        101: "ciento uno",
        500: "quinientos",
        700: "setecientos",
        900: "novecientos",
        555: "quinientos cincuenta y cinco",
    },
    "ro": {2: "doi", 12: "doisprezece", 14: "paisprezece", 16: "șaisprezece", 20: "douăzeci", 21: "douăzeci și unu"}
    | {22: "douăzeci și doi", 60: "șaizeci", 100: "o sută", 101: "o sută unu", 200: "două sute"}
    | {999: "nouă sute nouăzeci și nouă"},
    "sq": {1: "një", 11: "njëmbëdhjetë", 19: "nëntëmbëdhjetë", 20: "njëzet", 21: "njëzet e një", 30: "tridhjetë"}
    | {40: "dyzet", 100: "njëqind", 101: "njëqind e një", 342: "treqind e dyzet e dy"},
    "ar": {2: "اثنان", 8: "ثمانية", 11: "أحد عشر", 12: "اثنا عشر", 13: "ثلاثة عشر", 20: "عشرون"}
    | {21: "واحد و عشرون", 42: "اثنان و أربعون", 100: "مئة", 101: "مئة و واحد", 110: "مئة و عشرة", 200: "مئتان"}
    | {300: "ثلاثمئة", 800: "ثمانمئة", 999: "تسعمئة و تسعة و تسعون"},
    "zh": {10: "十", 11: "十一", 20: "二十", 42: "四十二", 100: "一百", 101: "一百零一", 110: "一百一十"}
    | {111: "一百一十一", 200: "二百", 205: "二百零五", 999: "九百九十九"},
    "uk": {1: "один", 2: "два", 11: "одинадцять", 14: "чотирнадцять", 19: "дев’ятнадцять", 21: "двадцять один"}
    | {40: "сорок", 50: "п’ятдесят", 90: "дев’яносто", 100: "сто", 200: "двісті", 300: "триста", 400: "чотириста"}
    | {500: "п’ятсот", 911: "дев’ятсот одинадцять", 999: "дев’ятсот дев’яносто дев’ять"},
    "ur": {11: "گیارہ", 19: "انیس", 21: "اکیس", 29: "انتیس", 42: "بیالیس", 49: "انچاس", 54: "چون", 69: "انہتر"}
    | {79: "اناسی", 89: "نواسی", 90: "نوے", 99: "ننانوے", 100: "ایک سو", 342: "تین سو بیالیس"},
    "bn": {11: "এগারো", 19: "উনিশ", 21: "একুশ", 25: "পঁচিশ", 29: "ঊনত্রিশ", 42: "বিয়াল্লিশ", 49: "ঊনপঞ্চাশ"}
    | {53: "তিপ্পান্ন", 55: "পঞ্চান্ন", 79: "ঊনআশি", 89: "ঊননব্বই", 99: "নিরানব্বই", 100: "এক শো", 342: "তিন শো বিয়াল্লিশ"},
    "tr": {10: "on", 21: "yirmi bir", 42: "kırk iki", 80: "seksen", 90: "doksan", 100: "yüz", 101: "yüz bir"}
    | {200: "iki yüz", 999: "dokuz yüz doksan dokuz"},
}


def test_every_language_has_its_tricky_numbers_checked() -> None:
    assert {*TRICKY, "it-facile"} == set(NAMES)


@pytest.mark.parametrize(("language", "n"), [(language, n) for language, numbers in TRICKY.items() for n in numbers])
def test_a_tricky_number_is_said_right(language: str, n: int) -> None:
    vowels = dict.fromkeys(range(0x064B, 0x0653))  # written in Arabic for the engine's sake
    assert whole(words(n, language).translate(vowels)) == whole(TRICKY[language][n]).replace("\u0671", "\u0627")


def test_a_number_beyond_the_words_is_left_to_the_engine() -> None:
    assert words(1500, "it") == "1500"


@pytest.mark.parametrize("language", NAMES)
def test_each_letter_has_a_name_of_its_own(language: str) -> None:
    assert len({letter(one, language) for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) == 26


def test_the_letters_in_use_have_their_italian_names() -> None:
    said = ["a", "bi", "ci", "di", "e", "effe", "acca", "elle", "emme", "pi", "erre", "ti"]
    assert [letter(one, "it") for one in "ABCDEFHLMPRT"] == said


# --- sentences -------------------------------------------------------------------------------------


def test_a_call_says_the_number_and_where_to_go() -> None:
    assert call_words(CALL, "it") == "Numero a, quarantadue: sportello tre."


def test_a_recall_is_the_last_call() -> None:
    again = Call(number="H108", place="Sportello 12", again=True)
    assert call_words(again, "it") == "Ultima chiamata. Numero acca, centootto: sportello dodici."


def test_a_counter_with_a_name_of_its_own_is_called_by_it() -> None:
    assert call_words(Call(number="T001", place="Stanza 4"), "it") == "Numero ti, uno: Stanza 4."


# --- sound -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", NAMES)
def test_each_language_is_really_spoken(mouth: Voice, language: str) -> None:
    assert mouth.speaks(language)
    clip = mouth.call(CALL, language)
    assert clip is not None
    heard, rate = samples(clip.wav)
    assert rate in (16_000, 22_050)
    assert 1.8 < seconds(clip.wav) < 6.5
    assert -17.5 < level_db(clip.wav) < -14.5
    assert max(abs(one) for one in heard) < 0.9 * 32768


@pytest.mark.parametrize("language", NAMES)
def test_a_number_is_heard_in_its_sentence(mouth: Voice, language: str) -> None:
    short = mouth.call(Call(number="A002", place="Sportello 3"), language)
    longer = mouth.call(Call(number="A777", place="Sportello 3"), language)
    assert short
    assert longer
    assert seconds(longer.wav) > seconds(short.wav) + 0.3


def test_each_engine_speaks_where_it_is_meant_to() -> None:
    assert set(ESPEAK) == set(NAMES)  # whatever Pico cannot do, the other can
    assert set(PICO) == {"it", "it-facile", "en", "fr", "es"}


def test_silence_before_and_after_is_cut_off() -> None:
    tone = array("h", (round(9000 * math.sin(n / 5)) for n in range(8000)))
    padded = array("h", [0] * 16_000) + tone + array("h", [0] * 16_000)
    assert seconds(sound.ready(padded.tobytes(), 16_000)) == pytest.approx(0.5 + 2 * sound.MARGIN_S, abs=0.05)


def test_a_sound_is_as_loud_whether_it_came_loud_or_soft() -> None:
    made = []
    for height in (1000, 30_000):
        tone = array("h", (round(height * math.sin(n / 5)) for n in range(16_000)))
        made.append(level_db(sound.ready(tone.tobytes(), 16_000)))
    assert made[0] == pytest.approx(made[1], abs=0.3)
    assert made[0] == pytest.approx(sound.LOUD_DB, abs=0.5)


def test_a_single_peak_is_bent_and_not_cut() -> None:
    loud = array("h", itertools.chain.from_iterable([30_000, *[200] * 60] for _ in range(300)))
    heard, _ = samples(sound.ready(loud.tobytes(), 16_000))
    assert max(heard) <= round(sound.CEILING * 32767)


def test_silence_makes_no_clip() -> None:
    hum = array("h", (round(300 * math.sin(n / 5)) for n in range(16_000)))  # what Pico makes of a text without words
    assert sound.ready(bytes(32_000), 16_000) == b""
    assert sound.ready(hum.tobytes(), 16_000) == b""


# --- a process that may fall over --------------------------------------------------------------------


def test_a_text_that_would_hang_the_engine_is_spoken(alone: Speaker) -> None:
    assert alone.speak("a" * 400, "it")


def test_markup_in_a_text_is_no_order_to_the_engine(alone: Speaker) -> None:
    plain, marked = alone.speak("ciao", "it"), alone.speak("<speed level='20'>ciao</speed>", "it")
    assert plain
    assert marked
    assert seconds(marked) < 6


def test_the_voice_comes_back_after_its_process_died(alone: Speaker) -> None:
    assert alone.speak("uno", "it")
    os.kill(_process(alone).pid, signal.SIGKILL)
    _process(alone).wait()
    assert alone.speak("due", "it")


def test_a_process_that_hangs_is_ended_in_time_and_started_again(
    alone: Speaker, caplog: pytest.LogCaptureFixture
) -> None:
    assert alone.speak("uno", "it")
    stuck = _process(alone)
    os.kill(stuck.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert alone.speak("due", "it") is None
    assert time.monotonic() - began < speaker.SPEAK_S + 1.5
    assert stuck.poll() is not None
    assert "the voice was stopped" in caplog.text
    assert alone.speak("tre", "it")


def test_nobody_waits_long_for_a_process_that_hangs(alone: Speaker) -> None:
    assert alone.speak("uno", "it")
    os.kill(_process(alone).pid, signal.SIGSTOP)
    with ThreadPoolExecutor(4) as askers:
        began = time.monotonic()
        answers = list(askers.map(lambda text: alone.speak(text, "it"), ("a", "b", "c", "d")))
    assert None in answers
    assert time.monotonic() - began < 4.5


def test_the_process_ends_with_who_asked_it() -> None:
    command = [sys.executable, "-m", "sportello.voice.mouth"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as mouth:
        assert mouth.stdout is not None
        assert b'"speaks"' in mouth.stdout.readline()
        mouth.communicate(timeout=5)
        assert mouth.returncode == 0


def test_the_log_says_which_voices_there_are(alone: Speaker, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        alone.start()
    assert "the voice speaks ar, bn, en" in caplog.text
    assert "(pico, espeak)" in caplog.text


def test_a_machine_without_the_engines_says_so_and_stays_silent(
    alone: Speaker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for wheel in ("py_nanotts", "espeakng_loader"):  # monkeypatch: an installed wheel cannot be missing
        (tmp_path / f"{wheel}.py").write_text("raise ImportError('not on this machine')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    alone.start()
    assert "lacks pico: install py-nanotts" in caplog.text
    assert "lacks espeak: install espeakng-loader" in caplog.text
    assert not alone.speaks("it")
    assert alone.speak("uno", "it") is None


def _process(of: Speaker) -> "subprocess.Popen[bytes]":
    assert of._process is not None
    return of._process.process


# --- clips -------------------------------------------------------------------------------------------


def test_a_clip_is_kept_and_found_again(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "voice")
    made = voice.say("buongiorno", "it", kept=True)
    voice.close()  # nothing new can be said now
    again = Voice(tmp_path / "voice")
    again.close()
    assert made is not None
    assert again.say("buongiorno", "it", kept=True) == made
    assert again.say("buonasera", "it", kept=True) is None


def test_a_clip_in_pieces_is_made_anew(mouth: Voice, tmp_path: Path) -> None:
    voice = Voice(tmp_path / "voice")
    made = voice.say("buongiorno", "it", kept=True)
    assert made is not None
    (tmp_path / "voice" / f"{made.name}.wav").write_bytes(made.wav[:1000])
    again = voice.say("buongiorno", "it", kept=True)
    voice.close()
    assert again is not None
    assert seconds(again.wav) == pytest.approx(seconds(made.wav), abs=0.2)


def test_two_who_ask_for_the_same_get_the_same_clip(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "voice")
    together = threading.Barrier(8)

    def ask(_: int) -> Clip | None:
        together.wait()
        return voice.say("insieme", "it", kept=True)

    with ThreadPoolExecutor(8) as askers:
        found = list(askers.map(ask, range(8)))
    voice.close()
    assert found[0] is not None
    assert all(one == found[0] for one in found)  # Pico never says a text twice alike: it was made once
    assert len(list((tmp_path / "voice").iterdir())) == 1


def test_a_folder_that_cannot_be_written_silences_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "voice").write_text("no folder", encoding="utf-8")
    voice = Voice(tmp_path / "voice")
    assert voice.say("uno", "it", kept=True)
    voice.close()
    assert "could not be kept" in caplog.text


def test_old_clips_go_first_and_the_folder_stays_small(tmp_path: Path) -> None:
    now = time.time()
    for age, name in ((clips.LONGEST_S + 60, "old"), (300, "third"), (200, "second"), (100, "first")):
        (tmp_path / f"{name}.wav").write_bytes(bytes(1000))
        os.utime(tmp_path / f"{name}.wav", (now - age, now - age))
    (tmp_path / "torn.part").write_bytes(b"")
    os.utime(tmp_path / "torn.part", (now - 3600, now - 3600))
    tidy(tmp_path, most_bytes=2500)
    assert {path.stem for path in tmp_path.iterdir()} == {"first", "second"}


def test_a_call_is_ready_in_time(mouth: Voice) -> None:
    mouth.speaks("it")
    cold, warm = [], []
    for n in range(500, 509):
        call = Call(number=f"B{n}", place="Sportello 2")
        cold.append(_took(mouth, call))
        warm.append(_took(mouth, call))
    assert sorted(cold)[4] < 0.6
    assert sorted(warm)[4] < 0.05


def _took(voice: Voice, call: Call) -> float:
    began = time.perf_counter()
    assert voice.call(call, "it")
    return time.perf_counter() - began


# --- on the command line -----------------------------------------------------------------------------


def test_a_text_is_spoken_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "call.wav"
    done = CliRunner().invoke(main, ["say", "Numărul A, patruzeci și doi.", "--language", "ro", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert seconds(out.read_bytes()) > 1


def test_a_text_without_a_sound_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["say", " ", "--out", str(tmp_path / "none.wav")])
    assert done.exit_code == 1
    assert "no sound" in done.output
