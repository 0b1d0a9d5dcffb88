"""The clip editor: a page on which a clip is cut, cropped, hidden in and warned of."""

import base64
import json
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from media import cutting, waveforms
from media.core.cut_rows import Marks, Told, read_marks
from media.core.encode_args import MP4_NAME, POSTER_NAME
from media.core.filters import frame_ms
from media.core.probe import read_probe
from media.core.tracks import Area, BadTrack, Box
from media.core.waveform import STEP_MS
from media.cutting import StaleCut
from media.desk import page_context, view_of
from media.errors import NewsroomError
from media.forms import spelled
from media.models import Clip, Cue, Footage, Transcript, Warning

UNREADABLE = "What was sent cannot be read: load the page again."


class CutPages:
    """What the admin of clips answers for the clip editor."""

    def cut_urls(self) -> list[URLPattern]:
        doors = {
            "cut": self.cut_view,
            "replace": self.replace_view,
            "waveform": self.waveform_view,
        }
        return [
            path(f"<int:pk>/{name}/", view_of(self, view), name=f"media_clip_{name}")  # type: ignore[arg-type]
            for name, view in doors.items()
        ]

    def _clip(self, request: HttpRequest, pk: int) -> Clip:
        """The clip that somebody wants to cut. Raises PermissionDenied."""
        if not request.user.has_perm("media.change_clip"):
            raise PermissionDenied
        found = Clip.objects.select_related("footage", "current_package")
        return get_object_or_404(found, pk=pk)

    def cut_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; posted to it, marks as JSON are kept."""
        clip = self._clip(request, pk)
        if not clip.footage.is_ready:
            self.message_user(request, "Its footage is not ready: see there why.", "error")  # type: ignore[attr-defined]
            return redirect("admin:media_clip_change", pk)
        if request.method == "POST":
            return _saved(request, clip)
        context = page_context(self, request, original=clip, title=f"Cut: {clip}")  # type: ignore[arg-type]
        return TemplateResponse(request, "admin/media/clip/cut.html", {**context, **_page(clip)})

    @method_decorator(require_POST)
    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Other footage under the same address."""
        clip = self._clip(request, pk)
        footage = Footage.objects.ready().filter(public_id=request.POST.get("footage", "").strip())
        try:
            cutting.replace_footage(clip, get_object_or_404(footage))
        except NewsroomError as error:
            self.message_user(request, str(error), "error")  # type: ignore[attr-defined]
        else:
            sentence = "Replaced. Look at it when it is made; publishing the story shows it again."
            self.message_user(request, sentence, "success")  # type: ignore[attr-defined]
        return redirect("admin:media_clip_cut", pk)

    @method_decorator(require_safe)
    def waveform_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The outline of the clip's sound; 202 while it is drawn."""
        package = self._clip(request, pk).current_package
        found = waveforms.of_package(package) if package else None
        if found is None:
            return JsonResponse({}, status=202 if package else 404)
        peaks = base64.b64encode(bytes(found.peaks)).decode()
        return JsonResponse({"step_ms": STEP_MS, "peaks": peaks})


def _page(clip: Clip) -> dict[str, Any]:
    probe, package = read_probe(clip.footage.probe or {}), clip.current_package
    marks = cutting.marks_of(clip)
    file = (
        (lambda name: reverse("package_file", args=[package.public_id, name])) if package else None
    )
    has_film = package is not None and package.has_mp4
    words = clip.transcripts.live()
    captions = words.exclude(kind=Transcript.Kind.CHAPTERS).first()
    return {
        "clip": clip,
        "package": package,
        "film": file(MP4_NAME) if file and has_film else "",
        "poster": file(POSTER_NAME) if file else "",
        "wave": reverse("admin:media_clip_waveform", args=[clip.pk]),
        "marks": told_marks(marks, probe.duration_ms),
        "began_from": cutting.mark_of(clip),
        "base_ms": clip.base_ms,
        "length_ms": probe.duration_ms,
        "frame_ms": frame_ms(probe),
        "shown_crop": list(_shown_crop(clip)),
        "kinds": Warning.Kind.choices,
        "captions": captions,
        "chapters": words.filter(kind=Transcript.Kind.CHAPTERS),
        "unmuted": _unmuted(clip, marks),
        "footages": Footage.objects.ready().exclude(pk=clip.footage_id)[:50],
    }


