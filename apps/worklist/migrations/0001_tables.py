import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [
        ("worklist", "0001_initial"), ("worklist", "0002_saved_views"), ("worklist", "0003_open_by_age"), ("worklist", "0004_selections"),
        ("worklist", "0005_due_by_hand"), ("worklist", "0006_due_alerts"), ("worklist", "0007_done_when"),
        ("worklist", "0008_role_queue"),
    ]
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="WorkItem",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("kind", models.CharField(max_length=40)),
                    ("title", models.CharField(max_length=200)),
                    ("owner_role", models.CharField(choices=[("administrator", "Administrator"), ("biller", "Biller"), ("coder", "Coder"),
                        ("front_desk", "Front Desk")], max_length=20)),
                    ("state", models.CharField(choices=[("open", "Open"), ("done", "Done"), ("withdrawn", "Withdrawn")], default="open",
                        max_length=10)),
                    ("due_on", models.DateField(blank=True, null=True)),
                    ("due_at", models.DateTimeField(blank=True, null=True)),
                    ("set_due_on", models.DateField(blank=True, help_text="The day that a person chose", null=True)),
                    ("room_due_on", models.DateField(blank=True, help_text="The room's own day, in whose place that stands", null=True)),
                    ("snoozed_until", models.DateField(blank=True, null=True)),
                    ("amount_at_stake", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                    ("url_name", models.CharField(max_length=60)),
                    ("subject_public_id", models.CharField(max_length=40)),
                    ("opened_at", models.DateTimeField()),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ("outcome", models.CharField(blank=True, max_length=200)),
                    ("assignee", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_items", to=settings.AUTH_USER_MODEL)),
                    ("closed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(models.F("owner_role"), models.OrderBy(models.F("due_on"), nulls_first=True),
                            models.OrderBy(models.F("amount_at_stake"), descending=True, nulls_last=True), models.F("id"),
                            condition=models.Q(("state", "open")), include=("url_name", "assignee", "snoozed_until", "kind"),
                            name="work_open_by_role_queue"),
                        models.Index(fields=["kind", "state"], name="worklist_wo_kind_12fe4b_idx"),
                        models.Index(fields=["subject_public_id"], name="worklist_wo_subject_be3df8_idx"),
                        models.Index(models.F("kind"), models.OrderBy(models.F("due_on"), nulls_first=True),
                            models.OrderBy(models.F("amount_at_stake"), descending=True), models.F("id"),
                            condition=models.Q(("state", "open")), include=("assignee", "snoozed_until", "opened_at"),
                            name="work_open_queue"),
                        models.Index(condition=models.Q(("state", "open")), fields=["kind", "opened_at"], name="work_open_by_age"),
                        models.Index(condition=models.Q(("state", "done")), fields=["closed_at"],
                            include=("kind", "closed_by", "opened_at"), name="work_done_when"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WorkNote",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("text", models.TextField()),
                    ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("item", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="worklist.workitem")),
                ],
                options={
                    "ordering": ["at", "pk"],
                },
            ),
            migrations.CreateModel(
                name="SavedView",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("of_list", models.CharField(max_length=40)),
                    ("name", models.CharField(max_length=60)),
                    ("query", models.CharField(max_length=1000)),
                    ("role", models.CharField(blank=True, choices=[("administrator", "Administrator"), ("biller", "Biller"),
                        ("coder", "Coder"), ("front_desk", "Front Desk")], max_length=20)),
                    ("created_at", models.DateTimeField()),
                    ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [models.Index(fields=["of_list", "role"], name="saved_view_by_role")],
                    "constraints": [models.UniqueConstraint(fields=("owner", "of_list", "name"), name="saved_view_named_once")],
                },
            ),
            migrations.CreateModel(
                name="ListChoice",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("of_list", models.CharField(max_length=40)),
                    ("left_out", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True,
                        default=list, size=None)),
                    ("opens_with", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to="worklist.savedview")),
                    ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("user", "of_list"), name="list_choice_once")],
                },
            ),
            migrations.CreateModel(
                name="Selection",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("of_list", models.CharField(max_length=40)),
                    ("query", models.TextField(blank=True)),
                    ("items", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                    ("taken_at", models.DateTimeField()),
                    ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("owner", "of_list"), name="selection_once")],
                },
            ),
            migrations.CreateModel(
                name="DueAlert",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("is_on", models.BooleanField(default=False)),
                    ("day", models.DateField(blank=True, null=True)),
                    ("state", models.CharField(choices=[("waiting", "Waiting"), ("sending", "Sending"), ("sent", "Sent"),
                        ("refused", "Refused"), ("not_needed", "Not Needed")], default="not_needed", max_length=10)),
                    ("user", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="due_alert",
                        to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [models.Index(condition=models.Q(("state", "waiting")), fields=["state"], name="due_alert_waiting")],
                },
            ),
        ]),
    ]
