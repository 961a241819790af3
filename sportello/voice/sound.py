"""Speech made ready for a room: silence cut off, one loudness for every engine, nothing clipped."""

import io
import math
import wave
from array import array
from collections.abc import Sequence

LOUD_DB = -15.0  # mean power of what is spoken, beneath full scale: -16 to -18 LUFS, whichever the engine
QUIET_DB = 40.0  # this far beneath its loudest part, a sound is a pause
CEILING = 0.89  # of full scale: -1 dB
KNEE = 0.6  # from here on peaks are bent, not cut
NOTHING = 400  # root mean square: where even the loudest part is softer, nobody spoke
FRAME_S = 0.02
MARGIN_S = 0.06  # left before and after, or the first consonant is bitten off

FULL = 32767


def ready(pcm: bytes, rate: int) -> bytes:
    """16-bit mono samples as a WAV file, trimmed and loud enough; nothing where there is only silence."""
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    frame = max(1, round(rate * FRAME_S))
    powers = [_power(samples[at : at + frame]) for at in range(0, len(samples), frame)]
    loudest = max(powers, default=0.0)
    if loudest < NOTHING**2:
        return b""
    spoken = [at for at, power in enumerate(powers) if power > loudest * 10 ** (-QUIET_DB / 10)]
    margin = round(rate * MARGIN_S)
    cut = samples[max(0, spoken[0] * frame - margin) : (spoken[-1] + 1) * frame + margin]
    mean = sum(powers[at] for at in spoken) / len(spoken)
    return _wav(_levelled(cut, math.sqrt(mean)), rate)


def _power(frame: Sequence[int]) -> float:
    return sum(one * one for one in frame) / len(frame) if frame else 0.0


def _levelled(samples: "array[int]", level: float) -> "array[int]":
    """Every sample with the gain that brings `level` to the one wanted; peaks bend softly beneath the ceiling."""
    gain = FULL * 10 ** (LOUD_DB / 20) / level
    knee = KNEE * FULL / gain
    return array("h", [round(one * gain) if -knee < one < knee else _bent(one * gain) for one in samples])


def _bent(sample: float) -> int:
    """A peak beyond the knee, pressed into what is left up to the ceiling."""
    over = abs(sample) / FULL - KNEE
    room = CEILING - KNEE
    return round(math.copysign((KNEE + room * math.tanh(over / room)) * FULL, sample))


def _wav(samples: "array[int]", rate: int) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return made.getvalue()
