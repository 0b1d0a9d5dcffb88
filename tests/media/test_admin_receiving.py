"""The page on which footage is received: what of one's own is not whole, and what became of it."""

import pytest
from django.urls import reverse

from media import queue, receiving, staging
from media.models import Job, Upload
from tests.factories import a_footage, a_person

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:media_footage_add")
STATE = reverse("admin:media_footage_uploads_state")


def an_upload(owner, **fields):
    upload = Upload.objects.create(owner=owner, name="gate.mov", byte_size=100, **fields)
    staging.begin(upload.public_id)
    return upload


@pytest.fixture
def ada(client):
    """An archivist, who sits at the desk."""
    person = a_person("ada", "archivists")
    client.force_login(person)
    return person


def test_the_page_offers_ones_own_unfinished_uploads_and_no_others(client, ada):
    mine = an_upload(ada, reached=40, fingerprint="ab12")
    an_upload(a_person("aya", "archivists"), fingerprint="cd34")
    an_upload(ada, state="whole", fingerprint="ef56")

    page = client.get(PAGE)

    address = reverse("upload", args=[mine.public_id])
    assert page.context["known"] == [{"url": address, "fingerprint": "ab12", "size": 100}]
    assert "40 % is here" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_an_unfinished_upload_is_forgotten_by_whoever_began_it_alone(client, ada):
    mine, other = an_upload(ada), an_upload(a_person("aya", "archivists"))

    answers = [
        client.post(reverse("admin:media_footage_upload_end", args=[one.pk])).status_code
        for one in (mine, other)
    ]

    assert answers == [302, 404]
    assert list(Upload.objects.all()) == [other]
    assert staging.names() == {other.public_id}


def test_what_became_of_uploads_is_told_with_a_link_and_a_sentence(client, ada):
    bad = a_footage(state="rejected", reason="This is no film.")
    uploads = {
        "new": an_upload(ada, state="taken", footage=a_footage()),
        "again": an_upload(ada, state="taken", footage=a_footage(), was_here=True),
        "bad": an_upload(ada, state="taken", footage=bad),
        "moving": an_upload(ada, state="whole"),
        "stuck": an_upload(ada, state="whole"),
    }
    Job.objects.create(
        kind=receiving.KIND, subject_id=uploads["stuck"].pk, state="failed", reason="Disk full."
    )
    theirs = an_upload(a_person("aya", "archivists"), state="taken")
    ids = [one.public_id for one in (*uploads.values(), theirs)]

    told = client.get(STATE, {"id": ids}).json()["uploads"]

    words = [told[uploads[name].public_id]["word"] for name in ("new", "again", "bad")]
    assert words == ["ready", "waiting", "failed"]
    assert [told[one.public_id]["is_over"] for one in uploads.values()] == [
        *(True, True, True, False),
        True,
    ]
    assert told[uploads["bad"].public_id]["sentence"].endswith("This is no film.")
    assert told[uploads["stuck"].public_id]["sentence"] == "Disk full."
    assert theirs.public_id not in told


def test_an_upload_that_nobody_may_receive_is_asked_for_in_vain(editor):
    statuses = [
        editor.get(PAGE).status_code,
        editor.get(STATE).status_code,
        editor.post(reverse("admin:media_footage_upload_end", args=[1])).status_code,
    ]

    assert statuses == [403, 403, 403]


def test_a_job_that_failed_can_be_asked_for_again(client, ada):
    upload = an_upload(ada, state="whole")
    job = queue.request(receiving.KIND, upload.pk)
    Job.objects.filter(pk=job.pk).update(state="failed", reason="Disk full.")

    queue.request(receiving.KIND, upload.pk)

    assert (
        client.get(STATE, {"id": upload.public_id}).json()["uploads"][upload.public_id]["is_over"]
        is False
    )
