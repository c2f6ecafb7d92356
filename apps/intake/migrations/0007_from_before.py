"""What was not kept of the time before: tasks about the EHR's other plan that have no row, and patients whom a person had entered and a
source's number was given to. What the EHR told of those tasks is not known, and the page says so.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forward(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    add_disputes(apps)
    mark_adopted(apps)


def add_disputes(apps: Any) -> None:
    """A row for each open task that has none."""
    patients, disputes = apps.get_model("intake", "Patient"), apps.get_model("intake", "CoverageDispute")
    tasks = apps.get_model("worklist", "WorkItem").objects.filter(kind="coverage_disputed", state="open")
    asked = dict(tasks.order_by("-pk").values_list("subject_public_id", "opened_at"))
    without = patients.objects.filter(public_id__in=list(asked), coverage_dispute=None)
    disputes.objects.bulk_create(
        disputes(patient_id=pk, told=None, told_at=asked[public_id])
        for pk, public_id in without.values_list("pk", "public_id")
    )


def mark_adopted(apps: Any) -> None:
    """The trail knows who was entered by hand; whoever of them bears a source's number was taken for the one that it tells."""
    entered = apps.get_model("audit", "AuditEvent").objects.filter(action="enter_patient", subject_kind="patient")
    patients = apps.get_model("intake", "Patient").objects.exclude(source="hand").filter(adopted=False)
    patients.filter(public_id__in=entered.values("subject_public_id")).update(adopted=True)


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_dispute_history"),
        ("audit", "0003_viewer_indexes"),
        ("worklist", "0008_role_queue"),
    ]

    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
