from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.claims.models import ClaimDocument
from apps.claims.services import LARGEST_DOCUMENT

TOO_LARGE = "The file is larger than 10 MB. Scan it in black and white, or in parts."


class DocumentForm(forms.Form):
    """`sent` is the request's size in bytes: of one that is too large the file is not read, so none is in it."""

    kind = forms.ChoiceField(label="What it is", choices=[("", "Choose"), *ClaimDocument.Kind.choices])
    file = forms.FileField(
        label="File",
        help_text="A PDF, PNG, JPEG or TIFF up to 10 MB. A PDF with scripts or files inside it is refused.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff"}),
    )

    def __init__(self, *args: Any, sent: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_DOCUMENT:
            raise forms.ValidationError(TOO_LARGE)
        return file


class RemovalForm(forms.Form):
    because = forms.CharField(
        label="Why it is removed",
        max_length=200,
        help_text="Kept with your name in the claim's history. Name no diagnosis.",
    )
