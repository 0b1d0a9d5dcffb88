"""A clip that says too much: distinct words planted wherever a container can carry a word.

Whatever is made of such a clip for readers must hold none of them. ffmpeg writes the pictures,
the sound and the tags it knows; the places it cannot write are added here, byte by byte. The
file decodes cleanly, so that a pipeline under test has no reason to refuse it.
"""

import functools
import gzip
import io
import struct
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli
import imageio_ffmpeg
from PIL import ExifTags, Image

XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
C2PA_BOX = uuid.UUID("d8fec3d6-1b0e-483c-9297-5828877ec481").bytes
MDPM_SEI = uuid.UUID("17ee8c60-f84d-11d9-8cd6-0800200c9a66").bytes
ENGLISH, FRENCH, ARABIC = 0x15C7, 0x1A41, 0x0641


@dataclass(frozen=True)
class MarkedClip:
    """A file, and the words planted in it: place -> word, each unique and findable as text."""

    path: Path
    marks: dict[str, str]


class _Planter(dict[str, str]):
    """Makes one word for each place, and remembers it."""

    def word(self, place: str) -> str:
        tail = "".join(filter(str.isalnum, place))[-8:]
        return self.setdefault(place, f"MARK{len(self):03d}{tail}")

    def utf8(self, place: str) -> bytes:
        return self.word(place).encode()

    def position(self, place: str) -> str:
        """A position in the form of ISO 6709, unlike any other in the clip."""
        number = 1111 + 7 * len(self)
        return self.setdefault(place, f"+36.{number:04d}+043.{9999 - number:04d}/")

    def tags(self, option: str, places: str) -> list[str]:
        """ffmpeg options that set one tag to one word, for each name in a text."""
        named = [(tag, self.word(f"{option} {tag}")) for tag in places.split()]
        return [part for tag, word in named for part in (option, f"{tag}={word}")]


def marked_clip(directory: Path, *, container: str = "mov", seconds: int = 3) -> MarkedClip:
    """Write a marked clip in ``mov``, ``mp4``, ``mkv``, ``webm`` or ``avi`` below a directory."""
    marks = _Planter()
    path = directory / f"{marks.word('file name')} IMG 9981.{container}"
    with tempfile.TemporaryDirectory() as workshop:
        _MAKERS[container](path, Path(workshop), marks, seconds)
    return MarkedClip(path, dict(marks))


def search(where: Path | bytes, marks: Mapping[str, str]) -> dict[str, list[str]]:
    """Return which marks occur where: place of the mark -> "file (form)", nothing if nowhere.

    Looks in bytes, in a file, or in every file below a folder: in names and contents, in UTF-8
    and both kinds of UTF-16, and inside gzip and brotli files.
    """
    found: dict[str, list[str]] = {}
    for name, data in _contents(where):
        for place, word in marks.items():
            for form in ("utf-8", "utf-16-le", "utf-16-be"):
                if word.encode(form) in data:
                    found.setdefault(place, []).append(f"{name} ({form})")
    return found


