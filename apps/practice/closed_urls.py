"""What the library for accounts brings and this product does not offer: an administrator enters addresses and invites people.

The names stay, since the library reverses some of them; the addresses answer 404.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path


def closed(request: HttpRequest, **_kwargs: str) -> HttpResponse:  # noqa: ARG001  a view
    raise Http404


urlpatterns = [
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", closed, name="account_confirm_email"),
    path("password/set/", closed, name="account_set_password"),
    path("login/code/confirm/", closed, name="account_confirm_login_code"),
]
