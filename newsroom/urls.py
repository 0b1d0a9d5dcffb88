from django.contrib import admin
from django.urls import include, path

from newsroom import health

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", include("media.urls")),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]
