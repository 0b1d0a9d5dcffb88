"""Addresses of the newsroom's own files, below /admin/: for staff alone."""

from django.urls import path

from media import uploads, views

urlpatterns = [
    path("originals/<str:key>", views.original_file, name="original_file"),
    path("receive/uploads/", uploads.uploads, name="uploads"),
    path("receive/uploads/<slug:public_id>", uploads.upload, name="upload"),
    path("packages/<slug:public_id>/<path:name>", views.package_file, name="package_file"),
]
