from django.urls import path

from articles import views

# Files of `public` under their own names; what stands in braces comes from the address.
PLACED = [
    ("", "index.html", "home"),
    ("archive/", "archive/index.html", "archive"),
    ("archive/page/<int:number>/", "archive/page/{number}/index.html", "archive_page"),
    ("topics/<slug:slug>/", "topics/{slug}/index.html", "topic"),
    (
        "topics/<slug:slug>/page/<int:number>/",
        "topics/{slug}/page/{number}/index.html",
        "topic_page",
    ),
    ("authors/<slug:slug>/", "authors/{slug}/index.html", "author"),
    (
        "authors/<slug:slug>/page/<int:number>/",
        "authors/{slug}/page/{number}/index.html",
        "author_page",
    ),
    ("corrections/", "corrections/index.html", "corrections"),
    ("corrections/page/<int:number>/", "corrections/page/{number}/index.html", "corrections_page"),
    ("feeds/stories.atom", "feeds/stories.atom", "feed_atom"),
    ("feeds/stories.rss", "feeds/stories.rss", "feed_rss"),
    ("feeds/videos.rss", "feeds/videos.rss", "feed_videos"),
    ("sitemap.xml", "sitemap.xml", "sitemap"),
    ("sitemap-<slug:part>.xml", "sitemap-{part}.xml", "sitemap_part"),
    ("robots.txt", "robots.txt", "robots"),
]

QUOTE = "stories/<slug:slug>/<slug:clip_slug>/q/<int:first>-<int:last>/"

urlpatterns = [
    *(path(address, views.placed, {"name": name}, name=title) for address, name, title in PLACED),
    path("stories/<slug:slug>/", views.story, name="story"),
    path("stories/<slug:slug>.json", views.story_file, {"ending": ".json"}, name="story_json"),
    path(
        "stories/<slug:slug>.ninjs.json",
        views.story_file,
        {"ending": ".ninjs.json"},
        name="story_ninjs",
    ),
    path("stories/<slug:slug>/find/", views.find, name="find"),
    path("stories/<slug:slug>/<slug:clip_slug>/", views.watch, name="watch"),
    path("stories/<slug:slug>/<slug:clip_slug>/read/", views.read, name="read"),
    path(QUOTE, views.quote, name="quote"),
    path(f"{QUOTE}card.jpg", views.quote_card, name="quote_card"),
    path("preview/<str:key>/", views.preview, name="preview"),
    path("preview/<str:key>/<slug:public_id>/<path:name>", views.preview_file, name="preview_file"),
    path("search/", views.search_site, name="search"),
    path("embed/<slug:clip_id>/", views.embed, name="embed"),
    path("oembed/", views.oembed, name="oembed"),
]
