"""A story's form as a browser sends it back."""

from django.urls import reverse

FORMSETS = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("bylines", "embeds", "corrections")
    for name in ("TOTAL", "INITIAL")
}


def page_of(article, name="change", *more):
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *more])


def said(response):
    return [str(message) for message in response.context["messages"]]


def written(**fields):
    """With what the test changes."""
    values = {
        "headline": "Mosul's hidden cells",
        "slug": "hidden-cells",
        "standfirst": "They film what they do.",
        "body": "<p>The pictures are hurried.</p>",
        "language": "en",
        "_continue": "1",
    }
    return {**FORMSETS, **values, **fields}
