"""A form whose row another person may keep in the same moment."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.http import HttpRequest

from apps.core import clock
from apps.practice.access import signed_in_user


def is_kept(request: HttpRequest, form: "ModelForm[Any]", keep: Callable[..., object]) -> bool:
    """`keep` is the service that writes the row. False where the same was kept in this moment; the form says so."""
    try:
        with transaction.atomic():
            keep(
                row=form.save(commit=False),
                fields=form.changed_data,
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
    except IntegrityError:
        form.add_error(None, "The same was kept a moment ago by somebody else.")
        return False
    return True
