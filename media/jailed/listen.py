"""Runs inside the jail: writes down what is said in a film, with a model that lies on this machine.

    listen.py FILE MODEL LANGUAGE

FILE is the MP4 of a package, MODEL the folder of a Whisper model in the form of CTranslate2.
Prints [[start, end, "words"], …], times in seconds. Needs the extra faster-whisper; nothing is
fetched: the folder has all there is, and the jail has no network.
"""

import json
import sys

from faster_whisper import WhisperModel


def main() -> None:
    film, folder, language = sys.argv[1:]
    model = WhisperModel(folder, device="cpu", compute_type="int8", local_files_only=True)
    heard, _ = model.transcribe(film, language=language, vad_filter=True)
    json.dump([[segment.start, segment.end, segment.text] for segment in heard], sys.stdout)


if __name__ == "__main__":
    main()
