"""Where what the EHR tells of a visit or a patient's coverage is not what stands here."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [("intake", "0008_email_is_spelled_one_way")]
    dependencies = [
        ("intake", "0001_tables"),
        ("practice", "0001_tables"),
        ("worklist", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="VisitConflict",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("accident_causes", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True,
                        default=list, help_text="CLM11: AA auto, EM employment, OA other", size=None)),
                    ("accident_date", models.DateField(blank=True, help_text="DTP*439", null=True)),
                    ("accident_state", models.CharField(blank=True, help_text="Of an auto accident (CLM11-4)", max_length=2)),
                    ("prior_authorization", models.CharField(blank=True, help_text="REF*G1", max_length=50)),
                    ("referral_number", models.CharField(blank=True, help_text="REF*9F", max_length=50)),
                    ("referring_first_name", models.CharField(blank=True, max_length=35)),
                    ("referring_last_name", models.CharField(blank=True, max_length=60)),
                    ("referring_npi", models.CharField(blank=True, max_length=10)),
                    ("supervising_first_name", models.CharField(blank=True, max_length=35)),
                    ("supervising_last_name", models.CharField(blank=True, max_length=60)),
                    ("supervising_npi", models.CharField(blank=True, max_length=10)),
                    ("ordering_first_name", models.CharField(blank=True, max_length=35)),
                    ("ordering_last_name", models.CharField(blank=True, max_length=60)),
                    ("ordering_npi", models.CharField(blank=True, max_length=10)),
                    ("service_date", models.DateField()),
                    ("place_of_service", models.CharField(max_length=2)),
                    ("diagnoses", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list,
                        size=None)),
                    ("abn_signed_on", models.DateField(help_text="Empty: the EHR tells none", null=True)),
                    ("lines", models.JSONField(default=list,
                        help_text="[{source_id, procedure, modifiers, units, amount, diagnosis_pointers, ndc, ndc_units, "
                        "ndc_unit_measure}]")),
                    ("first_told_at", models.DateTimeField()),
                    ("told_at", models.DateTimeField(help_text="When the EHR told it so for the first time")),
                    ("state", models.CharField(choices=[("open", "To decide"), ("kept", "Ours kept"), ("taken", "Theirs taken"),
                        ("agreed", "The EHR tells ours now")], default="open", max_length=6)),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("settled_at", models.DateTimeField(null=True)),
                    ("coverage", models.ForeignKey(help_text="Empty: self-pay", null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="intake.coverage")),
                    ("encounter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="conflicts",
                        to="intake.encounter")),
                    ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.patient")),
                    ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.provider")),
                    ("settled_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("work_item", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="worklist.workitem")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("encounter",), name="visit_conflict_once"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CoverageDispute",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("told", models.JSONField(default=list,
                        help_text="[{payer, member_id, group_number, rank, ...}]; empty: no plan; null: it was not kept", null=True)),
                    ("told_all", models.BooleanField(default=True, help_text="Told are all plans that the EHR has, not a visit's alone")),
                    ("told_at", models.DateTimeField()),
                    ("stood_against", models.JSONField(default=list,
                        help_text="A list of tellings, {plans, all}; earlier ones are the plans alone, and all")),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("settled_at", models.DateTimeField(null=True)),
                    ("agreed_at", models.DateTimeField(help_text="When the EHR told what was entered; empty: it does not", null=True)),
                    ("history", models.JSONField(default=list,
                        help_text="[{stood_against, reason, settled_at, settled_by, agreed_at}], the oldest first")),
                    ("patient", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="coverage_dispute",
                        to="intake.patient")),
                    ("settled_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
            ),
        ]),
    ]
