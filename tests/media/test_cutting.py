"""A cut is kept as data; what hides something takes the clip from readers until it is proved."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from media import cutting, transcribing
from media.core.cut_rows import read_marks
from media.core.filters import filter_graph
from media.core.ladder import plan_ladder
from media.core.parts import Part, Span
from media.cutting import StaleCut
from media.models import Clip, Footage, Job, Package, Redaction, Warning
from media.planning import cut_of, hides_of
from tests.articles.public import finish_jobs, public_files
from tests.factories import a_clip, a_draft, a_footage, a_package, a_person, a_probe, a_ready_clip
from tests.media.desk import said
from tests.media.examined import facts

pytestmark = pytest.mark.django_db

AREA = {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}
BOX = {
    "type": "box",
    "start": 1000,
    "end": 2000,
    "keys": [{"at": 1000, "area": AREA}],
    "reason": "A face.",
}
MUTE = {"type": "mute", "start": 1000, "end": 2000}
WARNING = {"type": "warning", "start": 4000, "end": 6000, "kind": "death", "wording": "A man dies."}


def a_cut(start=0, end=10_000):
    return {"type": "cut", "start": start, "end": end}


def save(clip, *marks, by=""):
    read = read_marks(list(marks), length_ms=10_000, frame_ms=40, kinds=Warning.Kind.values)
    is_made = cutting.save_cut(clip, read, began_from=cutting.mark_of(clip), by=by)
    clip.refresh_from_db()
    return is_made


def asked_for(clip):
    return sorted(Job.objects.of_clips([clip.pk]).values_list("kind", flat=True))


# Keeping ----------------------------------------------------------------------------------------


def test_what_is_saved_is_read_back():
    clip = a_clip()

    save(clip, a_cut(500, 9000), {"type": "poster", "start": 800}, BOX, MUTE, WARNING)

    marks = cutting.marks_of(clip)
    assert (clip.in_ms, clip.out_ms, clip.poster_ms) == (500, 9000, 300)
    assert (marks.start_ms, marks.end_ms, marks.poster_ms) == (500, 9000, 800)
    assert [(one.start_ms, one.box is None, one.reason) for one in marks.hidden] == [
        *((1000, False, "A face."), (1000, True, ""))
    ]
    assert [(one.start_ms, one.end_ms) for one in marks.warnings] == [(4000, 6000)]
    assert Warning.objects.get().start_ms == 3500


def test_saving_the_same_again_makes_nothing():
    clip = a_clip()
    save(clip, a_cut(500), BOX)
    Job.objects.all().delete()

    assert save(clip, a_cut(500), BOX) is False
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("mark", "is_made"),
    [(BOX, True), (MUTE, True), ({"type": "crop", "area": AREA}, True), (WARNING, False)],
)
def test_a_package_is_made_anew_for_what_changes_its_pictures_or_sound(mark, is_made):
    clip = a_clip()
    a_package(clip)

    assert save(clip, a_cut(), mark) is is_made
    assert ("package_clip" in asked_for(clip)) is is_made


def test_a_reason_alone_makes_no_package():
    clip = a_clip()
    save(clip, a_cut(), BOX)

    assert save(clip, a_cut(), {**BOX, "reason": "A child's face."}) is False
    assert Redaction.objects.get().reason == "A child's face."


def test_who_last_said_what_is_to_be_hidden_stands_on_the_clip():
    clip = a_clip()
    names = []

    for marks, who in (((BOX,), "mo"), ((BOX, WARNING), "sue"), ((BOX, MUTE), "ada")):
        save(clip, a_cut(), *marks, by=who)
        names.append(clip.hidden_by)

    assert names == ["mo", "mo", "ada"]


def test_who_began_from_another_cut_is_refused():
    clip = a_clip()
    began = cutting.mark_of(clip)
    save(clip, a_cut(500))

    with pytest.raises(StaleCut):
        cutting.save_cut(clip, cutting.marks_of(a_clip()), began_from=began)

    assert Clip.objects.get(pk=clip.pk).in_ms == 500


def test_a_warning_before_the_package_of_today_waits_for_the_next_one():
    clip = a_clip()
    a_package(clip, start_ms=5000, duration_ms=5000)
    Clip.objects.filter(pk=clip.pk).update(in_ms=5000)
    clip.refresh_from_db()

    save(clip, a_cut(0), WARNING, {**WARNING, "start": 500, "end": 900})

    assert list(Warning.objects.values_list("start_ms", "end_ms")) == [(0, 1000)]
    assert [(w.start_ms, w.end_ms) for w in cutting.marks_of(clip).warnings] == [
        *((500, 900), (4000, 6000))
    ]
    assert clip.warned_spans == ((500, 900), (4000, 6000))


# What readers lose ------------------------------------------------------------------------------


@pytest.fixture
def public_clip():
    clip = a_ready_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    publishing.publish(a_draft(clip, slug="cells"), by=None)
    return clip


def media_of(clip):
    return [name for name in public_files() if clip.current_package.public_id in name]


@pytest.mark.parametrize("mark", [BOX, MUTE, {"type": "crop", "area": AREA}])
def test_readers_lose_at_once_what_is_to_be_hidden(public_clip, mark):
    was_there = media_of(public_clip)

    save(public_clip, a_cut(), mark)
    pages = Job.objects.about("refresh_clip", public_clip.pk)
    for job in list(pages):
        cutting.queue.work(job.pk)

    assert was_there != []
    assert media_of(public_clip) == []
    assert (public_clip.is_playable, list(Clip.objects.playable())) == (False, [])


def test_readers_keep_a_clip_that_is_only_trimmed(public_clip):
    save(public_clip, a_cut(1000))

    assert list(Clip.objects.playable()) == [public_clip]


def test_a_package_that_hides_it_brings_the_clip_back(public_clip):
    save(public_clip, a_cut(), BOX)

    a_package(public_clip, hides=hides_of(cut_of(public_clip)))

    assert list(Clip.objects.playable()) == [public_clip]
    assert Clip.objects.get().is_playable


# Replacing --------------------------------------------------------------------------------------


def test_other_footage_keeps_the_address_and_what_is_hidden_and_waits_for_an_eye(public_clip):
    save(public_clip, a_cut(), BOX)
    transcribing.begin(public_clip, language="en", kind="captions", by="")
    address, other = (public_clip.public_id, public_clip.slug), a_footage()

    cutting.replace_footage(public_clip, other)

    clip = Clip.objects.get()
    assert ((clip.public_id, clip.slug), clip.footage) == (address, other)
    assert (clip.cleared_at, clip.is_playable) == (None, False)
    assert (clip.redactions.count(), clip.transcripts.count()) == (1, 1)
    assert "package_clip" in asked_for(clip)


def test_footage_that_is_too_short_is_refused():
    clip = a_clip(in_ms=5000)

    with pytest.raises(cutting.NotCleared, match="ends before the clip starts"):
        cutting.replace_footage(clip, a_footage(probe={"duration_ms": 5000}))


# The arguments ----------------------------------------------------------------------------------


def test_the_picture_is_covered_then_cropped_then_split():
    clip = a_clip()
    save(clip, a_cut(500), BOX, {"type": "crop", "area": AREA})
    part = Part(rungs=plan_ladder(1080)[:2])

    graph = filter_graph(a_probe(), part, cut_of(clip))

    first = graph.split(";")[0]
    assert [first.count(name) for name in ("drawbox=", "crop=", "split=")] == [1, 1, 1]
    assert first.index("drawbox=") < first.index("crop=") < first.index("split=")
    # From half a second of the cut on, and the frame before.
    assert "enable='gte(t,0.466)*lt(t,1.500)'" in first


def test_a_chunk_of_a_long_clip_is_covered_at_the_times_of_the_whole():
    clip = a_clip()
    save(clip, a_cut(), BOX)
    rungs = plan_ladder(1080)[:1]

    whole = filter_graph(a_probe(), Part(rungs=rungs), cut_of(clip))
    chunk = filter_graph(a_probe(), Part(rungs=rungs, span=Span(3, 6)), cut_of(clip))

    box = "enable='gte(t,0.966)*lt(t,2.000)'"
    assert (whole.count(box), chunk.count(box)) == (1, 1)
    assert chunk.index("fps=") < chunk.index(box) < chunk.index("trim=start_pts")


def test_black_is_drawn_in_the_range_in_which_it_is_black():
    clip = a_clip()
    save(clip, a_cut(), BOX)
    part = Part(rungs=plan_ladder(1080)[:1])

    full = filter_graph(a_probe(is_full_range=True), part, cut_of(clip))

    assert full.index("out_range=tv,format=yuv420p") < full.index("drawbox=")


def test_sound_is_muted_before_its_loudness_is_measured():
    clip = a_clip()
    save(clip, a_cut(500), MUTE)

    graph = filter_graph(a_probe(), Part(rungs=(), with_sound=True), cut_of(clip))

    assert "volume=0:enable='gt(t,0.440)*lt(t,1.560)'" in graph
    assert graph.index("volume=0") < graph.index("loudnorm")


# The page ---------------------------------------------------------------------------------------


def an_examined_clip(**fields):
    return a_clip(footage=a_footage(probe={**facts(), "duration_ms": 10_000}), **fields)


def send(client, clip, *marks, **told):
    told = {"began_from": cutting.mark_of(clip), "rows": list(marks), **told}
    address = reverse("admin:media_clip_cut", args=[clip.pk])
    return client.post(address, json.dumps(told), content_type="application/json")


def test_the_page_has_the_marks_and_the_proof(editor):
    clip = an_examined_clip(title="The mill")
    proof = {"looks": 9, "deviation": 1.2, "spans": 2, "level_db": -120.0}
    a_package(clip, proof=proof)
    save(clip, a_cut(500), BOX)

    page = editor.get(reverse("admin:media_clip_cut", args=[clip.pk])).content.decode()

    assert '"type": "box", "start": 1000, "end": 2000, "reason": "A face."' in page
    assert "Boxes looked at in 9 places of the finished files: at most 1.2 of 255" in page
    assert "at most -120.0 dB" in page


def test_the_page_names_where_a_withheld_name_is_still_heard(editor):
    clip = an_examined_clip()
    begun = transcribing.begin(clip, language="en", kind="captions", by="")
    rows = [
        transcribing.Row("a", 1200, 1800, "", "I am [[Maryam]]."),
        transcribing.Row("b", 3000, 4000, "", "[[Maryam]]!"),
    ]
    transcribing.save_version(begun, rows, by="", checked_by="")
    save(clip, a_cut(), MUTE)

    page = editor.get(reverse("admin:media_clip_cut", args=[clip.pk])).content.decode()

    assert "Mute 0:03.000 to 0:04.000" in page
    assert "Mute 0:01.200" not in page


def test_marks_that_are_sent_are_kept_and_the_page_goes_on_from_them(editor):
    clip = an_examined_clip()
    a_package(clip)

    first = send(editor, clip, a_cut(), BOX)
    second = send(editor, clip, a_cut(), began_from=first.json()["began_from"])

    assert first.json()["sentence"].startswith("Saved. Readers lose the clip until")
    assert second.status_code == 200
    assert Redaction.objects.count() == 0


@pytest.mark.parametrize(
    ("marks", "told", "status", "sentence"),
    [
        ([], {}, 400, "Not saved. A clip has one start and one end: load the page again."),
        ([], {"rows": 3}, 400, "Not saved. A clip has at most 500 marks: take some out."),
        ([a_cut()], {"began_from": "x"}, 409, "Somebody else has changed this clip meanwhile."),
    ],
)
def test_what_cannot_be_kept_gets_its_sentence(editor, marks, told, status, sentence):
    answer = send(editor, an_examined_clip(), *marks, **told)

    assert answer.status_code == status
    assert answer.json()["sentence"].startswith(sentence)


def test_a_clip_whose_footage_is_not_ready_is_not_cut(editor):
    footage = a_footage(state=Footage.State.RECEIVED)

    answer = editor.get(
        reverse("admin:media_clip_cut", args=[a_clip(footage=footage).pk]), follow=True
    )

    assert said(answer) == ["Its footage is not ready: see there why."]


def test_footage_is_replaced_at_the_desk(editor):
    clip, other = an_examined_clip(), a_footage()

    editor.post(reverse("admin:media_clip_replace", args=[clip.pk]), {"footage": other.public_id})

    assert Clip.objects.get().footage == other


@pytest.mark.parametrize("name", ["cut", "replace", "waveform"])
def test_staff_without_a_permission_is_refused(client, name):
    client.force_login(a_person("ona"))
    address = reverse(f"admin:media_clip_{name}", args=[a_clip().pk])

    answer = client.post(address) if name == "replace" else client.get(address)

    assert answer.status_code == 403


def test_the_jobs_that_follow_end_well():
    clip = a_ready_clip(slug="fire", cleared_at=timezone.now())
    save(clip, a_cut(), WARNING)

    finish_jobs()

    assert list(Clip.objects.playable()) == [clip]
    assert Package.objects.count() == 1
