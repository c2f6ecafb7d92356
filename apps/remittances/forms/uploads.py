"""Files that people bring: remittances and what the bank exports."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.remittances.services.take_file import LARGEST_UPLOAD


class _BroughtFileForm(forms.Form):
    """`sent` is the request's size in bytes: of one that is too large the file is not read, so none is in it."""

    too_large = ""

    def __init__(self, *args: Any, sent: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self.fields["file"].error_messages["required"] = self.too_large

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(self.too_large)
        return file


class UploadForm(_BroughtFileForm):
    too_large = "The file is larger than 20 MB. Ask the clearinghouse to send it in parts."

    file = forms.FileField(
        label="Remittance file (835)", help_text="As the payer or clearinghouse gave it, up to 20 MB."
    )


class BankFileForm(_BroughtFileForm):
    """A bank's export."""

    too_large = "The file is larger than 20 MB. Export fewer days at a time."

    file = forms.FileField(label="Bank file (CSV)", help_text="As the bank's site exports it, up to 20 MB.")
    account = forms.CharField(
        label="Account",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "accounts", "autocomplete": "off"}),
        help_text="Leave it empty where the file's columns tell which account it is.",
    )
