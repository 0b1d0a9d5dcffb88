"""Addresses of the newsroom's own files, below /admin/: for staff alone."""

from django.urls import path

from media import views

urlpatterns = [
    path("packages/<slug:public_id>/<path:name>", views.package_file, name="package_file"),
]
