import sys
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

app = Celery("throughline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.automations"])


def look_at_the_database(**_more: Any) -> None:
    """Celery logs what its hooks raise and goes on; leaving stops the start."""
    from apps.practice.demo_people import refuse_demo_people

    try:
        refuse_demo_people()
    except ImproperlyConfigured as failure:
        sys.exit(str(failure))


worker_init.connect(look_at_the_database)
beat_init.connect(look_at_the_database)
