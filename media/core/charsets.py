"""Turn the bytes of a caption file into text, or refuse: never into wrong letters."""

import codecs
import re

from charset_normalizer import CharsetMatch, from_bytes

from media.core.cues import CaptionsError

_SAVE_AS_UTF8 = 'open it in a text editor, choose "Save as" with the encoding UTF-8, and try again.'

# Encodings that are met in caption files. The rarer ones stand here as rivals as well: a text that
# two of them could have written is refused.
_LEGACY = {
    "big5": "Big5 (traditional Chinese)",
    "cp1250": "Windows-1250 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp874": "Windows-874 (Thai)",
    "cp932": "Shift-JIS (Japanese)",
    "cp949": "EUC-KR (Korean)",
    "euc_jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    "iso8859_2": "ISO 8859-2 (Central European)",
    "koi8_r": "KOI8-R (Russian)",
}
# Quotation marks, dashes, ellipsis, guillemets: the same in every Windows-125x.
_TYPOGRAPHY = re.compile(rb"[\x00-\x7f\x84\x85\x91-\x97\xa0\xab\xbb]*")
_SAMPLE_BYTES = 65_536
_FEWEST_FOREIGN_BYTES = 10
# How much worse a rival reading must be, in the measures of charset-normalizer (0 to 1). Found by
# trying four hundred short texts in 24 languages: with these none got wrong letters.
_CLEARLY_MESSIER = 0.1
_CLEARLY_STRANGER = 0.1


def decode(data: bytes) -> tuple[str, list[str]]:
    """Return the text, its lines ended by newlines alone, and a sentence for each doubt.

    Raises CaptionsError if the encoding is not certain.
    """
    text, doubts = _decode(data)
    if "\0" in text:
        raise CaptionsError(f"The file holds binary data or UTF-16 without a mark; {_SAVE_AS_UTF8}")
    return text.replace("\r\n", "\n").replace("\r", "\n"), doubts


def _decode(data: bytes) -> tuple[str, list[str]]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), []
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        return _mend_utf8(data) or _decode_legacy(data)


def _mend_utf8(data: bytes) -> tuple[str, list[str]] | None:
    """Read UTF-8 with a few broken characters, as a cut or glued file has; None if it is not."""
    text = data.decode("utf-8-sig", errors="replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    whole = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    if whole < 20 * broken:
        return None
    return text, [
        f"Broken characters, shown as \N{REPLACEMENT CHARACTER}: {broken}. Check its words."
    ]


def _decode_legacy(data: bytes) -> tuple[str, list[str]]:
    encoding = "cp1252" if _TYPOGRAPHY.fullmatch(data) else _guess(_sample(data))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _uncertain() from error
    return text, [f"The file is not UTF-8; it was read as {_LEGACY[encoding]}. Check its words."]


def _sample(data: bytes) -> bytes:
    """Return lines with foreign letters, whole ones: the times would only dilute them."""
    lines = b"\n".join(line for line in re.split(rb"[\r\n]+", data) if not line.isascii())
    if len(lines) <= _SAMPLE_BYTES:
        return lines
    return lines[:_SAMPLE_BYTES].rpartition(b"\n")[0]


def _guess(sample: bytes) -> str:
    """Return the encoding that reads well. Raises CaptionsError if none or several do."""
    readings = list(from_bytes(sample, cp_isolation=list(_LEGACY)))
    foreign = sum(byte > 0x7F for byte in sample)
    if not readings or foreign < _FEWEST_FOREIGN_BYTES:
        raise _uncertain()
    best, *rivals = readings
    if best.encoding not in _LEGACY or any(_is_close(rival, best) for rival in rivals):
        raise _uncertain()
    return best.encoding


def _is_close(rival: CharsetMatch, best: CharsetMatch) -> bool:
    return (
        str(rival) != str(best)
        and rival.chaos - best.chaos < _CLEARLY_MESSIER
        and best.coherence - rival.coherence < _CLEARLY_STRANGER
    )


def _uncertain() -> CaptionsError:
    return CaptionsError(f"The file is not UTF-8 and its encoding is not certain; {_SAVE_AS_UTF8}")
