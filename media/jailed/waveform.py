"""Runs inside the jail: how loud a film is, step by step; see ``media.core.waveform``.

    waveform.py FILE

FILE is the MP4 of a package. Writes the peaks to standard output, one byte each; nothing where
there is no sound.
"""

import sys
from array import array
from pathlib import Path

import av
import av.error
import av.logging

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core import waveform

CODECS = {"codec_whitelist": "aac,h264,av1,libdav1d"}
# So much is kept before it is turned into peaks: a second.
BLOCK = waveform.RATE


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    with av.open(f"file:{sys.argv[1]}", mode="r", format="mov", options=CODECS) as film:
        if not film.streams.audio:
            return
        resampler = av.AudioResampler(format="s16", layout="mono", rate=waveform.RATE)
        samples = array("h")
        for frame in film.decode(film.streams.audio[0]):
            for heard in resampler.resample(frame):
                samples.frombytes(bytes(heard.planes[0])[: heard.samples * 2])
            if len(samples) >= BLOCK:
                whole = len(samples) // waveform.STEP * waveform.STEP
                sys.stdout.buffer.write(waveform.peaks(samples[:whole]))
                del samples[:whole]
        sys.stdout.buffer.write(waveform.peaks(samples))


if __name__ == "__main__":
    main()
