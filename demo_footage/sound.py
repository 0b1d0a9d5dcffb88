"""The sound of the clips: a synthetic voice, and effects computed sample by sample.

A track is an ``array`` of floats around zero, ``RATE`` samples a second, one channel.
"""

import math
import subprocess
import sys
import tempfile
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

from demo_footage.chance import ramp, seeded, wobble

RATE = 22050
Track = array

_VOICE = ("espeak-ng", "-v", "en-gb-x-rp", "-s", "158", "-p", "36", "-g", "2")
_QUIET = 0.012


def samples(ms: int) -> int:
    return ms * RATE // 1000


def milliseconds(track: Track) -> int:
    return len(track) * 1000 // RATE


def speak(sentence: str) -> Track:
    """Return ``sentence`` spoken, without the silence before and after it."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "voice.wav"
        subprocess.run([*_VOICE, "-w", str(spoken), sentence], check=True)
        return _trimmed(_read(spoken))


def _read(path: Path) -> Track:
    with wave.open(str(path)) as sound:
        values = array("h", sound.readframes(sound.getnframes()))
    if sys.byteorder == "big":
        values.byteswap()
    return array("d", (value / 32768 for value in values))


def _trimmed(track: Track) -> Track:
    loud = [place for place, value in enumerate(track) if abs(value) > _QUIET]
    return track[loud[0] : loud[-1] + 1]


def write(track: Track, path: Path) -> None:
    """Write the track as a 16-bit WAV, near -18 LUFS; the loudest moments are rounded off."""
    peak = max(map(abs, track))
    values = array("h", (round(math.tanh(1.75 * value / peak) * 27500) for value in track))
    if sys.byteorder == "big":
        values.byteswap()
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(values.tobytes())


def silence(length_ms: int) -> Track:
    return array("d", bytes(8 * samples(length_ms)))


def lay(track: Track, effect: Track, at_ms: int, level: float) -> None:
    """Add ``effect`` to the track from ``at_ms``; what would run over the end is dropped."""
    start = samples(at_ms)
    for place in range(min(len(effect), len(track) - start)):
        track[start + place] += effect[place] * level


def wind(length_ms: int) -> Track:
    """Return wind: soft noise whose colour and strength wander."""
    dice, value, track = seeded(41), 0.0, silence(length_ms)
    for place in range(len(track)):
        if place % 441 == 0:
            gust = 0.5 + 0.5 * wobble(place / RATE, 7, 0.22)
        value += (0.02 + 0.05 * gust) * (dice.uniform(-1, 1) - value)
        track[place] = value * (0.5 + 1.4 * gust)
    return _faded(track, 900)


def fire(length_ms: int) -> Track:
    """Return a fire that grows: a low roar and, over it, crackles."""
    dice, value, track = seeded(42), 0.0, silence(length_ms)
    for place in range(len(track)):
        if place % 441 == 0:
            heat = ramp(place * 1000 // RATE, 0, 5500) * (0.8 + 0.2 * wobble(place / RATE, 3, 2.0))
        value += 0.03 * (dice.uniform(-1, 1) - value)
        track[place] = value * 1.8 * heat
    for _ in range(length_ms // 26):
        at_ms = dice.randrange(length_ms)
        if dice.random() < 0.25 + ramp(at_ms, 0, 4000):
            lay(
                track,
                _burst(dice.randrange(4, 22), 0.8, dice.randrange(999)),
                at_ms,
                dice.random() ** 2,
            )
    return _faded(track, 700)


def pop(length_ms: int) -> Track:
    """Return a muffled shot: a short thud, and its echo from a wall."""
    track = silence(length_ms)
    thud = _burst(150, 0.13, 8)
    for place in range(len(thud)):
        since = place / RATE
        thud[place] += 0.9 * math.sin(2 * math.pi * 74 * since) * math.exp(-since / 0.05)
    for at_ms, level in ((0, 1.0), (95, 0.3), (210, 0.12)):
        lay(track, thud, at_ms, level)
    return track


def steps(length_ms: int) -> Track:
    """Return footsteps on grit, about two a second."""
    dice, track = seeded(43), silence(length_ms)
    for number in range(length_ms // 560):
        at_ms = number * 560 + dice.randrange(50)
        lay(track, _burst(70, 0.22, number), at_ms, 0.5 + 0.3 * dice.random())
        lay(track, _burst(50, 0.5, number + 90), at_ms + 60, 0.22)
    return track


def run(length_ms: int) -> Track:
    """Return quick footsteps that grow faint."""
    track = silence(length_ms)
    for number in range(length_ms // 270):
        lay(track, _burst(60, 0.3, number), number * 270, 0.8 * 0.8**number)
    return track


def _burst(length_ms: int, brightness: float, seed: int) -> Track:
    """Return noise that dies away; ``brightness`` from 0 (dull) to 1 (sharp)."""
    dice, value, track = seeded(seed), 0.0, silence(length_ms)
    for place in range(len(track)):
        value += brightness * (dice.uniform(-1, 1) - value)
        track[place] = value * math.exp(-5 * place / len(track))
    return track


def _faded(track: Track, fade_ms: int) -> Track:
    edge = samples(fade_ms)
    for place in range(edge):
        track[place] *= place / edge
        track[-1 - place] *= place / edge
    return track


EFFECTS: dict[str, Callable[[int], Track]] = {
    "wind": wind,
    "fire": fire,
    "pop": pop,
    "steps": steps,
    "run": run,
}
