from datetime import date

from django import forms

from apps.automations.spoken_times import NotUnderstoodError, Times, understood


class TimesForm(forms.Form):
    """When a periodic job runs, in words; valid with `times`."""

    when = forms.CharField(
        label="When",
        max_length=160,
        help_text="For example: 6:30 PM, Monday to Friday; every 2 hours from 6 AM to 10 PM; 5 AM, on days 1 and 15 of the month.",
    )

    def clean_when(self) -> str:
        words: str = self.cleaned_data["when"]
        try:
            self.times: Times = understood(words)
        except NotUnderstoodError as failure:
            raise forms.ValidationError(str(failure)) from failure
        return words


class LiveSinceForm(forms.Form):
    """The day from which a metric counts as after this automation."""

    live_since = forms.DateField(
        label="Live since",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Metrics before this day are the baseline that later ones are compared with.",
    )

    def __init__(self, *args: object, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        self._today = today

    def clean_live_since(self) -> date:
        day: date = self.cleaned_data["live_since"]
        if day > self._today:
            raise forms.ValidationError("This day is still to come. Enter the day on which the job first ran for real.")
        return day
