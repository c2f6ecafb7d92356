"""The library's forms for one's own password, in this product's words. The page says what a good password is, once."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms

WORDS = {
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password, once more",
    "email": "Email address",
}


def _speak(form: forms.Form) -> None:
    for name in WORDS.keys() & form.fields.keys():
        form.fields[name].label = WORDS[name]
        form.fields[name].widget.attrs.pop("placeholder", None)  # the label in other words, which vanish on typing
    if "password1" in form.fields:
        form.fields["password1"].help_text = ""


class OwnPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self)


class ForgottenPasswordForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self)


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self)