def _shown_crop(clip: Clip) -> Area:
    """What of the upright picture the film on the page shows: the crop of its package."""
    told = clip.current_package.crop if clip.current_package else {}
    return Area(**told) if told else Area(0.0, 0.0, 1.0, 1.0)


def told_marks(marks: Marks, length_ms: int) -> list[dict[str, Any]]:
    """The marks as scripts know them: each with a key, a type and, as a rule, a span."""
    end = length_ms if marks.end_ms is None else marks.end_ms
    told: list[dict[str, Any]] = [{"type": "cut", "start": marks.start_ms, "end": end}]
    if marks.poster_ms is not None:
        told.append({"type": "poster", "start": marks.poster_ms})
    if marks.crop:
        told.append({"type": "crop", "area": marks.crop._asdict()})
    for one in marks.hidden:
        span = {"start": one.start_ms, "end": one.end_ms, "reason": one.reason}
        told.append(
            {"type": "box", **span, "keys": _keys(one.box)} if one.box else {"type": "mute", **span}
        )
    told += [{"type": "warning", **_warning(one)} for one in marks.warnings]
    return [{"key": f"mark-{number}", **one} for number, one in enumerate(told)]


def _warning(one: Told) -> dict[str, Any]:
    return {
        "start": one.start_ms,
        "end": one.end_ms,
        "kind": one.kind,
        "wording": one.wording,
        "language": one.language,
    }


def _keys(box: Box) -> list[dict[str, Any]]:
    return [{"at": key.at_ms, "area": key.area._asdict()} for key in box.keys]


def _unmuted(clip: Clip, marks: Marks) -> list[dict[str, Any]]:
    """Lines that withhold words which the sound still says: no muted span covers them."""
    mutes = [(one.start_ms, one.end_ms) for one in marks.hidden if one.box is None]
    cues = Cue.objects.filter(transcript__in=clip.transcripts.live()).exclude(withheld=[])
    spans = {(cue.start_ms + clip.base_ms, cue.end_ms + clip.base_ms) for cue in cues}
    return [
        {"start": start, "end": end, "words": f"{spelled(start)} to {spelled(end)}"}
        for start, end in sorted(spans)
        if not any(first <= start and end <= last for first, last in mutes)
    ]


def _saved(request: HttpRequest, clip: Clip) -> HttpResponse:
    probe = read_probe(clip.footage.probe or {})
    try:
        told = json.loads(request.body)
        marks = read_marks(
            told["rows"],
            length_ms=probe.duration_ms,
            frame_ms=frame_ms(probe),
            kinds=Warning.Kind.values,
        )
        is_made = cutting.save_cut(
            clip,
            marks,
            began_from=str(told.get("began_from")),
            by=request.user.get_username(),
        )
    except StaleCut as error:
        return JsonResponse({"sentence": str(error)}, status=409)
    except (BadTrack, NewsroomError) as error:
        return JsonResponse({"sentence": f"Not saved. {error}"}, status=400)
    except (ValueError, KeyError, TypeError, RequestDataTooBig):
        return JsonResponse({"sentence": f"Not saved. {UNREADABLE}"}, status=400)
    clip = Clip.objects.select_related("current_package").get(pk=clip.pk)
    return JsonResponse(
        {"sentence": _what_comes(clip, is_made), "began_from": cutting.mark_of(clip)}
    )


def _what_comes(clip: Clip, is_made: bool) -> str:
    package = clip.current_package
    if is_made and package is not None and package.hides != clip.hides:
        return "Saved. Readers lose the clip until it is made anew and what is hidden is proved."
    return "Saved. The clip is being made anew." if is_made else "Saved."
