import re
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from apps.connectors import doors
from apps.connectors.models import Connection
from apps.connectors.registry import adapters_of, settings_problems
from apps.practice.back_office import SettingsAdmin

SECRET = re.compile(r"secret|token|password")
HIDDEN = "••••"


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The settings as JSON. A secret is never shown: its dots stand for what is stored, other words replace it."""

    told = forms.JSONField(
        label="Settings",
        widget=forms.Textarea(attrs={"rows": 16, "cols": 80}),
        help_text=f"What each adapter's README names. Leave {HIDDEN} where a secret shall stay as it is.",
        required=False,  # an adapter may need none: {}
    )

    class Meta:
        model = Connection
        fields: tuple[str, ...] = ("name", "enabled")

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

    def clean(self) -> dict[str, Any] | None:
        """A connection that is switched off may still be incomplete."""
        cleaned = super().clean()
        adapter = self.cleaned_data.get("adapter") or self.instance.adapter
        if adapter and self.cleaned_data.get("enabled") and "told" in self.cleaned_data:
            for problem in settings_problems(adapter, self.cleaned_data["told"]):
                self.add_error("told", problem)
        return cleaned

    def save(self, commit: bool = True) -> Connection:
        self.instance.settings = self.cleaned_data["told"]
        row: Connection = super().save(commit)
        return row


class NewConnectionForm(ConnectionForm):
    """The kind comes with the adapter: the choices stand in groups of those that fit one."""

    adapter = forms.ChoiceField(help_text="Kind and adapter stay as they are chosen here.")

    class Meta(ConnectionForm.Meta):
        fields = ("name", "adapter", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds = {name: kind for kind in Connection.Kind for name in adapters_of(kind)}
        groups = [(kind.label, [(name, name) for name in adapters_of(kind)]) for kind in Connection.Kind]
        self.fields["adapter"].choices = [("", "---------"), *groups]  # type: ignore[attr-defined]  # a ChoiceField

    def save(self, commit: bool = True) -> Connection:
        self.instance.kind = self._kinds[self.cleaned_data["adapter"]]
        return super().save(commit)


@admin.register(Connection)
class ConnectionAdmin(SettingsAdmin):
    form = ConnectionForm
    list_display = ("name", "kind", "adapter", "enabled", "last_answer_at", "last_failure")
    readonly_fields = ("public_id", "kind", "adapter", "mark", "last_answer_at", "last_failure")
    fields = ("name", "enabled", "told", *readonly_fields)
    _new_fields = ("name", "adapter", "enabled", "told")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else self._new_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs if obj else {**kwargs, "form": NewConnectionForm})

    def follow(self, obj: Any, *, now: datetime) -> None:
        """Whoever saves a connection has looked at its credentials."""
        doors.reopen(obj, now=now)
