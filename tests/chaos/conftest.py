"""One installation for all tests that leave it whole; others start their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.chaos.trouble import finish, inside
from tests.served import Newsroom, wait_until

# Films run at no more than so many times their own speed, so that a test meets them at work.
PACE = 4
# They wait for minutes in all: `make chaos` runs them, and whoever asks for them by name.
SELDOM = {
    *("test_disk_hangs", "test_disk_full", "test_database"),
    *("test_postgres", "test_stores_away", "test_stopped"),
}
STARTS_ITS_OWN = {"test_many_kills", "test_postgres", "test_disk_full", "test_disk_hangs"}


# Before the groups are read, which pytest-xdist does in the same step.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    beside_others = any(item.path.parent != here for item in items)
    for item in items:
        if beside_others and item.path.parent == here and item.path.stem in SELDOM:
            item.add_marker(pytest.mark.skip(reason="waits for minutes: make chaos runs it"))
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            # One after the other: they wait for most of their time, beside all the rest.
            item.add_marker(
                pytest.mark.xdist_group(
                    "own-serve" if item.path.stem in STARTS_ITS_OWN else "serve"
                )
            )


class Encoder:
    """An ffmpeg that keeps pace, and crashes as long as it is told to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.program, self.switch = folder / "ffmpeg", folder / "crash"
        real = imageio_ffmpeg.get_ffmpeg_exe()
        self.program.write_text(
            "#!/bin/sh\n"
            f'if [ -e "{self.switch}" ]; then\n'
            f'  "{real}" -readrate {PACE} "$@" &\n'
            "  /bin/sleep 1\n"
            "  kill -KILL $!\n"
            "  kill -SEGV $$\n"
            "fi\n"
            f'exec "{real}" -readrate {PACE} "$@"\n'
        )
        self.program.chmod(0o755)

    def crash(self, does: bool) -> None:
        if does:
            self.switch.touch()
        else:
            self.switch.unlink()


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder(tmp_path_factory.mktemp("encoder") / "bin")


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Newsroom]:
    """Serves with an encoder that keeps pace, and without the second codec."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEWSROOM_FFMPEG", str(encoder.program))
        environment.setenv("NEWSROOM_AV1", "false")
        served = Newsroom(tmp_path_factory.mktemp("chaos") / "installation")
    wait_until(served.ready_lines, served)
    # What acts beside it is there before a film comes that will not wait.
    inside(served, "hurry")
    yield served
    finish(served)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Newsroom]]:
    """Start one of its own for this test, with more in its environment."""
    started: list[Newsroom] = []

    def start(
        data: Path = tmp_path / "installation", *, database_url: str = "", **environment: str
    ) -> Newsroom:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            started.append(Newsroom(data, database_url=database_url))
        wait_until(started[-1].ready_lines, started[-1])
        inside(started[-1], "hurry")
        return started[-1]

    yield start
    for served in started:
        finish(served)
