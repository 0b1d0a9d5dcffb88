"""Settings from the environment: a bad value stops the start with one sentence."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsroom import env

NAME = "NEWSROOM_TRIED"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    def give(text: str, name: str = NAME) -> None:
        monkeypatch.setenv(name, text)

    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)
    return give


def refusal(read) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    return str(caught.value)


def test_an_address_may_be_left_out_and_is_taken_as_it_is(given) -> None:
    assert env.address(NAME) == ""

    given("http://tsa.example.org/tsr/")
    assert env.address(NAME) == "http://tsa.example.org/tsr/"

    given("tsa.example.org")
    assert "write an address like https://" in refusal(lambda: env.address(NAME))


def test_a_blank_variable_counts_as_absent(given) -> None:
    given("   ")

    assert env.text(NAME, "default") == "default"
    assert env.flag(NAME, True) is True
    assert env.number(NAME, 3, low=1, high=9) == 3
    assert env.secret(NAME) == ""


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("TRUE", True), ("1", True), ("false", False), ("0", False)]
)
def test_a_flag_is_true_or_false(given, word: str, value: bool) -> None:
    given(word)

    assert env.flag(NAME, not value) is value


@pytest.mark.parametrize("word", ["yes", "on", "2", "tru"])
def test_an_unknown_word_is_no_flag(given, word: str) -> None:
    given(word)

    assert refusal(lambda: env.flag(NAME, False)) == f"{NAME}={word!r}: write true or false."


@pytest.mark.parametrize("word", ["0", "65", "-1", "1.5", "two", "²", "٣"])
def test_a_number_out_of_its_range_is_refused(given, word: str) -> None:
    given(word)

    sentence = refusal(lambda: env.number(NAME, 1, low=1, high=64))

    assert sentence == f"{NAME}={word!r}: write a whole number from 1 to 64."


@pytest.mark.parametrize("word", ["1", "64"])
def test_a_number_at_its_bounds_is_taken(given, word: str) -> None:
    given(word)

    assert env.number(NAME, 2, low=1, high=64) == int(word)


def test_a_choice_is_one_of_the_allowed(given) -> None:
    assert env.choice(NAME, "auto", ("auto", "bwrap")) == "auto"

    given("chroot")

    sentence = refusal(lambda: env.choice(NAME, "auto", ("auto", "bwrap")))
    assert sentence == f"{NAME}='chroot': write one of auto, bwrap."


def test_words_are_separated_by_commas(given) -> None:
    given(" a.example, ,b.example,")

    assert env.words(NAME, "") == ["a.example", "b.example"]


def test_a_secret_may_lie_in_a_file(given, tmp_path: Path) -> None:
    given("in the environment")
    assert env.secret(NAME) == "in the environment"

    (tmp_path / "secret").write_text("in a file\n", encoding="utf-8")
    given(str(tmp_path / "secret"), f"{NAME}_FILE")

    assert env.secret(NAME) == "in a file"


def test_a_secret_file_that_cannot_be_read_is_refused(given, tmp_path: Path) -> None:
    given(str(tmp_path / "nothing"), f"{NAME}_FILE")

    sentence = refusal(lambda: env.secret(NAME))

    assert sentence.startswith(f"{NAME}_FILE='{tmp_path}/nothing' cannot be read")


@pytest.mark.parametrize("word", ["https://news.example", "http://127.0.0.1:8000/"])
def test_an_origin_has_no_slash_at_its_end(given, word: str) -> None:
    given(word)

    assert env.origin(NAME, "") == word.rstrip("/")


@pytest.mark.parametrize("word", ["news.example", "ftp://news.example", "https://"])
def test_an_origin_without_scheme_or_host_is_refused(given, word: str) -> None:
    given(word)

    assert "write an address like https://example.org." in refusal(lambda: env.origin(NAME, ""))


def test_without_an_address_the_database_is_a_file_that_many_may_write(
    given, tmp_path: Path
) -> None:
    entry = env.database(NAME, tmp_path / "newsroom.sqlite3")

    assert entry["NAME"] == tmp_path / "newsroom.sqlite3"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_address_is_read_with_its_escapes(given, tmp_path: Path) -> None:
    given("postgresql://desk:p%40ss%2Fword@db.example:5433/news%20room")

    assert env.database(NAME, tmp_path / "unused") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "news room",
        "USER": "desk",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": 5433,
    }


def test_another_database_is_refused_without_telling_its_password(given, tmp_path: Path) -> None:
    given("mysql://desk:hidden@db.example/newsroom")

    sentence = refusal(lambda: env.database(NAME, tmp_path / "unused"))

    assert "'mysql'" in sentence
    assert "hidden" not in sentence


def test_a_secret_key_is_made_once_and_kept_for_nobody_else(given, tmp_path: Path) -> None:
    key_file = tmp_path / "secret-key"

    first = env.secret_key(NAME, key_file)

    assert len(first) >= 50
    assert env.secret_key(NAME, key_file) == first
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_given_secret_key_is_taken_and_none_is_made(given, tmp_path: Path) -> None:
    given("given")

    assert env.secret_key(NAME, tmp_path / "secret-key") == "given"
    assert list(tmp_path.glob("secret-key")) == []


def test_a_secret_key_that_cannot_be_kept_says_what_to_set(given, tmp_path: Path) -> None:
    sentence = refusal(lambda: env.secret_key(NAME, tmp_path / "no-folder" / "secret-key"))

    assert sentence.endswith(f"set {NAME}, or {NAME}_FILE.")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", env.MailServer()),
        ("smtp://localhost", env.MailServer("localhost", 25)),
        (
            "smtps://desk:p%40ss@mail.example.org",
            env.MailServer("mail.example.org", 465, "desk", "p@ss", is_tls=True),
        ),
        ("smtp+tls://m.example.org", env.MailServer("m.example.org", 587, starts_tls=True)),
    ],
)
def test_a_mail_server_is_read_from_one_address(given, url, server) -> None:
    given(url)

    assert env.mail_server(NAME) == server


def test_what_is_no_mail_server_is_refused_and_not_repeated(given) -> None:
    given("https://desk:secret@mail.example.org")

    said = refusal(lambda: env.mail_server(NAME))

    assert "write smtps://user:password@host" in said
    assert "secret" not in said
