"""A field of a form that takes in a text file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

MEGABYTE = 1024 * 1024


class TextFileField(forms.FileField):
    """Its value is the file's text. Refused: more than `largest` bytes, and what is no UTF-8."""

    def __init__(self, *, largest: int, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file: UploadedFile[bytes] = super().clean(data, initial)
        if (file.size or 0) > self.largest:
            raise forms.ValidationError(f"The file is larger than {self.largest // MEGABYTE} MB.")
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not text in UTF-8. Save it as CSV UTF-8.") from None