def ffmpeg(*arguments: object) -> None:
    """Run the ffmpeg of the project; raises if it fails."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)


def _contents(where: Path | bytes) -> Iterator[tuple[str, bytes]]:
    if isinstance(where, bytes):
        yield "bytes", where
        return
    paths = [where] if where.is_file() else sorted(filter(Path.is_file, where.rglob("*")))
    for path in paths:
        name = path.name if path == where else path.relative_to(where).as_posix()
        yield f"{name}: its name", name.encode()
        yield name, path.read_bytes()
        if path.suffix == ".gz":
            yield f"{name}: unpacked", gzip.decompress(path.read_bytes())
        elif path.suffix == ".br":
            yield f"{name}: unpacked", brotli.decompress(path.read_bytes())


# Pictures and sound -------------------------------------------------------------------------


@functools.cache
def _bare_pictures(seconds: int) -> bytes:
    """A moving test picture as raw H.264, a key frame each second."""
    command = f"""-nostdin -v error -f lavfi -i testsrc2=s=640x360:r=25 -t {seconds}
        -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -f h264 -"""
    run = [imageio_ffmpeg.get_ffmpeg_exe(), *command.split()]
    return subprocess.run(run, check=True, capture_output=True, timeout=60).stdout


def _pictures(folder: Path, marks: _Planter, seconds: int) -> Path:
    """The test picture with the messages that cameras, encoders and broadcasters add."""
    code = b"\0\0\0\1"
    messages = [
        _sei(5, bytes(range(16)) + marks.utf8("SEI: user data")),
        _sei(5, MDPM_SEI + b"MDPM\1\xe0" + marks.utf8("SEI: camera model (MDPM)")),
        _sei(4, b"\xb5\0\x31GA94\3" + _captions("HIDDEN WORDS")),
        _sei(4, b"\xb5\0\x3b" + marks.utf8("SEI: registered T.35")),
    ]
    first, rest = _bare_pictures(seconds).split(code + b"\x68", 1)
    parameters, pictures = rest.split(b"\0\0\1", 1)
    parameters = b"\x68" + parameters.removesuffix(b"\0")
    path = folder / "pictures.h264"
    path.write_bytes(first + code + code.join([parameters, *messages]) + b"\0\0\0\1" + pictures)
    return path


def _sei(kind: int, payload: bytes) -> bytes:
    """One SEI unit, with the escapes that keep start codes out of it."""
    length = b"\xff" * (len(payload) // 255) + bytes([len(payload) % 255])
    escaped, zeros = bytearray(b"\6"), 0
    for byte in bytes([kind]) + length + payload + b"\x80":
        if zeros >= 2 and byte <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(escaped)


def _captions(text: str) -> bytes:
    """Closed captions as television carries them: two letters at a time, with odd parity."""
    letters = bytes(byte | 0x80 * (byte.bit_count() % 2 == 0) for byte in text.encode())
    pairs = [b"\xfc" + letters[at : at + 2] for at in range(0, len(letters), 2)]
    return bytes([0x40 | len(pairs), 0xFF]) + b"".join(pairs) + b"\xff"


def _cover(marks: _Planter) -> bytes:
    """A JPEG with everything a camera and an editor's program write into one."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = marks.word("cover: EXIF make")
    exif[ExifTags.Base.Model] = marks.word("cover: EXIF model")
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef] = "N"
    gps[ExifTags.GPS.GPSLatitude] = (36.0, 20.0, 24.0)
    gps[ExifTags.GPS.GPSAreaInformation] = b"ASCII\0\0\0" + marks.utf8("cover: EXIF GPS area")
    picture = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(
        picture,
        "JPEG",
        exif=exif,
        comment=marks.utf8("cover: comment"),
        xmp=_xmp(marks, "cover"),
    )
    return picture.getvalue()


def _xmp(marks: _Planter, where: str) -> bytes:
    tool, place = marks.word(f"{where}: XMP tool"), marks.position(f"{where}: XMP position")
    return f"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmp:CreatorTool="{tool}" exif:GPSLatitude="{place}"/></rdf:RDF></x:xmpmeta>""".encode()


def _inputs(folder: Path, marks: _Planter, seconds: int) -> list[object]:
    """ffmpeg options for pictures, two sounds, subtitles and chapters, each in a file."""
    chapters, subtitles = folder / "chapters.txt", folder / "subtitles.srt"
    titles = (marks.word("chapter 1"), marks.word("chapter 2"))
    spans = zip((0, 500), (500, seconds * 1000), titles, strict=True)
    chapters.write_text(
        ";FFMETADATA1\n"
        + "".join(
            f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n"
            for start, end, title in spans
        )
    )
    subtitles.write_text(f"1\n00:00:00,100 --> 00:00:00,900\n{marks.word('subtitle')}\n\n")
    tone = ["-f", "lavfi", "-t", seconds, "-i"]
    return [
        *("-framerate", 25, "-i", _pictures(folder, marks, seconds)),
        *(*tone, "sine=440", *tone, "sine=660", "-i", subtitles, "-i", chapters),
        *("-map", "0:v", "-map", "1:a", "-map", "2:a", "-map", "3:s", "-map_chapters", 4),
    ]


