import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids

# ISA13 and GS06 of our inquiries: nine digits that never repeat (DOMAIN 1, batching).
CREATE = "CREATE SEQUENCE eligibility_interchange_number MAXVALUE 999999999"
DROP = "DROP SEQUENCE eligibility_interchange_number"


class Migration(migrations.Migration):
    replaces = [("eligibility", "0001_initial"), ("eligibility", "0002_interchange_numbers"), ("eligibility", "0003_told_revision")]
    initial = True

    dependencies = [
        ("connectors", "0001_tables"),
        ("intake", "0001_tables"),
        ("worklist", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EligibilityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                ("service_date", models.DateField(help_text="The day of the visit, practice-local")),
                ("asked_about", models.DateField(help_text="Another day where the payer does not answer for the visit's (AAA 62, 63)",
                    null=True)),
                ("reason", models.CharField(choices=[("scheduled", "Nightly, 24-48 hours ahead"), ("evening_before", "Evening before"),
                    ("before_closing", "Last working evening"), ("same_day", "Morning of the visit"), ("on_demand", "On demand"),
                    ("denial", "After a denial")], max_length=16)),
                ("round", models.CharField(help_text="The round that asked, so that a repeated run asks once", max_length=40)),
                ("state", models.CharField(choices=[("waiting", "Waiting"), ("asking", "Asking"), ("answered", "Answered"),
                    ("outage", "Outage"), ("by_phone", "To be verified by phone"), ("not_asked", "Data is missing")], default="waiting",
                    max_length=10)),
                ("verdict", models.CharField(blank=True, choices=[("active", "Active"), ("inactive", "Not active"),
                    ("not_found", "Member not found"), ("other_payer", "Another payer is primary"), ("unknown", "No clear answer")],
                    max_length=12)),
                ("created_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("next_try_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sentence", models.CharField(blank=True, help_text="Why it failed, in plain words", max_length=300)),
                ("benefits", models.JSONField(default=dict,
                    help_text="{plan, begins_on, ends_on, copay, coinsurance, deductible, deductible_left, out_of_pocket_left: [dollars], "
                    "other_payer: {name, identifier, member_id, instead}, answered_by, needs_authorization, medicaid_pays_cost_share}")),
                ("settlement", models.CharField(blank=True, choices=[("new_coverage", "New coverage entered"),
                    ("self_pay", "Self-pay agreed"), ("rescheduled", "Visit rescheduled"), ("verified", "Verified by phone")],
                    max_length=12)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("phone_reference", models.CharField(blank=True, help_text="The number that the payer gave for the call", max_length=40)),
                ("told_revision", models.PositiveIntegerField(default=0,
                    help_text="The patient's revision with which the answer, or the person's result, was last written; 0: not yet")),
                ("escalates_at", models.DateTimeField(blank=True, help_text="Four working hours before the visit", null=True)),
                ("answer", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="connectors.transmission")),
                ("appointment", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                    related_name="eligibility_checks", to="intake.appointment")),
                ("coverage", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="eligibility_checks",
                    to="intake.coverage")),
                ("inquiry", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="connectors.transmission")),
                ("settled_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL)),
                ("work_item", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                    related_name="eligibility_check", to="worklist.workitem")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "created_at"], name="eligibility_state_02cdf8_idx"),
                    models.Index(fields=["appointment", "-created_at"], name="eligibility_appoint_e22fa8_idx"),
                    models.Index(fields=["service_date"], name="eligibility_service_143806_idx"),
                    models.Index(condition=models.Q(("answered_at__isnull", False)), fields=["answered_at"], name="check_answered"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("appointment", "coverage", "service_date", "round"), name="check_once_a_round",
                        nulls_distinct=False),
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
