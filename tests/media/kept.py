"""Footage and packages with bytes in the stores, written down as intake and packaging do it."""

import hashlib
from pathlib import Path

from django.conf import settings

from media import custody, fixity, stores
from media.core import custody_chain
from media.models import Clip, CustodyEvent, Footage, Package
from tests.factories import a_clip, a_footage, a_package

FILES = {
    "master.m3u8": b"#EXTM3U",
    "clip.mp4": b"\x00\x01" * 200,
    "poster.jpg": b"\xff\xd8" * 100,
    "360p/index.m3u8": b"#EXTM3U 360p",
    "360p/000.m4s": b"moof" * 100,
}


def store(alias: str) -> Path:
    return Path(settings.STORAGES[alias]["OPTIONS"]["location"])


def a_kept_footage(content: bytes = b"", **fields) -> Footage:
    """Footage whose arrival stands in the log."""
    name = f"aa/{Footage.objects.count()}"
    received = stores.receive([content or name.encode()], name=name)
    footage = a_footage(
        store_name=name, sha256=received.sha256, byte_size=received.byte_size, **fields
    )
    detail = {"sha256": received.sha256, "byte_size": received.byte_size}
    custody.record(footage, CustodyEvent.Kind.RECEIVED, actor="ana", detail=detail)
    return footage


def path_of(subject: Footage | Package, name: str = "") -> Path:
    if isinstance(subject, Footage):
        return store("originals") / subject.store_name
    return store("packages") / subject.public_id / name


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def a_kept_package(clip: Clip | None = None, files: dict[str, bytes] = FILES) -> Package:
    """A clip's current package, its files hashed and its making in the log."""
    package = a_package(clip or a_clip(footage=a_kept_footage()))
    for name, content in files.items():
        path = path_of(package, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    fixity.keep_manifest(package, digests)
    custody.record(
        package.clip.footage,
        CustodyEvent.Kind.CUT,
        actor="newsroom",
        detail={"package": package.public_id, "manifest": custody_chain.hash_of(digests)},
    )
    return package