# QuickTime and MP4 --------------------------------------------------------------------------


def _make_quicktime(path: Path, workshop: Path, marks: _Planter, seconds: int) -> None:
    base = workshop / f"base{path.suffix}"
    names = [("v:0", "picture"), ("a:0", "sound"), ("a:1", "second sound"), ("s:0", "subtitles")]
    handlers = [
        part
        for stream, name in names
        for part in (f"-metadata:s:{stream}", f"handler_name={marks.word(f'handler: {name}')}")
    ]
    ffmpeg(
        *_inputs(workshop, marks, seconds),
        *("-c:v", "copy", "-c:a", "aac", "-c:s", "mov_text", *handlers),
        *(_time_code(marks) if path.suffix == ".mov" else ()),
        *("-metadata:s:a:1", f"title={marks.word('track title')}"),
        *("-metadata", "creation_time=2017-05-11T06:07:08Z", base),
    )
    path.write_bytes(_extended(base.read_bytes(), marks))


def _time_code(marks: _Planter) -> list[str]:
    """ffmpeg options for a track that counts the hours of the camera, which MP4 has not."""
    reel = marks.word("time code: reel name")
    return ["-timecode", "10:20:30:04", "-metadata:s:v:0", f"reel_name={reel}"]


def _extended(data: bytes, marks: _Planter) -> bytes:
    """Add to a QuickTime file or MP4 what ffmpeg does not write. Its moov has to come last."""
    at, boxes = 0, {}
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        boxes[kind], at = (at, at + size), at + size
    start, end = boxes[b"moov"]
    telemetry = f"GPS {marks.position('data track: sample')}".encode()
    place = start + 8
    moov = _with_compressor(data[start + 8 : end], marks.utf8("compressor name"))
    moov += _data_track(marks, place, telemetry) + _user_data(marks) + _key_tags(marks)
    return b"".join(
        [
            *(data[:start], _box(b"mdat", telemetry), _box(b"moov", moov)),
            _box(b"uuid", XMP_BOX, _xmp(marks, "uuid")),
            _box(b"uuid", C2PA_BOX, bytes(4), b"manifest\0", marks.utf8("uuid: C2PA claim")),
            _box(b"free", marks.utf8("free box"), bytes(8)),
            _box(b"skip", marks.word("skip box, UTF-16").encode("utf-16-be")),
            marks.utf8("bytes after the last box"),
        ]
    )


def _with_compressor(moov: bytes, name: bytes) -> bytes:
    """The name of the encoder lies 42 bytes into the description of the pictures."""
    at = moov.index(b"avc1\0\0\0\0\0\0\0\1") + 4 + 42
    return moov[:at] + (bytes([len(name)]) + name).ljust(32, b"\0") + moov[at + 32 :]


def _user_data(marks: _Planter) -> bytes:
    quicktime = (
        "nam ART alb aut cmt cpy day des dir ed1 fmt inf key mak mod prd prf req src swr wrt"
    )
    international = [
        _box(b"\xa9" + tag.encode(), _text(marks.utf8(f"udta/©{tag}"), ENGLISH))
        for tag in quicktime.split()
    ]
    spoken = [
        _text(marks.utf8(f"udta/©gen in {name}"), code)
        for name, code in (("French", FRENCH), ("Arabic", ARABIC))
    ]
    mobile = [
        _box(tag.encode(), bytes(4), struct.pack(">H", ENGLISH), marks.utf8(f"udta/{tag}"), b"\0")
        for tag in ("titl", "auth", "perf", "dscp", "gnre")
    ]
    return _box(
        b"udta",
        *(*international, _box(b"\xa9gen", *spoken), *mobile, _location(marks)),
        _box(b"\xa9xyz", _text(marks.position("udta/©xyz").encode(), ENGLISH)),
        _box(b"manu", marks.utf8("udta/manu")),
        _box(b"XMP_", _xmp(marks, "udta")),
        _item_tags(marks),
    )


