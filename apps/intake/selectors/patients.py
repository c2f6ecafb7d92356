"""Patients by what a person knows of their names."""

from django.db.models import Q

from apps.intake.models import Patient

SHORTEST = 2


def patients_named(words: str, *, most: int) -> list[Patient]:
    """ "Linda", "Lindqvist", "Marta Lind", "Lindqvist, Marta": the start of each name. None for a single letter."""
    words = " ".join(words.split())
    if len(words) < SHORTEST:
        return []
    if "," in words:
        last, _, first = (part.strip() for part in words.partition(","))
        condition = Q(last_name__istartswith=last, first_name__istartswith=first)
    elif " " in words:
        first, _, last = words.partition(" ")
        condition = Q(first_name__istartswith=first, last_name__istartswith=last) | Q(last_name__istartswith=words)
    else:
        condition = Q(last_name__istartswith=words) | Q(first_name__istartswith=words)
    return list(Patient.objects.filter(condition).order_by("last_name", "first_name", "birth_date", "pk")[:most])
