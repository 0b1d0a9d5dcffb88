from django.urls import path

from articles import views

QUOTE = "stories/<slug:slug>/<slug:clip_slug>/q/<int:first>-<int:last>/"

urlpatterns = [
    path("", views.placed, {"name": "index.html"}, name="home"),
    path("stories/<slug:slug>/", views.story, name="story"),
    path("stories/<slug:slug>/find/", views.find, name="find"),
    path("stories/<slug:slug>/<slug:clip_slug>/", views.watch, name="watch"),
    path("stories/<slug:slug>/<slug:clip_slug>/read/", views.read, name="read"),
    path(QUOTE, views.quote, name="quote"),
    path(f"{QUOTE}card.jpg", views.quote_card, name="quote_card"),
    path("search/", views.search_site, name="search"),
    path("feeds/stories.atom", views.placed, {"name": "feeds/stories.atom"}, name="feed_atom"),
    path("feeds/stories.rss", views.placed, {"name": "feeds/stories.rss"}, name="feed_rss"),
    path("sitemap.xml", views.placed, {"name": "sitemap.xml"}, name="sitemap"),
    path("robots.txt", views.placed, {"name": "robots.txt"}, name="robots"),
]
