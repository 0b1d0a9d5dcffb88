"""Receiving at the desk: one page for many files, in parts by script, or as a plain form."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from media import clips, describing, intake, receiving
from media.core import tus
from media.desk import page_context, view_of
from media.forms import ReceiveForm
from media.models import Footage, Job, Upload


class ReceivePages:
    """What the admin of footage answers when footage is to be received."""

    def receive_urls(self) -> list[URLPattern]:
        doors = {"receiving/state/": self.state_view, "receiving/<int:pk>/end/": self.end_view}
        names = ("media_footage_uploads_state", "media_footage_upload_end")
        return [
            path(address, view_of(self, view), name=name)  # type: ignore[arg-type]
            for (address, view), name in zip(doors.items(), names, strict=True)
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Footage is not written but received: files, and what is known of all of them."""
        _let_in(request)
        form = ReceiveForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._receive(request, form)
        unfinished = list(Upload.objects.of(request.user).still_coming().newest_first())
        context = page_context(
            self,  # type: ignore[arg-type]
            request,
            form=form,
            title="Receive footage",
            unfinished=[{"upload": one, "percent": _percent(one)} for one in unfinished],
            known=[_known(one) for one in unfinished],
            largest=settings.LARGEST_UPLOAD,
            largest_in_words=tus.in_words(settings.LARGEST_UPLOAD),
        )
        return TemplateResponse(request, "admin/media/footage/receive.html", context)

    @method_decorator(require_safe)
    def state_view(self, request: HttpRequest) -> HttpResponse:
        """What became of this person's uploads whose ids are asked for."""
        _let_in(request)
        wanted = Upload.objects.of(request.user).named(request.GET.getlist("id"))
        return JsonResponse({"uploads": {one.public_id: _become(one) for one in wanted}})

    @method_decorator(require_POST)
    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget an upload that nobody will go on with."""
        _let_in(request)
        receiving.end(get_object_or_404(Upload.objects.of(request.user), pk=pk))
        return redirect("admin:media_footage_add")

    def _receive(self, request: HttpRequest, form: ReceiveForm) -> HttpResponse:
        facts = describing.cleaned({k: str(v or "") for k, v in form.cleaned_data.items()})
        arrival = intake.Arrival.told(Footage.Arrival.UPLOAD, request.user.get_username(), facts)
        taken = [self._take(request, file, arrival) for file in form.cleaned_data["videos"]]
        if len(taken) == 1 and taken[0] is not None:
            return redirect("admin:media_footage_change", taken[0].pk)
        return redirect("admin:media_footage_changelist")

    def _take(
        self, request: HttpRequest, file: UploadedFile, arrival: intake.Arrival
    ) -> Footage | None:
        began = timezone.now()
        try:
            footage = intake.receive_upload(file, arrival)
        except OSError:
            text = "“{}” could not be stored: look at the disk's free space, then send it again."
            self.message_user(request, text.format(file.name), messages.ERROR)  # type: ignore[attr-defined]
            return None
        if footage.is_ready:
            clips.make_clip(footage)
        self._tell(request, str(file.name), footage, was_here=footage.received_at < began)
        return footage

    def _tell(self, request: HttpRequest, name: str, footage: Footage, *, was_here: bool) -> None:
        address = reverse("admin:media_footage_change", args=[footage.pk])
        if footage.state == Footage.State.REJECTED:
            text, level = "“{}” was rejected (<a href='{}'>{}</a>). {}", messages.ERROR
        elif was_here:
            text, level = "“{}” was here already, as <a href='{}'>{}</a>. {}", messages.WARNING
        else:
            text, level = "“{}” is here, as <a href='{}'>{}</a>. {}", messages.SUCCESS
        more = footage.reason or ("Its clip is being made." if not was_here else "")
        told = format_html(text, name, address, footage.public_id, more)
        self.message_user(request, told, level)  # type: ignore[attr-defined]


def _let_in(request: HttpRequest) -> None:
    if not request.user.has_perm("media.add_footage"):
        raise PermissionDenied


def _percent(upload: Upload) -> int:
    return 100 * upload.reached // max(upload.byte_size, 1)


def _known(upload: Upload) -> dict[str, object]:
    """What a browser must know to go on with a file that is chosen again."""
    address = reverse("upload", args=[upload.public_id])
    return {"url": address, "fingerprint": upload.fingerprint, "size": upload.byte_size}


def _become(upload: Upload) -> dict[str, object]:
    """What became of an upload, for row.js."""
    footage = upload.footage if upload.state == Upload.State.TAKEN else None
    if footage is None:
        job = Job.objects.about(receiving.KIND, upload.pk).order_by("-pk").first()
        is_failed = job is not None and job.state == Job.State.FAILED
        reason = job.reason if job is not None and is_failed else ""
        return {"is_over": is_failed, "word": "failed", "sentence": reason}
    word, sentence = _outcome(upload, footage)
    return {
        "is_over": True,
        "word": word,
        "sentence": sentence,
        "url": reverse("admin:media_footage_change", args=[footage.pk]),
        "link": footage.public_id,
    }


def _outcome(upload: Upload, footage: Footage) -> tuple[str, str]:
    if footage.state == Footage.State.REJECTED:
        return "failed", f"It is kept, but cannot be used. {footage.reason}"
    if upload.was_here:
        return "waiting", "It was here already; what is known of it was left as it is. See"
    return "ready", "It is here, and its clip is being made. See"
