"""A claim with its lines and what is found wrong with it, and what the scrubber knows: rules, codes and their editions."""

from datetime import date

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import apps.claims.states
import apps.core.public_ids
from apps.core.create_models import CreateModels

# What federal law says of every state's Medicaid; a state's own list of exceptions is the practice's to date.
MEDICAID = {
    "filing_indicator": "MC",
    "effective_on": date(2007, 1, 1),
    "source": "42 USC 1396r-8(a)(7): Medicaid, drugs given by a practice",
}


def add_who_wants_drug_numbers(apps, schema_editor):
    apps.get_model("claims", "DrugNumberPolicy").objects.get_or_create(payer=None, **MEDICAID)


class Migration(migrations.Migration):
    replaces = [
        ("claims", "0001_initial"), ("claims", "0002_number_sequences"), ("claims", "0003_who_wants_drug_numbers"),
        ("claims", "0004_arrived_and_refused"), ("claims", "0005_scrubbed_revision"), ("claims", "0006_waiting_by_total"),
        ("claims", "0007_returned_inquiries"), ("claims", "0008_what_was_cancelled"), ("claims", "0009_documents"),
        ("claims", "0010_answered_versions"), ("claims", "0011_versions_answered_before"), ("claims", "0012_modifiers_known"),
        ("claims", "0013_sides_of_diagnoses"),
    ]
    initial = True

    dependencies = [
        ("intake", "0001_tables"),
        ("practice", "0001_tables"),
        ("worklist", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="PairReason",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("text", models.CharField(max_length=200, unique=True)),
                ],
            ),
            migrations.CreateModel(
                name="UnitEdition",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("effective_on", models.DateField(unique=True)),
                ],
            ),
            migrations.CreateModel(
                name="Claim",
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
                    ("control_number", models.CharField(max_length=20, unique=True)),
                    ("status", models.CharField(choices=[("draft", "draft"), ("exception", "exception"), ("ready", "ready"),
                        ("batched", "batched"), ("submitted", "submitted"), ("acknowledged", "acknowledged"), ("accepted", "accepted"),
                        ("rejected", "rejected"), ("paid", "paid"), ("partly_denied", "partly_denied"), ("denied", "denied"),
                        ("forwarded", "forwarded"), ("in_appeal", "in_appeal"), ("patient_balance", "patient_balance"),
                        ("closed", "closed"), ("written_off", "written_off"), ("reversed", "reversed"), ("voided", "voided")],
                        default=apps.claims.states.ClaimStatus["DRAFT"], max_length=16)),
                    ("payer_rank", models.PositiveSmallIntegerField(default=1)),
                    ("frequency", models.CharField(default="1", help_text="CLM05-3: 1 original, 7 replacement, 8 void", max_length=1)),
                    ("payer_claim_number", models.CharField(blank=True, help_text="The payer's own number (REF*F8 in a correction)",
                        max_length=50)),
                    ("service_date", models.DateField()),
                    ("place_of_service", models.CharField(max_length=2)),
                    ("diagnoses", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list,
                        size=None)),
                    ("total", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("built_at", models.DateTimeField()),
                    ("scrubbed_revision", models.PositiveIntegerField(default=0,
                        help_text="The patient's revision that the last scrub had before it read its facts")),
                    ("first_submitted_at", models.DateTimeField(blank=True, null=True)),
                    ("accepted_at", models.DateTimeField(blank=True, null=True)),
                    ("first_rejected_at", models.DateTimeField(blank=True, null=True)),
                    ("first_adjudicated_at", models.DateTimeField(blank=True, null=True)),
                    ("denied_on_first_remittance", models.BooleanField(help_text="Any line denied on the first remittance", null=True)),
                    ("passed_untouched", models.BooleanField(help_text="Passed all edits at its first scrub, before any person touched it",
                        null=True)),
                    ("bill_crossover_from", models.DateTimeField(blank=True,
                        help_text="Passed on without an answer: from then on it is billed to the next payer", null=True)),
                    ("coverage", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims",
                        to="intake.coverage")),
                    ("encounter", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="claims",
                        to="intake.encounter")),
                    ("patient", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="intake.patient")),
                    ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="practice.payer")),
                    ("provider", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claims",
                        to="practice.provider")),
                    ("work_item", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="worklist.workitem")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["status", "-service_date"], name="claims_clai_status_16c16d_idx"),
                        models.Index(fields=["-service_date"], name="claims_clai_service_622900_idx"),
                        models.Index(condition=models.Q(("status__in", ("exception", "rejected"))), fields=["id"],
                            include=("work_item", "total", "status", "payer", "provider"), name="claim_waiting"),
                        models.Index(condition=models.Q(("status__in", ("exception", "rejected"))), fields=["total", "id"],
                            include=("work_item",), name="claim_waiting_by_total"),
                        models.Index(fields=["payer_claim_number"], name="claims_clai_payer_c_d322b2_idx"),
                        models.Index(fields=["built_at"], name="claims_clai_built_a_5f00ab_idx"),
                        models.Index(condition=models.Q(("first_submitted_at__isnull", False)), fields=["first_submitted_at"],
                            name="claim_sent"),
                        models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper("control_number"),
                            name="text_pattern_ops"), name="claim_number_starts"),
                        models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper("payer_claim_number"),
                            name="text_pattern_ops"), name="payer_number_starts"),
                    ],
                    "constraints": [models.UniqueConstraint(fields=("encounter", "payer_rank"), name="claim_once")],
                },
            ),
            migrations.CreateModel(
                name="ClaimLine",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("ndc", models.CharField(blank=True, db_default="", default="",
                        help_text="Eleven digits (5-4-2); as received until it was corrected", max_length=20,
                        verbose_name="National Drug Code")),
                    ("ndc_units", models.DecimalField(blank=True, decimal_places=3, max_digits=11, null=True,
                        verbose_name="quantity of the drug")),
                    ("ndc_unit_measure", models.CharField(blank=True, db_default="", default="",
                        help_text="F2 international unit, GR gram, ME milligram, ML, UN unit", max_length=2,
                        verbose_name="unit of the drug")),
                    ("number", models.PositiveSmallIntegerField()),
                    ("control_number", models.CharField(help_text="REF*6R: comes back on the remittance", max_length=30)),
                    ("procedure", models.CharField(max_length=20)),
                    ("modifiers", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), blank=True,
                        default=list, size=None)),
                    ("units", models.DecimalField(decimal_places=3, max_digits=8)),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("diagnosis_pointers", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(),
                        default=list, size=None)),
                    ("left_out", models.BooleanField(db_default=False, default=False,
                        help_text="Not on the present version: the payer has decided it, and a new claim bears the others only")),
                    ("charge", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="claim_lines",
                        to="intake.charge")),
                    ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="claims.claim")),
                ],
                options={
                    "ordering": ["claim_id", "number"],
                    "indexes": [models.Index(fields=["control_number"], name="claims_clai_control_a07a29_idx")],
                    "constraints": [models.UniqueConstraint(fields=("claim", "number"), name="claim_line_once")],
                },
            ),
            migrations.CreateModel(
                name="CodeFact",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("kind", models.CharField(choices=[("drug", "Drug: its container"), ("lab", "Laboratory test: what CLIA asks"),
                        ("global", "Global period of the fee schedule"), ("add_on", "Add-on: type and the code beside which it stands"),
                        ("preventive", "Preventive when done as a screening: modifier that says it"),
                        ("price", "The practice's own price, dollars"), ("modifier", "Modifier that there is: whose it is")],
                        max_length=10)),
                    ("code", models.CharField(max_length=5, verbose_name="procedure code")),
                    ("value", models.CharField(help_text="In the words of its kind; docs/scrubbing-rules.md lists them", max_length=10)),
                    ("effective_on", models.DateField(verbose_name="first day")),
                    ("ends_on", models.DateField(blank=True, help_text="Empty: until a later row takes its place", null=True,
                        verbose_name="last day")),
                    ("source", models.CharField(blank=True, help_text="Where it is written, or the file that brought it", max_length=200)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("code", "kind", "value", "effective_on"), name="code_fact_once"),
                        models.CheckConstraint(condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("effective_on")),
                            _connector="OR"), name="code_fact_ends_after"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DiagnosisRelease",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("starts_on", models.DateField(unique=True)),
                    ("ends_on", models.DateField(help_text="The last day for which it was published")),
                    ("source", models.CharField(max_length=200)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                            name="diagnosis_release_ends_after"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DiagnosisExclusion",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=7)),
                    ("first", models.CharField(max_length=7)),
                    ("last", models.CharField(max_length=7)),
                    ("release", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="exclusions",
                        to="claims.diagnosisrelease")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("release", "code", "first", "last"), name="diagnosis_exclusion_once")],
                },
            ),
            migrations.CreateModel(
                name="DiagnosisCode",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=7)),
                    ("billable", models.BooleanField()),
                    ("manifestation", models.BooleanField(help_text="Its underlying condition comes first on the claim")),
                    ("finer", models.PositiveIntegerField(help_text="How many billable codes stand below it")),
                    ("side", models.CharField(blank=True, help_text="R, L, B for both; none where its words name no side", max_length=1)),
                    ("release", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="codes",
                        to="claims.diagnosisrelease")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("release", "code"), name="diagnosis_code_once")],
                },
            ),
            migrations.CreateModel(
                name="DrugNumberPolicy",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("filing_indicator", models.CharField(blank=True, help_text="MC: Medicaid. Only without a payer", max_length=2,
                        verbose_name="claim filing indicator")),
                    ("effective_on", models.DateField(verbose_name="first day")),
                    ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                    ("source", models.CharField(max_length=200)),
                    ("payer", models.ForeignKey(blank=True, help_text="Empty: all of a kind", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.payer")),
                ],
                options={
                    "verbose_name_plural": "drug number policies",
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(models.Q(("filing_indicator__gt", ""), ("payer", None)),
                            models.Q(("filing_indicator", ""), ("payer__isnull", False)), _connector="OR"),
                            name="drug_number_policy_of_one"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="FieldChange",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("at", models.DateTimeField()),
                    ("field", models.CharField(help_text="A name of rules.fields", max_length=40)),
                    ("line", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("before", models.TextField(blank=True)),
                    ("after", models.TextField(blank=True)),
                    ("actor", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("claim", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="field_changes",
                        to="claims.claim")),
                ],
                options={
                    "indexes": [models.Index(fields=["claim", "at"], name="claims_fiel_claim_i_fb616c_idx")],
                },
            ),
            migrations.CreateModel(
                name="Finding",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("rule", models.CharField(max_length=40)),
                    ("severity", models.CharField(choices=[("block", "Block"), ("warn", "Warn"), ("info", "Info")], max_length=5)),
                    ("line", models.PositiveSmallIntegerField(blank=True, null=True)),
                    ("field", models.CharField(blank=True, max_length=40)),
                    ("sentence", models.CharField(max_length=300)),
                    ("fix", models.JSONField(blank=True, help_text="{field, line, value, clinical}: what one click would set", null=True)),
                    ("state", models.CharField(choices=[("open", "Open"), ("fixed", "Fixed"), ("overridden", "Overridden"),
                        ("superseded", "Superseded")], default="open", max_length=10)),
                    ("found_at", models.DateTimeField()),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ("override_reason", models.CharField(blank=True, max_length=300)),
                    ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="claims.claim")),
                    ("settled_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["claim"], name="claims_find_claim_i_1e9283_idx"),
                        models.Index(condition=models.Q(("state", "open")), fields=["rule", "claim"], include=("severity",),
                            name="finding_open_by_rule"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CodePair",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("column_1", models.CharField(max_length=5)),
                    ("column_2", models.CharField(max_length=5)),
                    ("effective_on", models.DateField()),
                    ("ends_on", models.DateField(null=True)),
                    ("indicator", models.CharField(choices=[("0", "No modifier opens the pair"),
                        ("1", "A modifier that tells of a separate service opens it"), ("9", "Deleted from the day on which it began")],
                        max_length=1)),
                    ("reason", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="claims.pairreason")),
                ],
                options={
                    "constraints": [models.UniqueConstraint(fields=("column_1", "column_2", "effective_on"), name="code_pair_once")],
                },
            ),
            migrations.CreateModel(
                name="PayerRule",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("number", models.PositiveIntegerField(help_text="Its findings carry the code PAY-number; never given twice",
                        unique=True)),
                    ("name", models.CharField(max_length=60)),
                    ("conditions", models.JSONField(help_text="A tree of rules/conditions.py")),
                    ("action", models.CharField(choices=[("block", "Stop the claim"), ("warn", "Warn"),
                        ("set", "Stop the claim and propose a value")], default="block", max_length=5)),
                    ("set_field", models.CharField(blank=True, max_length=40)),
                    ("set_value", models.CharField(blank=True, max_length=60)),
                    ("sentence", models.CharField(help_text="For the biller: what is wrong and what to do", max_length=240)),
                    ("effective_from", models.DateField(blank=True, help_text="First day of service; empty: any", null=True)),
                    ("effective_to", models.DateField(blank=True, help_text="Last day of service; empty: any", null=True)),
                    ("reason", models.CharField(help_text="Why it exists: the denial, the payer's bulletin", max_length=300)),
                    ("written_at", models.DateTimeField()),
                    ("review_on", models.DateField()),
                    ("state", models.CharField(choices=[("draft", "Draft"), ("on", "On"), ("off", "Off")], default="draft", max_length=5)),
                    ("state_reason", models.CharField(blank=True, max_length=300)),
                    ("state_at", models.DateTimeField(blank=True, null=True)),
                    ("tried_at", models.DateTimeField(blank=True, help_text="Empty: not since it last changed", null=True)),
                    ("tried_claims", models.PositiveIntegerField(default=0, help_text="The payer's claims that it was tried on")),
                    ("tried_held", models.PositiveIntegerField(default=0)),
                    ("tried_denied", models.PositiveIntegerField(default=0, help_text="Of those held: denied on the first remittance")),
                    ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                    ("review_note", models.CharField(blank=True, max_length=300)),
                    ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("owner", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("payer", models.ForeignKey(blank=True, help_text="Empty: all payers", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="rules", to="practice.payer")),
                    ("review_item", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="worklist.workitem")),
                    ("reviewed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("state_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("work_item", models.OneToOneField(blank=True, help_text="It cannot be asked", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="worklist.workitem")),
                ],
                options={
                    "indexes": [models.Index(condition=models.Q(("state", "on")), fields=["id"], name="payer_rule_on")],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("effective_from", None), ("effective_to", None),
                            ("effective_to__gte", models.F("effective_from")), _connector="OR"), name="payer_rule_ends_after"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UnitLimit",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("code", models.CharField(max_length=5)),
                    ("most", models.PositiveIntegerField()),
                    ("adjudication", models.CharField(choices=[("1", "By line"), ("2", "By day, absolute"),
                        ("3", "By day, overridable with records")], max_length=1, verbose_name="MUE adjudication indicator")),
                    ("reason", models.CharField(blank=True, max_length=200)),
                    ("edition", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="limits",
                        to="claims.unitedition")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("edition", "code"), name="unit_limit_once"),
                        models.CheckConstraint(condition=models.Q(("adjudication__in", ("1", "2", "3"))), name="unit_limit_adjudication"),
                    ],
                },
            ),
        ]),
        migrations.RunPython(add_who_wants_drug_numbers, migrations.RunPython.noop),
    ]
