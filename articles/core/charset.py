"""The bytes of a story file as text, whatever a newsroom's machines have made of them."""

import codecs
import re

from charset_normalizer import from_bytes

from articles.core.story_parts import StoryTextError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NEWSROOM_CHARSETS = [
    "cp1252", "cp1256", "cp1251", "cp1250", "cp1254", "cp1253", "cp1255", "iso8859_2", "iso8859_5",
    "iso8859_6", "iso8859_7", "iso8859_8", "koi8_r", "mac_roman",
]  # fmt: skip
# Browsers read these labels as the wider Windows set, and so do the authors mean them.
WIDER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
DECLARED = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
# A declaration stands near the beginning, or it is none.
HEAD_BYTES = 4096
BINARY_KINDS = (
    (re.compile(rb"\s*%PDF-"), "a PDF"),
    (re.compile(rb"\s*\{\\rtf"), "an RTF document"),
    (re.compile(rb"PK\x03\x04"), "a word processor document (DOCX, ODT or Pages) or a ZIP archive"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Word document (DOC)"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF....WEBP", re.S), "an image"),
    (re.compile(rb"....ftyp|\x1aE\xdf\xa3|OggS|ID3|RIFF", re.S), "a media file"),
    (re.compile(rb"bplist00|MIME-Version:|From: <Saved by"), "a web archive"),
    (re.compile(rb"\x1f\x8b|BZh\d|7z\xbc\xaf|Rar!"), "a compressed archive"),
)
CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# One control character in so many letters is dirt; more are a binary file.
CONTROLS_ALLOWED = 1 / 100


def decode(data: bytes) -> str:
    """Return the text of a file.

    Raises StoryTextError if the file is not text.
    """
    for pattern, kind in BINARY_KINDS:
        if pattern.match(data):
            raise _not_text(f"The file is {kind}, not text")
    text = _decoded(data)
    if len(CONTROLS.findall(text)) > len(text) * CONTROLS_ALLOWED:
        raise _not_text("The file is not text")
    return text


def _not_text(finding: str) -> StoryTextError:
    return StoryTextError(f"{finding}. Save it as plain text or HTML, UTF-8, and import that.")


def _decoded(data: bytes) -> str:
    for bom, name in BOMS:
        if data.startswith(bom):
            # A last half character is what a broken copy leaves behind.
            return data[len(bom) :].decode(name, "replace").rstrip("\ufffd")
    readers = (_as_utf_16, _as_utf_8, _as_declared, _as_guessed)
    found = (text for text in (read(data) for read in readers) if text is not None)
    return next(found, None) or data.decode("cp1252", "replace")


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _as_utf_16(data: bytes) -> str | None:
    """UTF-16 without its mark: the spaces and line ends have their zeros all on one side."""
    zeros = data.count(0)
    if zeros < 2:
        return None
    odd = data[1::2].count(0)
    if max(odd, zeros - odd) < zeros * 0.95:
        return None
    return _strictly(data[: len(data) // 2 * 2], "utf-16-le" if odd > zeros - odd else "utf-16-be")


def _as_utf_8(data: bytes) -> str | None:
    """UTF-8, even where a paste has left a few bytes of Windows text in it."""
    text = data.decode("utf-8", "surrogateescape")
    stray = len(re.findall("[\udc80-\udcff]", text))
    if stray * 10 > len(re.findall("[^\x00-\x7f\udc80-\udcff]", text)):
        return None
    return re.sub("[\udc80-\udcff]+", _windows_bytes, text) if stray else text


def _windows_bytes(stray: re.Match[str]) -> str:
    return stray[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _as_declared(data: bytes) -> str | None:
    found = DECLARED.search(data[:HEAD_BYTES])
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii", "replace")).name
    except (LookupError, ValueError):
        return None
    # Codecs that are not of text (base64, rot13) are refused by bytes.decode.
    text = _strictly(data, WIDER.get(name, name))
    return text if text is not None and _is_sensible(text) else None


def _is_sensible(text: str) -> bool:
    """Whether the words look like words: a wrong 8-bit set shows in all its letters."""
    letters = [letter for letter in text if letter.isalpha()]
    # Markup is ASCII: judge the letters of words that hold any other.
    words = re.findall(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*", text)
    latin = sum(map(len, re.findall("[\u0080-\u024f]+", "".join(words))))
    other = sum(map(len, re.findall("[\u0370-\u08ff]+", "".join(words))))
    mixed = sum(bool(re.search("[A-Za-z]", word)) for word in words if _has_other_script(word))
    return latin * 2 <= sum(map(len, words)) + len(letters) // 50 and mixed * 5 <= other


def _has_other_script(word: str) -> bool:
    return bool(re.search("[\u0370-\u08ff]", word))


def _as_guessed(data: bytes) -> str | None:
    guess = from_bytes(data, cp_isolation=NEWSROOM_CHARSETS, enable_fallback=False).best()
    if guess is None:
        return None
    text = _strictly(data, guess.encoding)
    # Western and Central European text differ in few letters; without one of those that no
    # Central European language lacks, the text is Western.
    central = guess.encoding in ("cp1250", "iso8859_2", "cp1254")
    if central and not re.search("[łąšžťţşığ]", text or ""):
        return _strictly(data, "cp1252") or text
    return text
