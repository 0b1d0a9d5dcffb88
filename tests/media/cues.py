"""Caption files of a cue or two, for a test."""

from media.core.captions import CueText, read_captions


def a_cue(text="Good morning.", *, start_ms=1000, end_ms=2000, speaker=""):
    """An ordinary cue; name only what your test is about."""
    return CueText(start_ms, end_ms, speaker, text)


def vtt(*blocks, header="WEBVTT"):
    """A WebVTT file of the blocks, one empty line between them."""
    return "\n\n".join([header, *blocks]).encode()


def one_cue(payload):
    """A WebVTT file with these words from second 1 to second 2."""
    return vtt(f"00:01.000 --> 00:02.000\n{payload}")


def texts(data):
    return [cue.text for cue in read_captions(data).cues]
