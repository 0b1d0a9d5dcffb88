"""A story file in any of the shapes a newsroom meets becomes headline, standfirst and blocks."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.core.story_text import MAX_BYTES, Block, StoryTextError, read_story

HEADLINE = "Mosul's hidden cells"


def read(text, encoding="utf-8"):
    return read_story(text.encode(encoding))


def texts(story):
    return [block.html for block in story.blocks]


def kinds(story):
    return [(block.kind, block.html) for block in story.blocks]


# Plain text


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADLINE}\n\nOne.\n\nTwo.\n",
        f"{HEADLINE}\nOne.\nTwo.",
        f"{HEADLINE}\n\nOne.\nTwo.",
        f"\n\n  {HEADLINE}  \r\n\r\nOne.\r\n\r\n\r\nTwo.\r\n",
        f"{HEADLINE}\r\rOne.\r\rTwo.",
        f"# {HEADLINE}\n\nOne.\n\nTwo.",
        f"{HEADLINE}\n====\n\nOne.\n\nTwo.",
        f"Headline: {HEADLINE}\n\nOne.\n\nTwo.",
        f"{HEADLINE}\nMOSUL’S  HIDDEN CELLS\n\nOne.\n\nTwo.",
        f"{HEADLINE} | The Daily News\n\n{HEADLINE}\n\nOne.\n\nTwo.",
        f"{HEADLINE}\n\n{HEADLINE} - The Daily News\n\nOne.\n\nTwo.",
        f"{HEADLINE}\n\nOne.\n\n* * *\n\nTwo.\n\nENDS",
        f"{HEADLINE}\u2029One.\u2029Two.",
    ],
)
def test_a_plain_text_has_its_headline_first_and_then_paragraphs(text):
    story = read(text)

    assert (story.headline, story.standfirst) == (HEADLINE, "")
    assert kinds(story) == [("paragraph", "One."), ("paragraph", "Two.")]


WRAPPED = (
    "The men who made the video say that none of them knows more than a\n"
    "few of the others, and that this is what has kept them alive. They\n"
    "buy what they need on the black market."
)
UNWRAPPED = WRAPPED.replace("\n", " ")


@pytest.mark.parametrize(
    "text",
    [f"{HEADLINE}\n\n{WRAPPED}\n\n{WRAPPED}\n", f"{HEADLINE}\n\n{WRAPPED}\n{WRAPPED}\n"],
)
def test_lines_wrapped_by_hand_are_joined(text):
    assert texts(read(text)) == [UNWRAPPED, UNWRAPPED]


def test_long_lines_that_follow_one_another_are_paragraphs_each():
    assert texts(read(f"{HEADLINE}\n\n{UNWRAPPED}\n{UNWRAPPED}")) == [UNWRAPPED, UNWRAPPED]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADLINE}\n\nStandfirst: They burn and shoot.\n\nOne.",
        f"{HEADLINE}\n\nThey burn\nand shoot.\n-----\nOne.",
        f"{HEADLINE}\n\nThey burn and shoot.\n\n———\n\nOne.",
    ],
)
def test_a_marked_standfirst_is_read_from_plain_text(text):
    story = read(text)

    assert (story.standfirst.split(), texts(story)) == (["They", "burn", "and", "shoot."], ["One."])


def test_a_first_paragraph_without_a_mark_is_no_standfirst():
    story = read(f"{HEADLINE}\n\nShort and strong.\n\nOne.\n\n---\n\nTwo.")

    assert (story.standfirst, texts(story)) == ("", ["Short and strong.", "One.", "Two."])


def test_a_byline_is_read_from_plain_text():
    story = read(f"{HEADLINE}\nBy Ann Example\n\nOne.")

    assert (story.byline, texts(story)) == ("Ann Example", ["One."])


def test_quotations_lists_and_headings_are_kept_in_plain_text():
    story = read(
        f"{HEADLINE}\n\n“They do not know.”\n\n“They,” he said, “know.”\n\n> We are\n> ready.\n\n"
        "## Inside\n\n- one\n- two\n\n« Non », dit-il.\n\n«لا أحد»\n\n5 < 6 & 7"
    )

    assert kinds(story) == [
        ("quotation", "“They do not know.”"),
        ("paragraph", "“They,” he said, “know.”"),
        ("quotation", "We are ready."),
        ("heading", "Inside"),
        ("list", "one"),
        ("list", "two"),
        ("paragraph", "« Non », dit-il."),
        ("quotation", "«لا أحد»"),
        ("paragraph", "5 &lt; 6 &amp; 7"),
    ]


def test_the_blocks_are_written_as_html():
    story = read("Head\n\nOne\n\n## Two\n\n> Three\n\n- four\n- five\n\nSix")

    assert story.body_html == (
        "<p>One</p><h2>Two</h2><blockquote><p>Three</p></blockquote>"
        "<ul><li>four</li><li>five</li></ul><p>Six</p>"
    )


# HTML

SAVED_PAGE = f"""<!DOCTYPE html><html lang="en-GB" class="no-js"><head><meta charset="utf-8">
<title>{HEADLINE} | The Daily News</title><meta property="og:title" content="{HEADLINE}">
<meta name="description" content="Not the standfirst."><script>var a = "<p>no</p>";</script></head>
<body class="has-sidebar"><header class="site-header"><h1 class="logo">The Daily News</h1>
<nav><ul><li><a href="https://n.example/w">World</a></li></ul></nav></header>
<main><article class="article has-comments"><header><h1>{HEADLINE}</h1>
<p class="article__sub-headline">They burn and shoot.</p>
<div class="byline">By <a rel="author" href="https://n.example/ann">Ann Example</a></div>
<time datetime="2015-05-20">20 May 2015</time></header>
<div class="article-body"><p>One with a <a href="https://e.org/?a=1&amp;b=2">link</a>,
  a <b>bold</b> and an <i>old</i> word.</p>
