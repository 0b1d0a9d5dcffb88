"""Languages by their BCP 47 tags: which way they run, what they call themselves, what is valid."""

import re

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

# ISO 639-2 codes, which containers write, beside the short code that BCP 47 asks for. Where a
# language has two codes there (bibliographic and terminological), both stand here.
_PAIRS = (
    "aar:aa abk:ab afr:af aka:ak alb:sq amh:am ara:ar arg:an arm:hy asm:as ava:av ave:ae "
    "aym:ay aze:az bak:ba bam:bm baq:eu bel:be ben:bn bis:bi bod:bo bos:bs bre:br bul:bg "
    "bur:my cat:ca ces:cs cha:ch che:ce chi:zh chu:cu chv:cv cor:kw cos:co cre:cr cym:cy "
    "cze:cs dan:da deu:de div:dv dut:nl dzo:dz ell:el eng:en epo:eo est:et eus:eu ewe:ee "
    "fao:fo fas:fa fij:fj fin:fi fra:fr fre:fr fry:fy ful:ff geo:ka ger:de gla:gd gle:ga "
    "glg:gl glv:gv gre:el grn:gn guj:gu hat:ht hau:ha heb:he her:hz hin:hi hmo:ho hrv:hr "
    "hun:hu hye:hy ibo:ig ice:is ido:io iii:ii iku:iu ile:ie ina:ia ind:id ipk:ik isl:is "
    "ita:it jav:jv jpn:ja kal:kl kan:kn kas:ks kat:ka kau:kr kaz:kk khm:km kik:ki kin:rw "
    "kir:ky kom:kv kon:kg kor:ko kua:kj kur:ku lao:lo lat:la lav:lv lim:li lin:ln lit:lt "
    "ltz:lb lub:lu lug:lg mac:mk mah:mh mal:ml mao:mi mar:mr may:ms mkd:mk mlg:mg mlt:mt "
    "mon:mn mri:mi msa:ms mya:my nau:na nav:nv nbl:nr nde:nd ndo:ng nep:ne nld:nl nno:nn "
    "nob:nb nor:no nya:ny oci:oc oji:oj ori:or orm:om oss:os pan:pa per:fa pli:pi pol:pl "
    "por:pt pus:ps que:qu roh:rm ron:ro rum:ro run:rn rus:ru sag:sg san:sa sin:si slk:sk "
    "slo:sk slv:sl sme:se smo:sm sna:sn snd:sd som:so sot:st spa:es sqi:sq srd:sc srp:sr "
    "ssw:ss sun:su swa:sw swe:sv tah:ty tam:ta tat:tt tel:te tgk:tg tgl:tl tha:th tib:bo "
    "tir:ti ton:to tsn:tn tso:ts tuk:tk tur:tr twi:tw uig:ug ukr:uk urd:ur uzb:uz ven:ve "
    "vie:vi vol:vo wel:cy wln:wa wol:wo xho:xh yid:yi yor:yo zha:za zho:zh zul:zu"
)
# Languages without a short code that are spoken in footage: of ISO 639-2, and of 639-3 the
# spoken forms of Arabic, Aramaic, Balochi, Kurdish and Persian, and some large ones of Africa.
_LONG = (
    "ace ach ada ady aeb aec afb aii ain ajp alt ami anp apc apd arc arn arq ars ary arz acm "
    "acq acw acx acy ast avl awa ayh ayl ayn ayp bal ban bas bcc bej bem bgn bgp bho bik bin "
    "bqi bua bug byn ceb cfm chk chm chn cho chr chy ckb cmn cnr crh csb cld dag dak dar del "
    "din dje doi dsb dua dyu efi ewo fan fat fil fon frr fur fuv gaa gag gaz gez gil glk gon "
    "gor grc gsw guz hac haw haz hak hbo hil hne hsb hup iba ilo inh jbo jpr jrb kaa kab kac "
    "kam kbd kbp kea kha kho khw kmb kmr kok kpe krc kri krl kru kum kut lad lah lam lez lij "
    "lki loz lrc lua lun luo lus luy luz mad mag mai mak man mas mdf men mfe mic min mni moh "
    "mos mus mwl mwr myv mzn nah nan nap naq nds new nia niu nog nqo nso nup nyn nyo nzi osa "
    "pag pam pap pau pbt pbu pcm pes pga pnb pon pro prs pst raj rap rar rhg rif rkt rom rup "
    "sah sas sat scn sco sdh sel shi shn shu sid skr sma smj smn sms snk son srn srr ssh suk "
    "sus swc swh syc syl syr szl tem ter tet tig tiv tkl tlh tli tmh tmr tog tpi tru tsi "
    "tum tvl tyv tzm udm uga umb vai vec vot wal war was wuu xal xmf yao yap yue zap zgh zum "
    "zun zza"
)
SHORT_CODES = dict(pair.split(":") for pair in _PAIRS.split())
LONG_CODES = frozenset(_LONG.split())
SCRIPT = re.compile(r"[a-z]{4}")
REGION = re.compile(r"[a-z]{2}|[0-9]{3}")


def valid_tag(code: str) -> str:
    """A file's own word for a language as a BCP 47 tag, or "" where it names no known language.

    Only language, script and region are taken: what a file says there reaches the public.

    >>> valid_tag("ara"), valid_tag("fre"), valid_tag("ckb"), valid_tag("pt_br"), valid_tag("und")
    ('ar', 'fr', 'ckb', 'pt-BR', '')
    """
    first, *others = code.strip().lower().replace("_", "-").split("-")
    language = SHORT_CODES.get(first, first)
    if language not in LONG_CODES and language not in SHORT_CODES.values():
        return ""
    script = next((part for part in others[:1] if SCRIPT.fullmatch(part)), "")
    region = next((part for part in others[bool(script) :][:1] if REGION.fullmatch(part)), "")
    return "-".join(part for part in (language, script.title(), region.upper()) if part)


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
