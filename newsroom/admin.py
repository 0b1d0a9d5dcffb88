"""Who comes to the desk, for whoever runs the site."""

from allauth.account.models import EmailAddress
from django.contrib import admin

from media.desk import ReadOnly
from newsroom.models import SignIn

# Nobody signs in by mail.
admin.site.unregister(EmailAddress)


@admin.register(SignIn)
class SignInAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "person", "kind", "how")
    list_filter = ("kind",)
    search_fields = ("person",)
