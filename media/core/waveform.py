"""The outline of a sound: how loud it is in each twentieth of a second, as one byte."""

from array import array

RATE = 8000
STEP_MS = 50
STEP = RATE * STEP_MS // 1000
LOUDEST = 32768


def peaks(samples: "array[int]") -> bytes:
    """The highest level of each step of 16-bit samples at RATE, 0 to 255.

    >>> list(peaks(array("h", [0] * 400 + [16384, -32768] + [0] * 398 + [-8192])))
    [0, 255, 63]
    """
    return bytes(_level(samples[at : at + STEP]) for at in range(0, len(samples), STEP))


def _level(step: "array[int]") -> int:
    return max(max(step), -min(step)) * 255 // LOUDEST
