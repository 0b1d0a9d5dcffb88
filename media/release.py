"""Release: files of cleared clips, and of pictures, into `public`, and out again."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from media import custody, fixity, leakscan, stores, transcribing, withholding
from media.core.encode_args import PICTURES, POSTER_NAME
from media.core.leaks import Finding, Marks
from media.errors import NotCleared
from media.models import Clip, CustodyEvent, Package, Picture, Transcript

# A reader who watches while a clip is replaced may go on watching for so long.
GRACE = timedelta(hours=1)


def public_name(public_id: str) -> str:
    """The folder in `public` of a package or of a transcript."""
    return f"{leakscan.PUBLIC_FOLDER}/{public_id}"


def address(public_id: str, name: str) -> str:
    """The address of a public file of a package or a transcript."""
    return f"{settings.MEDIA_URL}{public_id}/{name}"


def caption_name(transcript: Transcript) -> str:
    return f"{transcript.kind}.vtt"


def place_clip(clip: Clip) -> None:
    """Place the current package and the approved transcripts. Safe to repeat.

    Raises NotCleared for a clip that readers may not see or that is damaged, LeakFound for a
    transcript that tells something of the footage's own data, or words that it withholds elsewhere.
    """
    package = clip.current_package
    if package is None or not Clip.objects.playable().filter(pk=clip.pk).exists():
        raise NotCleared(f"The clip {clip} may not be published: see the clip's page.")
    name, hidden = public_name(package.public_id), _hidden(clip, package)
    if not stores.exists("public", name):
        _require_whole(clip, package)
        _record_release(clip, package)
        stores.place_folder(package.public_id, name, but=hidden)
    if not package.is_whole or not (hidden or stores.exists("public", f"{name}/{POSTER_NAME}")):
        # It has grown since, or had grown when whoever made it was stopped; or its pictures were
        # taken away for a warning that is there no more.
        place_growth(clip, package)
    _hide_pictures(clip)
    _place_transcripts(clip)
    if not Clip.objects.playable().filter(pk=clip.pk).exists():
        # Taken back in this moment, perhaps before its files lay there to be removed.
        remove_clip(clip)


def _require_whole(clip: Clip, package: Package) -> None:
    """What becomes public are the bytes that were scanned, and their original is there to prove
    them by. Raises NotCleared. What is public already stays: it was whole when it was placed.
    """
    damage = fixity.damage_of_package(package)
    if damage:
        fixity.note_package(package, damage, actor="newsroom")
    problems = [damage] if damage else fixity.known_problems(clip)
    if problems:
        raise NotCleared(f"The clip {clip} is damaged and is not published. {problems[0]}")


def place_growth(clip: Clip, package: Package) -> None:
    """Bring the public copy of a growing package up to date, where there is one."""
    name = public_name(package.public_id)
    if not stores.exists("public", name):
        return
    try:
        stores.place_growth(package.public_id, name, but=_hidden(clip, package))
    except FileNotFoundError:
        # Taken away in this moment by another process.
        if stores.exists("public", name):
            raise
    if not Clip.objects.playable().filter(pk=clip.pk).exists():
        remove_clip(clip)


def _hidden(clip: Clip, package: Package) -> frozenset[str]:
    """What of a package shows a warned span, in pictures that were drawn before the warning."""
    return frozenset() if package.leaves_out(clip.veils) else PICTURES


def _hide_pictures(clip: Clip) -> None:
    """Take the pictures of a warned span away, also those that a reader's old page still shows."""
    for package in clip.packages.all():
        for picture in _hidden(clip, package):
            stores.remove_public(f"{public_name(package.public_id)}/{picture}")


def rehearse_clip(clip: Clip) -> None:
    """Scan what ``place_clip`` would write, without writing it. Raises LeakFound."""
    transcripts = list(clip.transcripts.approved().prefetch_related("cues"))
    withholding.require(transcripts)
    for transcript in transcripts:
        _scanned_captions(transcript)


