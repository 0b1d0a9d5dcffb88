"""What a file says of itself, the worst first."""

import pytest
from django.urls import reverse

from media.core.dangers import Danger, danger_of, report
from tests.factories import a_footage, a_person
from tests.media.examined import a_video, facts


@pytest.mark.parametrize(
    ("name", "value", "danger"),
    [
        ("location-eng", "+54.1843-002.7189/", Danger.PLACE),
        ("com.apple.quicktime.location.accuracy.horizontal", "3.75", Danger.PLACE),
        ("", "com.apple.quicktime.detected-face", Danger.PERSON),
        ("COPYRIGHT", "Heron", Danger.PERSON),
        ("URL", "http://example.org/", Danger.PERSON),
        ("firmware", "H19.03.01.30.00", Danger.DEVICE),
        ("", "C33632245042171", Danger.DEVICE),
        ("", "urn:uuid:54281c07-ad34-430e-bea5-112a18facf0b", Danger.DEVICE),
        ("DATE_RECORDED", "2006-06-09", Danger.TIME),
        ("timecode", "15:44:35:10", Danger.TIME),
        ("handler_name", "Core Media Video", Danger.TOOL),
        ("encoder", "Lavf61.1.100", Danger.TOOL),
        ("com.apple.quicktime.software", "7.0.3", Danger.TOOL),
        ("", "com.apple.quicktime.location.ISO6709", Danger.OTHER),
        ("", "ekeys", Danger.OTHER),
    ],
)
def test_each_text_is_sorted_by_what_it_gives_away(name, value, danger):
    assert danger_of(name, value) == danger


def entry(place, name, value):
    return {"place": place, "name": name, "value": value}


def test_the_worst_comes_first_and_each_thing_once():
    told = report(
        [
            entry("container", "encoder", "7.0.3"),
            entry("container", "location", "+48.8789+002.3376/"),
            entry("container", "model", "iPhone 4S"),
            entry("bytes", "", "+48.8789+002.3376/"),
            entry("stream 0 (audio)", "language", "fre"),
        ]
    )

    assert [(one.danger.value, one.value) for one in told] == [
        ("place", "+48.8789+002.3376/"),
        ("device", "iPhone 4S"),
        ("tool", "7.0.3"),
    ]
    assert told[0].places == ("container: location", "bytes")


def test_what_is_said_twice_has_its_worst_name():
    [told] = report([entry("container", "encoder", "Heron"), entry("container", "artist", "Heron")])

    assert told.danger == Danger.PERSON


@pytest.mark.django_db
def test_the_archivist_sees_it_on_the_footages_page(client):
    metadata = [
        entry("container", "model", "iPhone 4S"),
        entry("container", "location", "+48.8789+002.3376/"),
    ]
    footage = a_footage(metadata=metadata, probe=facts(a_video()))
    client.force_login(a_person("ada", "archivists"))

    page = client.get(reverse("admin:media_footage_change", args=[footage.pk])).content.decode()

    assert "where it was filmed, often to the metre" in page
    assert 0 < page.index("48.8789") < page.index("iPhone 4S")
