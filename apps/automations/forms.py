from typing import Any

from celery.schedules import ParseException, crontab
from django import forms

# Celery would take a weekday's name for an hour.
_TIMES = r"^[0-9*,/-]+$"
_UNREADABLE = {"invalid": "Not understood. Write it as the hint shows."}


class TimesForm(forms.Form):
    """The times of a periodic job as hours and minutes, each a number, a list or a range."""

    hour = forms.RegexField(
        _TIMES,
        label="Hours",
        max_length=64,
        help_text="0 to 23: 18, or 7-20, or 6-22/2, or * for each hour",
        error_messages=_UNREADABLE,
    )
    minute = forms.RegexField(
        _TIMES, label="Minutes", max_length=64, help_text="0 to 59: 30, or 15,45", error_messages=_UNREADABLE
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("hour", "minute"):
            if name in values:
                try:
                    crontab(**{name: values[name]})
                except (ParseException, ValueError):
                    self.add_error(name, f"“{values[name]}” is not understood. Write it as the hint shows.")
        return values
