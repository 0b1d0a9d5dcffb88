"""Typed reading of settings from the environment. A bad value stops the start.

Every reader takes the variable's name and a default, reads it once, and raises
ImproperlyConfigured with one sentence that says what to write instead.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from media.core import territories

TRUE_WORDS = frozenset({"true", "1"})
FALSE_WORDS = frozenset({"false", "0"})


def text(name: str, default: str = "") -> str:
    """The variable as it stands; blank counts as absent."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    word = text(name).lower()
    if not word:
        return default
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={word!r}: write true or false.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    word = text(name)
    if not word:
        return default
    if not word.isascii() or not word.isdigit() or not low <= int(word) <= high:
        raise ImproperlyConfigured(f"{name}={word!r}: write a whole number from {low} to {high}.")
    return int(word)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    word = text(name, default)
    if word not in allowed:
        raise ImproperlyConfigured(f"{name}={word!r}: write one of {', '.join(allowed)}.")
    return word


def words(name: str, default: str) -> list[str]:
    """A list separated by commas, empty parts left out."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def countries(name: str) -> frozenset[str]:
    """Countries in two letters; none where nothing is written."""
    try:
        return territories.countries(text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def secret(name: str) -> str:
    """The secret itself, or the content of the file that ``NAME_FILE`` names; else empty."""
    file = text(f"{name}_FILE")
    if not file:
        return text(name)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE={file!r} cannot be read ({error.strerror}): name a readable file."
        ) from error


def kept(file: Path, default: str) -> str:
    """What another process of this installation wrote down; the default where there is nothing."""
    return file.read_text(encoding="utf-8").strip() if file.exists() else default


def origin(name: str, default: str) -> str:
    """An address with scheme and host, and no slash at its end."""
    return _of_the_web(name, text(name, default).rstrip("/"))


def address(name: str) -> str:
    """An address in the web; "" where nothing is written."""
    given = text(name)
    return _of_the_web(name, given) if given else ""


def _of_the_web(name: str, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(
            f"{name}={address!r}: write an address like https://example.org."
        )
    return address


def cache(name: str) -> str:
    """As ``origin``, for what need not be there."""
    return origin(name, "") if text(name) else ""


def database(name: str, sqlite_file: Path) -> dict[str, object]:
    """Django's DATABASES entry for a URL; SQLite in ``sqlite_file`` where there is none."""
    url = secret(name)
    if not url:
        return sqlite(sqlite_file)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"{name} has the scheme {parts.scheme!r}: write postgresql://user:password@host/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
    }


def sqlite(file: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            # Web server, workers and commands write at the same time: readers never wait (WAL), and
            # a writer takes its lock at the start, so that it waits instead of failing half-way.
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A file, not memory: processes started by a test see what the test wrote.
        "TEST": {"NAME": str(file.with_name("test-" + file.name))},
    }


def secret_key(name: str, key_file: Path) -> str:
    """The given secret key, else one made at the first start and kept in ``key_file``."""
    given = secret(name)
    if given:
        return given
    try:
        # Exclusive creation: of two processes that start at once, one writes and both read.
        with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is not set and {str(key_file)!r} cannot be written ({error.strerror}): "
            f"set {name}, or {name}_FILE."
        ) from error
    return key_file.read_text(encoding="utf-8").strip()


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in; without a host, nowhere."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False


def mail_server(name: str) -> MailServer:
    """smtps://user:password@host, smtp+tls://… (STARTTLS), or smtp://… on the machine itself."""
    url = secret(name)
    if not url:
        return MailServer()
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} is no address of a mail server: write smtps://user:password@host, or "
            "smtp+tls://user:password@host:587."
        )
    return MailServer(
        parts.hostname,
        parts.port or ports[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starts_tls=parts.scheme == "smtp+tls",
        is_tls=parts.scheme == "smtps",
    )
