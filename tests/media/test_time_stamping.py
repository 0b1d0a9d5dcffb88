"""Time-stamps by RFC 3161, from an authority that the test makes itself with openssl."""

import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from media import custody, journal, time_stamping
from media.models import CustodyEvent
from media.time_stamping import NotStamped
from tests.factories import a_footage
from tests.media.test_commands import run
from tests.walls import tampered

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here"),
]

CONFIGURATION = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
ess_cert_id_alg = sha256
[extensions]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Somebody outside who signs hashes with the time, and whose own certificate is root.pem."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tsa.cnf").write_text(CONFIGURATION.format(folder=folder))
        self.run("req", "-x509", *KEY, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=R")
        self.run("req", *KEY, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=T")
        signing = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial")
        extending = ("-extfile", "tsa.cnf", "-extensions", "extensions")
        self.run("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem", *extending)

    def run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def reply(self, request: bytes) -> bytes:
        (self.folder / "request.tsq").write_bytes(request)
        files = ("-queryfile", "request.tsq", "-out", "reply.tsr")
        self.run("ts", "-reply", "-config", "tsa.cnf", *files)
        return (self.folder / "reply.tsr").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def believed(authority, settings) -> Authority:
    settings.TSA_ROOTS = str(authority.folder / "root.pem")
    return authority


@pytest.fixture
def online(believed, settings) -> Iterator[Authority]:
    """The authority answers on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            good = self.headers["Content-Type"] == "application/timestamp-query"
            answer = believed.reply(asked if good else b"")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.TSA = f"http://127.0.0.1:{server.server_port}/tsr"
    yield believed
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def log():
    for _ in range(2):
        custody.record(a_footage(), CustodyEvent.Kind.VIEWED, actor="ana")


def stamps():
    return time_stamping.kept()


def test_nobody_is_asked_unless_the_settings_name_somebody(log):
    _, failure = run("custody", "stamp")

    assert failure.startswith("NEWSROOM_TSA names no authority")


def test_an_authority_is_asked_and_its_reply_is_kept(log, online):
    (told,), failure = run("custody", "stamp")

    assert (told["event"], failure) == (2, "")
    assert len(stamps()) == 1
    assert run("custody", "verify")[1] == ""


def test_a_request_and_its_reply_can_be_carried_as_files(log, believed, tmp_path):
    request, reply = tmp_path / "out.tsq", tmp_path / "in.tsr"

    assert run("custody", "stamp", "--request", request)[1] == ""
    reply.write_bytes(believed.reply(request.read_bytes()))
    custody.record(a_footage(), CustodyEvent.Kind.VIEWED, actor="ben")
    for _ in range(2):
        (told,), failure = run("custody", "stamp", "--reply", reply)

    assert (told["event"], failure) == (2, "")
    assert len(stamps()) == 1


def test_the_request_tells_an_authority_nothing_but_a_hash(log):
    request = time_stamping.request_for(custody.head())

    assert len(request) < 80
    assert custody.head().hash.encode() not in request


def test_what_was_stamped_cannot_be_changed_later_even_with_the_journal(log, online):
    run("custody", "stamp")
    for file in journal.folder().glob("*.journal"):
        file.unlink()
    event = CustodyEvent.objects.get(number=2)
    event.actor = "ben"
    hash = custody.hash_of(event)
    tampered("UPDATE media_custodyevent SET actor = 'ben', hash = %s WHERE number = 2", hash)

    (found,), _ = run("custody", "verify")
    tampered("DELETE FROM media_custodyevent WHERE number = 2")
    (gone,), _ = run("custody", "verify")

    assert found["break"].startswith("Event 2 is another one than was stamped at ")
    assert gone["break"] == "Event 2 is missing: there is a time-stamp of it."


def test_a_stamp_of_somebody_else_is_not_believed(log, believed, tmp_path_factory):
    other = Authority(tmp_path_factory.mktemp("other"))

    with pytest.raises(NotStamped, match="not signed by whom"):
        time_stamping.take_reply(other.reply(time_stamping.request_for(custody.head())))

    assert stamps() == []


def test_a_stamp_that_was_changed_is_named(log, believed):
    time_stamping.take_reply(believed.reply(time_stamping.request_for(custody.head())))
    (path,) = stamps()
    content = path.read_bytes()
    path.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])

    (sentence,) = time_stamping.breaks()

    assert sentence.startswith(f"The time-stamp {path.name} does not hold.")


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (lambda authority: b"no stamp", "This is no time-stamp"),
        (lambda authority: authority.reply(b"no request"), "This is no time-stamp"),
    ],
    ids=["garbage", "refused"],
)
def test_what_is_no_stamp_is_refused_with_a_sentence(log, believed, reply, sentence):
    with pytest.raises(NotStamped, match=sentence):
        time_stamping.take_reply(reply(believed))


def test_a_stamp_of_another_log_is_refused(log, believed):
    foreign = time_stamping.request_for(custody.head()._replace(number=77))

    with pytest.raises(NotStamped, match="about no event of this log"):
        time_stamping.take_reply(believed.reply(foreign))


@pytest.mark.parametrize("roots", ["", "/nowhere/root.pem"])
def test_without_certificates_no_stamp_is_believed(log, authority, settings, roots):
    settings.TSA_ROOTS = roots

    with pytest.raises(NotStamped, match="NEWSROOM_TSA_ROOTS"):
        time_stamping.take_reply(authority.reply(time_stamping.request_for(custody.head())))


def test_an_authority_that_does_not_answer_is_named(log, believed, settings):
    settings.TSA = "http://127.0.0.1:9/"

    with pytest.raises(NotStamped, match="gave no time-stamp"):
        time_stamping.ask(custody.head())