def _record_release(clip: Clip, package: Package) -> None:
    """Written before the first byte is public."""
    with transaction.atomic():
        custody.record(
            clip.footage,
            CustodyEvent.Kind.RELEASED,
            actor=str(clip.cleared_by or "newsroom"),
            detail={"clip": clip.public_id, "package": package.public_id},
        )


def _place_transcripts(clip: Clip) -> None:
    """Place the captions that readers may have, where they are not there yet."""
    transcripts = list(clip.transcripts.approved())
    new = [one for one in transcripts if not stores.exists("public", _captions_file(one))]
    if not new:
        return
    prefetch_related_objects(transcripts, "cues")
    if withholding.withheld_in(transcripts):
        # What readers had before goes at once, whatever comes of this: it may say those words.
        for public_id in clip.transcripts.unread().values_list("public_id", flat=True):
            stores.remove_public(public_name(public_id))
    withholding.require(transcripts)
    for transcript in new:
        stores.place_file(_captions_file(transcript), _scanned_captions(transcript))


def _captions_file(transcript: Transcript) -> str:
    return f"{public_name(transcript.public_id)}/{caption_name(transcript)}"


def _scanned_captions(transcript: Transcript) -> bytes:
    content = transcribing.webvtt(transcript).encode()
    leakscan.check_page(_captions_file(transcript), content, _marks(transcript))
    return content


def _marks(transcript: Transcript) -> Marks:
    return leakscan.page_marks([transcript.clip.footage], written="")


def public_transcript_findings() -> dict[str, list[Finding]]:
    """Scan the captions in `public`, as they lie on the disk, once more."""
    found: dict[str, list[Finding]] = {}
    for transcript in Transcript.objects.select_related("clip__footage"):
        name = _captions_file(transcript)
        content = stores.read_public(name)
        if content is not None:
            findings = leakscan.page_findings(name, content, _marks(transcript))
            found |= {name: findings} if findings else {}
    return found


def public_folders() -> set[str]:
    """The folders in `public` that packages, transcripts and placed pictures may fill."""
    public_ids = [
        *Package.objects.values_list("public_id", flat=True),
        *Transcript.objects.values_list("public_id", flat=True),
        *Picture.objects.placed().values_list("public_id", flat=True),
    ]
    return {public_name(public_id) for public_id in public_ids}


def remove_clip(clip: Clip) -> None:
    """Take every public file of a clip away, now."""
    for model in (Package, Transcript):
        for public_id in model.objects.filter(clip=clip).values_list("public_id", flat=True):
            stores.remove_public(public_name(public_id))


def place_picture(picture: Picture) -> None:
    """Place the forms of a picture. Safe to repeat. Raises LeakFound."""
    if not picture.is_placed:
        # Said before its first byte is public, so that nothing of it stays when a worker is killed.
        Picture.objects.filter(pk=picture.pk).update(is_placed=True)
    if not stores.exists("public", public_name(picture.public_id)):
        scan_picture(picture)
        stores.place_folder(picture.public_id, public_name(picture.public_id))


def scan_picture(picture: Picture) -> None:
    """Scan what ``place_picture`` would place, as it lies on the disk. Raises LeakFound."""
    with stores.localised("packages", picture.public_id) as folder:
        leakscan.check_folder(folder, picture)


def remove_picture(picture: Picture) -> None:
    """Take every public file of a picture away, now."""
    stores.remove_public(public_name(picture.public_id))
    Picture.objects.filter(pk=picture.pk).update(is_placed=False)


def remove_superseded() -> None:
    """Take away public files that a newer version has replaced, after a while of grace.

    And at once what no row knows: placed in the moment in which its package was removed.
    """
    # In this order: what is placed meanwhile had its row before.
    there = stores.names_in("public", leakscan.PUBLIC_FOLDER)
    for name in there - public_folders():
        stores.remove_public(name)
    before = timezone.now() - GRACE
    for clip in Clip.objects.packaged().filter(current_package__created_at__lt=before):
        old = clip.packages.exclude(current_for=clip)
        for public_id in old.values_list("public_id", flat=True):
            stores.remove_public(public_name(public_id))
    for transcript in Transcript.objects.replaced(before):
        stores.remove_public(public_name(transcript.public_id))
