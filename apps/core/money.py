"""Dollars as Decimal with two places."""

from decimal import Decimal
from typing import Any

from django.db import models

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def MoneyField(**options: Any) -> "models.DecimalField[Decimal, Decimal]":  # noqa: N802  reads as the field class that it makes
    """A column of dollars: up to 9,999,999,999.99 either way."""
    return models.DecimalField(max_digits=12, decimal_places=2, **options)
