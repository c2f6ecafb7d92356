"""What was noted, by what it speaks of."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from apps.worklist.models import WorkItem, WorkNote


def notes_about(subjects: "Collection[str] | QuerySet[Any]") -> "QuerySet[WorkNote]":
    """On the tasks about these (public ids), also on those that are closed or that another has taken the place of, and on these themselves.
    A union: asked with OR, the database would read the notes of the whole practice.
    """
    items = WorkItem.objects.filter(subject_public_id__in=subjects).values("pk")
    on_tasks = WorkNote.objects.filter(item__in=items).order_by().values("pk")
    on_subjects = WorkNote.objects.filter(about__in=subjects).exclude(about="").order_by().values("pk")
    return WorkNote.objects.filter(pk__in=on_tasks.union(on_subjects, all=True))