def _text(text: bytes, language: int) -> bytes:
    return struct.pack(">HH", len(text), language) + text


def _location(marks: _Planter) -> bytes:
    """The 3GPP box for a place: a name, and the position in fixed-point numbers."""
    position = struct.pack(">iii", round(43.13 * 65536), round(36.34 * 65536), 223 << 16)
    name, body = marks.utf8("udta/loci name"), marks.utf8("udta/loci notes")
    language = struct.pack(">H", ENGLISH)
    return _box(b"loci", bytes(4), language, name, b"\0\0", position, b"earth\0", body, b"\0")


_ITEMS = "©nam ©ART ©alb ©cmt ©day ©too ©wrt aART cprt desc ldes tvsh"


def _item_tags(marks: _Planter) -> bytes:
    """Tags as iTunes writes them, with a picture."""
    items = [
        _box(tag.encode("latin-1"), _data(1, marks.utf8(f"ilst/{tag}"))) for tag in _ITEMS.split()
    ]
    own = _box(
        b"----",
        _box(b"mean", bytes(4), b"org.example"),
        _box(b"name", bytes(4), marks.utf8("ilst/---- name")),
        _data(1, marks.utf8("ilst/---- value")),
    )
    cover = _box(b"covr", _data(13, _cover(marks)))
    return _box(b"meta", bytes(4), _handler(b"mdir"), _box(b"ilst", *items, own, cover))


_KEYS = """make model software creationdate author content.identifier displayname
    camera.identifier camera.lens_model location.name location.note"""


def _key_tags(marks: _Planter) -> bytes:
    """Tags as an iPhone writes them: names in one box, values in another."""
    values = {f"com.apple.quicktime.{key}": marks.utf8(f"keys/{key}") for key in _KEYS.split()}
    position = marks.position("keys/location.ISO6709").encode()
    values["com.apple.quicktime.location.ISO6709"] = position
    keys = [_box(b"mdta", key.encode()) for key in values]
    items = [
        _box(struct.pack(">I", number), _data(1, value))
        for number, value in enumerate(values.values(), 1)
    ]
    head = struct.pack(">II", 0, len(keys))
    return _box(b"meta", _handler(b"mdta"), _box(b"keys", head, *keys), _box(b"ilst", *items))


def _data_track(marks: _Planter, place: int, sample: bytes) -> bytes:
    """A track of telemetry, as action cameras and phones write it, with one sample."""
    header = struct.pack(">5I", 7, 0, 0, 99, 0) + struct.pack(">I", 1000) + bytes(60)
    media = struct.pack(">5IHH", 0, 0, 0, 1000, 1000, 0x55C4, 0)
    kind = marks.utf8("data track: type")
    described = _box(b"mett", bytes(6), b"\0\1", b"\0", kind, b"\0")
    tables = [
        _box(b"stsd", struct.pack(">II", 0, 1), described),
        _box(b"stts", struct.pack(">4I", 0, 1, 1, 1000)),
        _box(b"stsc", struct.pack(">5I", 0, 1, 1, 1, 1)),
        _box(b"stsz", struct.pack(">4I", 0, 0, 1, len(sample))),
        _box(b"stco", struct.pack(">3I", 0, 1, place)),
    ]
    here = _box(b"dref", struct.pack(">II", 0, 1), _box(b"url ", b"\0\0\0\1"))
    inside = [_box(b"nmhd", bytes(4)), _box(b"dinf", here), _box(b"stbl", *tables)]
    name = marks.utf8("data track: handler")
    described = [_box(b"mdhd", media), _handler(b"meta", name), _box(b"minf", *inside)]
    return _box(b"trak", _box(b"tkhd", header), _box(b"mdia", *described))


