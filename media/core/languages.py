"""Languages by their BCP 47 tags: which way they run, and what they call themselves."""

# Scripts that run right to left, by the language that is written in them by default.
RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
)
OWN_NAMES = {
    "ar": "العربية",
    "ckb": "کوردی",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "ja": "日本語",
    "ku": "Kurdî",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "zh": "中文",
}


def primary(tag: str) -> str:
    return tag.lower().replace("_", "-").split("-")[0]


def direction(tag: str) -> str:
    """``rtl`` or ``ltr``, for the attribute ``dir``.

    >>> direction("ar-IQ"), direction("en"), direction("ku")
    ('rtl', 'ltr', 'ltr')
    """
    parts = tag.lower().replace("_", "-").split("-")
    if "latn" in parts or parts == ["ku"]:
        # Kurdish alone means Kurmanji in Latin letters; Sorani is ckb.
        return "ltr"
    if "arab" in parts or "hebr" in parts:
        return "rtl"
    return "rtl" if parts[0] in RIGHT_TO_LEFT else "ltr"


def language_name(tag: str) -> str:
    """The language's name in itself; the tag where it is not known.

    >>> language_name("ar-IQ"), language_name("xx")
    ('العربية', 'xx')
    """
    return OWN_NAMES.get(primary(tag), tag)