<figure><img src="a.jpg"><figcaption>A caption</figcaption></figure>
<div class="ad-slot"><p>Buy this</p></div>
<p>Two &ldquo;quoted&rdquo;&nbsp;&amp;amp; <a href="javascript:x()">kept</a>.</p><!-- no -->
<blockquote><p>We are ready.</p></blockquote><h2>Inside</h2><ul><li>three</li><li>four</li></ul>
<aside><p>Aside</p></aside><div class="related-stories"><h2>Related</h2>
<p><a href="https://n.example/x">Other story</a></p></div>
<p>Read more: <a href="https://n.example/y">Another</a></p><p> &nbsp; </p>
<p>Five at <time>10:30</time> sharp.</p></div>
<div class="social-share"><button>Share</button></div></article></main>
<aside>More</aside><footer><p>© The Daily News</p></footer></body></html>"""


def test_a_saved_news_page_gives_its_story_and_nothing_around_it():
    story = read(SAVED_PAGE)

    assert (story.headline, story.standfirst) == (HEADLINE, "They burn and shoot.")
    assert (story.byline, story.language) == ("Ann Example", "en-GB")
    assert kinds(story) == [
        (
            "paragraph",
            'One with a <a href="https://e.org/?a=1&amp;b=2">link</a>, '
            "a <strong>bold</strong> and an <em>old</em> word.",
        ),
        ("paragraph", "Two “quoted” &amp;amp; kept."),
        ("quotation", "We are ready."),
        ("heading", "Inside"),
        ("list", "three"),
        ("list", "four"),
        ("paragraph", "Five at 10:30 sharp."),
    ]


MICRODATA = f"""<html><head><title>{HEADLINE} - The Daily News</title></head><body>
<div id="menu"><a href="https://n.example/">Home</a></div><h1 itemprop="headline">{HEADLINE}</h1>
<h2>They burn.</h2><div itemprop="articleBody"><div>One.</div><div>Two<br>lines.</div></div>
<div><p>Teaser of another story</p></div></body></html>"""
TEASERS = f"""<main><h1>{HEADLINE}</h1><p>One is longer than teasers are, by some way.</p>
<p>Two is also a paragraph of the story itself.</p><article><h3>Teaser</h3><p>No</p></article>
</main>"""
OLD_TABLE = f"""<HTML><HEAD><TITLE>{HEADLINE}</TITLE></HEAD><BODY BGCOLOR=white><TABLE><TR>
<TD><A HREF="http://n.example/a">News</A><BR><A HREF="http://n.example/b">Sport</A></TD>
<TD><FONT SIZE=5><B>{HEADLINE}</B></FONT><P><FONT FACE=Arial>One <B>bold.</B><BR><BR>
Two.</FONT><P>Three.<BR>&nbsp;<BR>Four.</TD></TR></TABLE><CENTER>Copyright 1999 The News</CENTER>"""
WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252">
<!--[if gte mso 9]><xml><o:Author>Secret Name</o:Author></xml><![endif]-->
<style>p.MsoNormal {{margin:0}}</style></head><body lang=EN-GB><div class=WordSection1>
<p class=MsoTitle>{HEADLINE}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal><span lang=EN-GB style='mso-fareast-language:EN-GB'>One
wrapped by Word.<o:p></o:p></span></p><p class=MsoNormal>Two “quoted”.<o:p></o:p></p></div>"""
DOCS = f"""<html><head><style>.c1{{}}</style></head><body class="c2 doc-content">
<p class="c1 title" id="h.abc"><span class="c0">{HEADLINE}</span></p>
<p class="c1"><span style="font-weight:700">One</span><span style="font-weight:400"> bold.</span>
</p><p class="c3"><span class="c0"></span></p><p class="c1"><span>Two.</span></p></body></html>"""


