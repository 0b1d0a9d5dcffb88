"""Every address of the product at which something of a story could stand, in one place.

The probe for embargoes walks them all. A new address is added here; a test fails until it is.
"""

from urllib.parse import urlencode

from tests.articles.test_pages import BASE


def addresses_of(article) -> dict[str, list[str]]:
    """By kind: those that are the story's own, the media, and lists that are there anyway.

    "alone" are lists that exist for this story only: its topic and its author have no other.
    """
    clip = article.clips.get()
    [transcript] = clip.transcripts.all()
    forms = [
        f"{place.picture.public_id}/{name}"
        for place in article.illustrations.all()
        for form in place.picture.forms
        for name in form["names"].values()
    ]
    story = f"/stories/{article.slug}/"
    media = f"/media/{clip.current_package.public_id}"
    watch, embed = f"{story}{clip.slug}/", f"/embed/{clip.public_id}/"
    own = [story, watch, f"{watch}?t=1", embed, f"{embed}?t=1"]
    own += [f"{story[:-1]}.json", f"{story[:-1]}.ninjs.json"]
    own += [f"{watch}read/", f"{watch}q/1-1/", f"{watch}q/1-1/card.jpg"]
    own += [f"{story}find/", f"{story}find/?q=mill"]
    [topic], [byline] = article.topics.all(), article.bylines.all()
    return {
        "its own": own,
        "asked about": [
            f"/oembed/?{urlencode({'url': f'{BASE}{url}', 'format': kind})}"
            for url in (story, watch, embed)
            for kind in ("json", "xml")
        ],
        "media": [
            *(f"{media}/{name}" for name in ("master.m3u8", "clip.mp4", "poster.jpg")),
            f"/media/{transcript.public_id}/captions.vtt",
            *(f"/media/{form}" for form in forms),
        ],
        "alone": [f"/topics/{topic.slug}/", f"/authors/{byline.author.slug}/"],
        "lists": [
            "/",
            "/archive/",
            "/corrections/",
            "/feeds/stories.atom",
            "/feeds/stories.rss",
            "/feeds/videos.rss",
            "/sitemap.xml",
            "/sitemap-news.xml",
            "/sitemap-video.xml",
            "/robots.txt",
        ],
        "search": ["/search/?q=mill", "/search/?q=wait+danger"],
        # Nobody of the newsroom signed these.
        "previews": [
            *(
                f"/preview/{word}/?open"
                for word in (article.slug, clip.public_id, f"{article.pk}~1")
            ),
            f"/preview/{article.slug}/{clip.current_package.public_id}/clip.mp4",
            *(f"/preview/{article.slug}/{form}" for form in forms),
        ],
        "later pages": [
            "/archive/page/1/",
            "/corrections/page/1/",
            f"/topics/{topic.slug}/page/1/",
            f"/authors/{byline.author.slug}/page/1/",
        ],
    }
