from allauth.account import views as accounts
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from newsroom import health, metrics

to_the_door = RedirectView.as_view(pattern_name="admin:login", query_string=True)

# Of all that allauth brings: no sign-up, no password by mail, and no second door to the desk.
account = [
    path(
        "login/",
        RedirectView.as_view(pattern_name="admin:login", query_string=True),
        name="account_login",
    ),
    path("logout/", accounts.logout, name="account_logout"),
    path("reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("second-factor/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics),
    path("account/", include(account)),
    path("admin/", include("media.urls")),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]
