"""How a system is reached, as its adapter asks for it. A secret is written and never shown again: left empty it stays as it is stored.

Beside what else a connection holds, the form carries what it showed: whoever saves changes what they changed, and undoes nothing that
another administrator saved meanwhile.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from apps.connectors.keep_connection import COLUMNS
from apps.connectors.models import Connection
from apps.connectors.ports.setting_fields import SettingField
from apps.connectors.registry import required_settings, setting_fields, settings_problems

SETTING, FORGET = "setting_", "forget_"
MOST_SIGNS = 2000


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = Connection
        fields = COLUMNS
        labels = {"enabled": "Switched on"}

    def __init__(self, data: "QueryDict | None", *, instance: Connection) -> None:
        super().__init__(data, instance=instance)
        self._asked = setting_fields(instance.adapter)
        self._required = required_settings(instance.adapter)
        self._stored: dict[str, Any] = dict(instance.settings or {})
        for asked in self._asked:
            self.fields[SETTING + asked.name] = self._field(asked)
            if asked.secret and asked.name not in self._required and self._stored.get(asked.name):
                self.fields[FORGET + asked.name] = forms.BooleanField(
                    label=f"Forget the stored {asked.label.lower()}", required=False
                )
        if instance.pk:
            for name in (*COLUMNS, *(SETTING + asked.name for asked in self._asked if not asked.secret)):
                self.fields[name].show_hidden_initial = True

    def _field(self, asked: SettingField) -> forms.Field:
        stored = self._stored.get(asked.name, "")
        told: dict[str, Any] = {"label": asked.label, "help_text": asked.hint, "required": False}
        if asked.secret:
            words = "Stored. Empty: it stays as it is" if stored else ""
            signs = {"autocomplete": "new-password", "placeholder": words}
            return forms.CharField(widget=forms.PasswordInput(attrs=signs), max_length=MOST_SIGNS, **told)
        if asked.is_number:
            return forms.IntegerField(min_value=0, initial=stored, **told)
        sign = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        return forms.CharField(widget=sign, max_length=MOST_SIGNS, initial=stored, **told)

    def written(self) -> dict[str, Any]:
        """By setting, what it holds from now on, where that was entered here."""
        entered = {name: self.cleaned_data.get(SETTING + name) for name in self._changed()}
        return {name: value for name, value in entered.items() if value not in ("", None)}

    def forgotten(self) -> set[str]:
        """Settings that hold nothing from now on: a field that was emptied, and a secret that is to be forgotten."""
        emptied = {asked.name for asked in self._asked if not asked.secret} & self._changed()
        return (emptied | set(self._ticked())) - set(self.written())

    def columns(self) -> set[str]:
        """Which of name and switch were changed here."""
        return set(COLUMNS) & set(self.changed_data)

    def _changed(self) -> set[str]:
        return {asked.name for asked in self._asked if SETTING + asked.name in self.changed_data}

    def _ticked(self) -> Iterator[str]:
        return (asked.name for asked in self._asked if self.cleaned_data.get(FORGET + asked.name))

    def clean(self) -> dict[str, Any]:
        """A connection that is switched off may still be incomplete."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        self._look_for_conflicts()
        if told.get("enabled") and not self.errors:
            self._look_for_problems({**self._stored, **self.written()})
        return told

    def _look_for_conflicts(self) -> None:
        """What was changed here and by somebody else since the form was shown. It then carries what it shows now: saved again, it holds."""
        stored: dict[str, str] = {}
        for name in self.changed_data:
            bound = self[name]
            shown = self.data.get(bound.html_initial_name)
            moved = shown is not None and bound.field.has_changed(bound.initial, shown)
            if moved and bound.field.has_changed(bound.initial, bound.data):
                stored[bound.html_initial_name] = str(bound.initial)
                held = {True: "It is on now.", False: "It is off now."}.get(
                    bound.initial, f"It is “{bound.initial}” now."
                )
                self.add_error(
                    name, f"Somebody else changed this meanwhile. {held} Save again to have yours in its place."
                )
        self.data = {name: self.data.get(name) for name in self.data} | stored

    def _look_for_problems(self, settings: Mapping[str, Any]) -> None:
        kept = {name: value for name, value in settings.items() if name not in self.forgotten()}
        lacking = [name for name in self._required if not kept.get(name)]
        for name in lacking:
            self.add_error(SETTING + name, "Nothing passes without it. Switch the connection off to enter it later.")
        if not lacking:
            for problem in settings_problems(self.instance.adapter, kept):
                self.add_error(None, self._in_words(problem))

    def _in_words(self, problem: str) -> str:
        """An adapter names its settings as they are stored; here they have labels."""
        for asked in sorted(self._asked, key=lambda asked: len(asked.name), reverse=True):
            problem = problem.replace(asked.name, f"“{asked.label}”")
        return problem