@pytest.mark.parametrize(
    ("page", "standfirst", "paragraphs"),
    [
        (MICRODATA, "They burn.", ["One.", "Two<br>lines."]),
        (
            TEASERS,
            "",
            [
                "One is longer than teasers are, by some way.",
                "Two is also a paragraph of the story itself.",
            ],
        ),
        (OLD_TABLE, "", ["One <strong>bold.</strong>", "Two.", "Three.", "Four."]),
        (WORD, "", ["One wrapped by Word.", "Two “quoted”."]),
        (DOCS, "", ["<strong>One</strong> bold.", "Two."]),
        (f"<h1>{HEADLINE}</h1>One.<br><br>Two.", "", ["One.", "Two."]),
        (f"<p>{HEADLINE}</p>\n<p>One.</p><p>Two.</p>", "", ["One.", "Two."]),
        (f"<title>{HEADLINE} – News</title><p>One.<p>Two.", "", ["One.", "Two."]),
        (f"<h1>{HEADLINE}</h1><p>{HEADLINE.upper()}</p><p>One.</p>", "", ["One."]),
        (
            f"<h1>{HEADLINE}</h1><p class=intro>They burn.</p><p>They burn.</p><p>One.</p>",
            "They burn.",
            ["One."],
        ),
        (f"<div class=ads-on><h1>{HEADLINE}</h1><p>One.</p></div>", "", ["One."]),
        (
            f"<h1>{HEADLINE}</h1><a href='https://e.org/'><div>One</div></a><b><p>Two.</p></b>",
            "",
            ['<a href="https://e.org/">One</a>', "<strong>Two.</strong>"],
        ),
        (f"<h1>{HEADLINE}</h1><p>He said <q>no</q>.</p>", "", ["He said “no”."]),
    ],
)
def test_pages_of_every_shape_give_exactly_their_paragraphs(page, standfirst, paragraphs):
    story = read(page, "cp1252")

    assert (story.headline, story.standfirst) == (HEADLINE, standfirst)
    assert kinds(story) == [("paragraph", text) for text in paragraphs]


def test_the_author_field_of_a_word_processor_does_not_reach_the_story():
    assert "Secret" not in repr(read(WORD, "cp1252"))


# Encodings

ENGLISH = "Mosul’s hidden cells\n\n“They don’t know one another,” he said — and waited.\n"
FRENCH = "Mossoul : les cellules cachées\n\n« Nous ne savons pas », a déclaré l’élu à Paris.\n"
ARABIC = "الموصل: خلايا صغيرة تهاجم المسؤولين\n\nقال سكان المدينة إن الخلايا لا يعرف بعضها بعضا.\n"
POLISH = "Mosul: ukryte komórki\n\nMieszkańcy mówią, że boją się władz. Źródła są tajne.\n"
RUSSIAN = "Мосул: тайные ячейки\n\nЖители города рассказали, что никто не знает друг друга.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(text, "utf-8") for text in (ENGLISH, FRENCH, ARABIC, POLISH, RUSSIAN)],
        *[(text, "utf-8-sig") for text in (ENGLISH, ARABIC)],
        *[(text, "utf-16") for text in (ENGLISH, ARABIC)],
        *[(text, "utf-16-le") for text in (ENGLISH, FRENCH, ARABIC)],
        *[(text, "utf-16-be") for text in (ENGLISH, FRENCH, ARABIC)],
        *[(text, "utf-32") for text in (ENGLISH, ARABIC)],
        *[(text, "cp1252") for text in (ENGLISH, FRENCH)],
        *[(ARABIC, encoding) for encoding in ("cp1256", "iso8859_6")],
        *[(POLISH, encoding) for encoding in ("cp1250", "iso8859_2")],
        *[(RUSSIAN, encoding) for encoding in ("cp1251", "koi8_r", "iso8859_5")],
        (ENGLISH, "mac_roman"),
    ],
)
def test_a_text_is_read_in_any_encoding_of_a_newsroom(text, encoding):
    headline, paragraph = text.split("\n\n")

    story = read_story(text.encode(encoding))

    assert (story.headline, texts(story)) == (headline, [paragraph.strip()])


