"""What the desk says and starts, for the tests of the archive's admin."""

from media.models import Job


def said(response):
    return [str(message) for message in response.context["messages"]]


def jobs():
    return sorted(Job.objects.values_list("kind", "subject_id"))
