"""System checks and the doctor: what is wrong is named, with the next step."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from media import ffmpeg, jail
from newsroom import checks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def looks_anew() -> Any:
    """Which programs there are is looked for once in a process: here, once in a test."""
    programs = (ffmpeg.program, jail.bubblewrap)
    for program in programs:
        program.cache_clear()
    yield
    for program in programs:
        program.cache_clear()


def found() -> list[str]:
    return [message.id for check in checks.CHECKS for message in check()]


@pytest.fixture
def machine(settings: Any, stores_of_its_own: Path) -> Path:
    """A machine with nothing to complain of; answers its folder of originals."""
    settings.QUEUE_SOCKET = Path("/run/queue.sock")
    settings.JAIL = "rlimits"
    originals = stores_of_its_own / "originals"
    originals.chmod(0o700)
    return originals


def test_a_sound_machine_gets_no_message(machine: Path) -> None:
    assert found() == []


def test_an_ffmpeg_that_is_not_there_is_an_error(machine: Path, settings: Any) -> None:
    settings.FFMPEG = str(machine / "no-ffmpeg")

    [message] = checks.check_ffmpeg()

    assert message.id == "media.E001"
    assert "no-ffmpeg' cannot be run: set NEWSROOM_FFMPEG" in message.hint


def test_an_ffmpeg_that_may_not_be_run_is_an_error(machine: Path, settings: Any) -> None:
    program = machine / "ffmpeg"
    program.write_text("#!/bin/sh\n")
    settings.FFMPEG = str(program)

    assert found() == ["media.E001"]


def test_without_bubblewrap_there_is_a_warning_and_the_way_to_it(
    machine: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JAIL = "auto"
    monkeypatch.setenv("PATH", str(machine))

    [message] = checks.check_jail()

    assert (message.id, message.is_serious()) == ("media.W001", False)
    assert "apt install bubblewrap" in message.hint


def test_a_bubblewrap_that_is_demanded_and_does_not_work_is_an_error(
    machine: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JAIL = "bwrap"
    broken = machine / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(machine))

    [message] = checks.check_jail()

    assert (message.id, message.is_serious()) == ("media.E002", True)


@pytest.mark.parametrize("mode", [0o755, 0o701, 0o704])
def test_originals_that_others_can_enter_are_an_error(machine: Path, mode: int) -> None:
    machine.chmod(mode)

    assert found() == ["media.E003"]


def test_originals_that_are_not_there_yet_are_no_error(machine: Path) -> None:
    machine.rmdir()

    assert found() == []


def test_a_socket_with_too_long_a_path_is_an_error(machine: Path, settings: Any) -> None:
    settings.QUEUE_SOCKET = Path("/" + "d" * 100 + "/queue.sock")
    assert found() == ["newsroom.E001"]

    settings.REDIS_URL = "redis://elsewhere"
    assert found() == []


def test_debug_on_a_public_site_is_a_warning(machine: Path, settings: Any) -> None:
    settings.DEBUG = True
    assert found() == []

    settings.BASE_URL = "https://news.example"
    settings.ALLOWED_HOSTS = ["news.example"]
    assert found() == ["newsroom.W001"]


@pytest.mark.parametrize(
    ("address", "hosts", "messages"),
    [
        ("https://news.example", ["other.example"], ["newsroom.W002"]),
        ("https://news.example", [".example"], []),
        ("http://[::1]:8000", ["[::1]"], []),
    ],
)
def test_the_sites_own_address_must_be_an_allowed_host(
    machine: Path, settings: Any, address: str, hosts: list[str], messages: list[str]
) -> None:
    settings.BASE_URL, settings.ALLOWED_HOSTS = address, hosts

    assert found() == messages


def test_the_doctor_says_that_all_is_well_when_nothing_runs(
    machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("doctor")

    lines = capsys.readouterr().out.splitlines()
    assert not [line for line in lines if line.startswith("wrong")]
    assert "good    database: works" in lines
    assert "good    migrations: all applied" in lines
    assert any(line.startswith("good    ffmpeg version ") for line in lines)
    assert any("nothing runs on this data folder" in line for line in lines)
    assert lines[-1] == "Everything works."


def test_the_doctor_names_what_is_wrong_and_the_next_step(
    machine: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FFMPEG = "/bin/false"

    with pytest.raises(CommandError, match=r"1 of .* wrong\. Next: .*set NEWSROOM_FFMPEG"):
        call_command("doctor")

    assert "wrong   '/bin/false' does not work in the jail" in capsys.readouterr().out
