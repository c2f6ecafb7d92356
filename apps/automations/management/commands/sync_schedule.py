from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.automations.timetable import sync_schedule
from apps.core import clock


class Command(BaseCommand):
    help = "Write the periodic jobs to django-celery-beat by name. What an operator switched or moved stays as it is."

    def handle(self, *_args: Any, **_options: Any) -> None:
        result = sync_schedule(now=clock.now())
        moved = f", {result.moved} moved to {settings.TIME_ZONE} at their hours" if result.moved else ""
        print(f"schedule: {result.added} added, {result.kept} kept, {result.removed} removed{moved}")