def _handler(kind: bytes, name: bytes = b"") -> bytes:
    return _box(b"hdlr", bytes(8), kind, bytes(12), name, b"\0")


def _data(kind: int, value: bytes) -> bytes:
    return _box(b"data", struct.pack(">II", kind, 0), value)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


# Matroska, WebM and AVI ---------------------------------------------------------------------

_FREE_TAGS = """title artist album comment copyright date_recorded date_tagged description
    director encoder_settings genre keywords location make model original_media_type producer
    recording_location software summary synopsis x_serial_number x_source_url"""
_AVI_TAGS = """IARL IART ICMS ICMT ICOP ICRD ICRP IDIM IDPI IENG IGNR IKEY ILGT IMED INAM IPLT
    IPRD IPRT ISBJ ISHP ISRC ISRF ITCH"""
_STREAM_TAGS = "title handler_name reel_name make model location comment"


def _matroska_tags(marks: _Planter) -> list[str]:
    streams = ("-metadata:s:v:0", "-metadata:s:a:0", "-metadata:s:a:1", "-metadata:s:s:0")
    position = marks.position("com.apple.quicktime.location.ISO6709")
    return [
        *("-metadata", f"com.apple.quicktime.location.ISO6709={position}"),
        *marks.tags("-metadata", _FREE_TAGS),
        *(part for stream in streams for part in marks.tags(stream, _STREAM_TAGS)),
    ]


def _make_matroska(path: Path, workshop: Path, marks: _Planter, seconds: int) -> None:
    note, cover = workshop / "note.txt", workshop / "cover.jpg"
    note.write_bytes(marks.utf8("attachment: text"))
    cover.write_bytes(_cover(marks))
    attached = [
        *("-attach", note, "-metadata:s:t:0", "mimetype=text/plain", "-attach", cover),
        *("-metadata:s:t:1", "mimetype=image/jpeg"),
        *("-metadata:s:t:0", f"filename={marks.word('attachment: file name')}.txt"),
        *("-metadata:s:t:1", f"title={marks.word('attachment: description')}"),
    ]
    codecs = ("-c:v", "copy", "-c:a", "aac", "-c:s", "srt")
    ffmpeg(
        *(*_inputs(workshop, marks, seconds), *codecs, *_matroska_tags(marks)),
        *(*attached, path),
    )


def _make_webm(path: Path, workshop: Path, marks: _Planter, seconds: int) -> None:
    quick = "-c:v libvpx -deadline realtime -cpu-used 16 -s 320x180 -c:a libopus -c:s webvtt"
    inputs = _inputs(workshop, marks, seconds)
    for place in [place for place in marks if place.startswith("SEI")]:
        # These pictures are encoded anew, so the messages in the H.264 do not reach the file.
        del marks[place]
    ffmpeg(*inputs, *quick.split(), *_matroska_tags(marks), path)


def _make_avi(path: Path, workshop: Path, marks: _Planter, seconds: int) -> None:
    ffmpeg(
        *("-framerate", 25, "-i", _pictures(workshop, marks, seconds)),
        *("-f", "lavfi", "-t", seconds, "-i", "sine=440", "-c:v", "copy", "-c:a", "pcm_s16le"),
        *(*marks.tags("-metadata", _AVI_TAGS), *marks.tags("-metadata:s:v:0", "title")),
        *(*marks.tags("-metadata:s:a:0", "title"), path),
    )


_MAKERS = {
    "mov": _make_quicktime,
    "mp4": _make_quicktime,
    "mkv": _make_matroska,
    "webm": _make_webm,
    "avi": _make_avi,
}