@pytest.mark.parametrize(
    ("declared", "encoding", "word"),
    [
        ("windows-1256", "cp1256", "الموصل مدينة"),
        ("iso-8859-1", "cp1252", "“café” – don’t"),
        ("iso-8859-1", "utf-8", "“café” – don’t"),
        ("utf-8", "cp1252", "“café” – don’t"),
        ("iso-8859-1", "cp1256", "قال سكان المدينة إن الخلايا لا يعرف بعضها بعضا"),
        ("windows-1251", "cp1251", "Мосул"),
        ("shift_jis", "cp932", "モスルの記事です"),
        ("no-such-charset", "cp1252", "“café”"),
        ("base64", "cp1252", "“café”"),
    ],
)
@pytest.mark.parametrize(
    "meta",
    ['<meta charset="{}">', '<meta http-equiv=Content-Type content="text/html; charset={}">'],
)
def test_a_declared_charset_is_believed_only_where_it_fits(meta, declared, encoding, word):
    page = f"<html><head>{meta.format(declared)}</head><h1>Head</h1><p>{word}</p>"

    assert texts(read(page, encoding)) == [word]


def test_a_few_windows_bytes_in_utf_8_do_not_spoil_it():
    data = "Tête\n\n".encode() + "é è à ç ù ê î ô û ë ï".encode() + b" \x93oui"

    assert texts(read_story(data)) == ["é è à ç ù ê î ô û ë ï “oui"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (ARABIC, "ar"),
        ("موصل\n\nگروه‌های کوچک یکدیگر را نمی‌شناسند.", "fa"),
        ("מוסול\n\nאיש אינו יודע.", "he"),
        ("<html lang=fr><h1>Tête</h1><p>Oui.", "fr"),
        (f"<html lang='en'><h1>الموصل</h1><p>{ARABIC}", "ar"),
        ("<html lang='!!'><h1>Head</h1><p>Yes.", "en"),
    ],
)
def test_the_language_is_declared_or_told_by_the_script(text, language):
    assert read(text).language == language


# What cannot be read


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1\\ansi Hello}", "an RTF document"),
        (b"PK\x03\x04\x14\x00", "a word processor document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Word document"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"\0\0\0\x18ftypmp42", "a media file"),
        (bytes(range(256)) * 4, "not text"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_kind_and_the_next_step(data, kind):
    with pytest.raises(StoryTextError, match=f"{kind}.*Save it as plain text or HTML, UTF-8"):
        read_story(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "holds no text"),
        (codecs.BOM_UTF8 + b" \r\n\t", "holds no text"),
        (b"<html><body><script>x</script></body></html>", "holds no text"),
        (b"Only a headline\n", "no story below it"),
        (b"<h1>Only a headline</h1>", "no story below it"),
        (b"word " * 100 + b"\n\nOne.", "too many for a headline"),
        (b"a" * (MAX_BYTES + 1), "more than the 5 MB"),
    ],
)
def test_a_file_without_a_story_is_refused_in_one_sentence(data, sentence):
    with pytest.raises(StoryTextError, match=sentence):
        read_story(data)


MARKUP = (
    b"<p> </p> <h1> </h1> <article> <div\tclass=ad> <ul><li> <br> \n\n > # --- <meta\t"
    b"charset= utf-7> idna> hex> undefined> <html\tlang=ar> \xff\xfe \xe9 text \xd9\x84 \0"
)
PIECES = st.sampled_from([*MARKUP.split(b" "), b" ", b"- a", b"\nBy D\n", b"\n"])


def test_a_quotation_mark_without_a_quotation_is_no_block():
    story = read_story(b"Headline\n\n>\n\nText.")

    assert [block.html for block in story.blocks] == ["Text."]


@given(st.binary() | st.lists(PIECES | st.binary(max_size=3)).map(b"".join))
@settings(max_examples=500, deadline=None)
def test_any_bytes_give_a_story_or_one_clear_sentence(data):
    try:
        story = read_story(data)
    except StoryTextError as error:
        assert str(error).endswith(".")
    else:
        assert story.headline
        assert all(isinstance(block, Block) and block.html for block in story.blocks)
