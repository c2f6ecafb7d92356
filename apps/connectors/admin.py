import re
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.connectors.models import Connection
from apps.practice.back_office import SettingsAdmin

SECRET = re.compile(r"secret|token|password")
HIDDEN = "••••"


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The settings as JSON. A secret is never shown: its dots stand for what is stored, other words replace it."""

    told = forms.JSONField(
        label="Settings",
        widget=forms.Textarea(attrs={"rows": 16, "cols": 80}),
        help_text=f"Leave {HIDDEN} where a secret shall stay as it is.",
    )

    class Meta:
        model = Connection
        fields = ("name", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.settings or {}
        self.initial["told"] = {key: HIDDEN if SECRET.search(key) and stored[key] else stored[key] for key in stored}

    def clean_told(self) -> dict[str, Any]:
        told = self.cleaned_data["told"]
        if not isinstance(told, dict):
            raise forms.ValidationError('Write the settings as one object, for example {"base_url": "https://..."}.')
        stored = self.instance.settings or {}
        lost = [key for key, value in told.items() if value == HIDDEN and key not in stored]
        if lost:
            raise forms.ValidationError(f"Nothing is stored for {', '.join(lost)}: write the value.")
        return {key: stored[key] if value == HIDDEN else value for key, value in told.items()}

    def save(self, commit: bool = True) -> Connection:
        self.instance.settings = self.cleaned_data["told"]
        row: Connection = super().save(commit)
        return row


@admin.register(Connection)
class ConnectionAdmin(SettingsAdmin):
    form = ConnectionForm
    list_display = ("name", "kind", "adapter", "enabled", "last_answer_at", "last_failure")
    readonly_fields = ("public_id", "kind", "adapter", "mark", "last_answer_at", "last_failure")
    fields = ("name", "enabled", "told", *readonly_fields)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002  Django's signature
        """A connection's kind and adapter are made with it, by the set-up; here it is kept."""
        return False
