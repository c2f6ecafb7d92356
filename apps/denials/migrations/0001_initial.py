import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("claims", "0001_tables"),
        ("claims", "0002_sending"),
        ("eligibility", "0001_tables"),
        ("practice", "0001_tables"),
        ("worklist", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="RoutingRule",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("place", models.PositiveSmallIntegerField(unique=True)),
                    ("carc", models.CharField(blank=True, help_text="Empty: any", max_length=5)),
                    ("lane", models.CharField(choices=[("modifier", "Modifier"), ("coordination", "Coordination of benefits"),
                        ("coding_review", "Coding review"), ("medical_necessity", "Medical necessity"), ("general", "To be read")],
                        max_length=20)),
                    ("owner_role", models.CharField(choices=[("administrator", "Administrator"), ("biller", "Biller"), ("coder", "Coder"),
                        ("front_desk", "Front Desk")], max_length=20)),
                    ("first_action", models.CharField(max_length=200)),
                    ("payer", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="practice.payer")),
                ],
                options={
                    "ordering": ["place"],
                },
            ),
            migrations.CreateModel(
                name="Denial",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("group", models.CharField(max_length=2)),
                    ("carc", models.CharField(max_length=5)),
                    ("remark_codes", models.JSONField(default=list)),
                    ("amount", models.DecimalField(decimal_places=2,
                        help_text="Dollars at risk: what the adjustments of class denial sum to", max_digits=12)),
                    ("lane", models.CharField(choices=[("modifier", "Modifier"), ("coordination", "Coordination of benefits"),
                        ("coding_review", "Coding review"), ("medical_necessity", "Medical necessity"), ("general", "To be read")],
                        max_length=20)),
                    ("prepared", models.JSONField(default=dict,
                        help_text="What was prepared: proposed modifier, task, letter draft (rules/prepare.py)")),
                    ("state", models.CharField(choices=[("open", "Open"), ("corrected", "Corrected"), ("appealed", "Appealed"),
                        ("recovered", "Recovered"), ("upheld", "Upheld"), ("written_off", "Written Off"), ("released", "Released"),
                        ("reversed", "Reversed")], default="open", max_length=12)),
                    ("received_at", models.DateTimeField()),
                    ("routed_at", models.DateTimeField()),
                    ("due_on", models.DateField(blank=True, null=True)),
                    ("appeal_deadline", models.DateField(blank=True, help_text="Empty: not configured", null=True)),
                    ("deadline_source", models.CharField(blank=True, max_length=300)),
                    ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                    ("confirmation", models.CharField(blank=True, help_text="What in the record supports the change", max_length=300)),
                    ("first_touched_at", models.DateTimeField(blank=True, null=True)),
                    ("answered_at", models.DateTimeField(blank=True, help_text="When a correction or an appeal left", null=True)),
                    ("channel", models.CharField(blank=True, choices=[("portal", "Payer portal"), ("fax", "Fax"), ("mail", "Mail"),
                        ("phone", "Phone")], max_length=6)),
                    ("tracking_number", models.CharField(blank=True, max_length=60)),
                    ("recovered_amount", models.DecimalField(blank=True, decimal_places=2, help_text="What the later remittance paid",
                        max_digits=12, null=True)),
                    ("close_reason", models.CharField(blank=True, max_length=200)),
                    ("closed_at", models.DateTimeField(blank=True, null=True)),
                    ("adjudication", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="denial",
                        to="claims.adjudication")),
                    ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="denials", to="claims.claim")),
                    ("confirmed_by", models.ForeignKey(blank=True, help_text="The coder", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ("eligibility_check", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="denials", to="eligibility.eligibilitycheck")),
                    ("line", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="denials",
                        to="claims.claimline")),
                    ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="denials", to="practice.payer")),
                    ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="denials.routingrule")),
                    ("work_item", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="denial",
                        to="worklist.workitem")),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["state", "due_on"], name="denials_den_state_187d78_idx"),
                        models.Index(fields=["claim"], name="denials_den_claim_i_d93ed3_idx"),
                        models.Index(fields=["-received_at"], name="denials_den_receive_c23cbb_idx"),
                        models.Index(fields=["routed_at"], name="denials_den_routed__f30332_idx"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="WriteOffRequest",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("amount", models.DecimalField(decimal_places=2, help_text="What was to be given up when it was asked, dollars",
                        max_digits=12)),
                    ("reason", models.CharField(choices=[("timely_filing", "Filed too late"), ("no_authorization", "No authorization"),
                        ("small_balance", "Too small to follow"), ("bad_debt", "Bad debt"), ("charity", "Charity or hardship"),
                        ("courtesy", "Courtesy"), ("contract_dispute", "Contract dispute given up"), ("other", "Other, see the note")],
                        max_length=20)),
                    ("note", models.CharField(blank=True, max_length=200)),
                    ("state", models.CharField(choices=[("open", "Waits for approval"), ("approved", "Approved"),
                        ("refused", "Not approved"), ("withdrawn", "No longer needed")], default="open", max_length=10)),
                    ("requested_at", models.DateTimeField()),
                    ("decided_at", models.DateTimeField(blank=True, null=True)),
                    ("decision_note", models.CharField(blank=True, max_length=200)),
                    ("decided_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("denial", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="write_off_requests",
                        to="denials.denial")),
                    ("requested_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("work_item", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="worklist.workitem")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("denial",),
                            name="one_open_request_a_denial"),
                    ],
                },
            ),
        ]),
    ]
