from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.intake.models import ColumnMapping
from apps.intake.services import BadMappingError, check_mapping, check_name
from apps.practice.back_office import SettingsAdmin


class MappingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A mapping by which no file could be read is not saved."""

    payers = forms.JSONField(
        required=False, help_text="The file's payer name -> the payer's id for claims; {} where there is none"
    )

    class Meta:
        model = ColumnMapping
        fields = ("name", "columns", "payers", "date_format")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        try:
            check_name(name)
        except BadMappingError as problem:
            raise forms.ValidationError(str(problem)) from problem
        return name

    def clean_payers(self) -> Any:
        told = self.cleaned_data["payers"]
        return {} if told is None else told

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        told = self.cleaned_data
        if {"columns", "payers", "date_format"} <= told.keys():
            try:
                check_mapping(columns=told["columns"], payers=told["payers"], date_format=told["date_format"])
            except BadMappingError as problem:
                self.add_error(None, str(problem))
        return cleaned


@admin.register(ColumnMapping)
class ColumnMappingAdmin(SettingsAdmin):
    form = MappingForm
    list_display = ("name", "date_format")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A visit is known by its mapping's name: under another one, each would come in and be billed again."""
        return (*super().get_readonly_fields(request, obj), *(["name"] if obj else []))
