"""What a person is asked of a payer's answers, what people enter from paper, and what is paid below its contract."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [("remittances", "0006_payments_of_odd_days")]
    dependencies = [
        ("claims", "0001_tables"),
        ("claims", "0002_sending"),
        ("connectors", "0001_tables"),
        ("ledger", "0001_tables"),
        ("practice", "0001_tables"),
        ("remittances", "0001_tables"),
        ("worklist", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="RemittanceException",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("kind", models.CharField(choices=[("refused_file", "File refused"), ("test_file", "Test file, not posted"),
                        ("payment_day", "Payment on an impossible day"), ("not_whole", "File may not be whole"),
                        ("unreadable", "Claim cannot be read"), ("unmatched", "No claim found"), ("lines", "Service lines do not match"),
                        ("unbalanced", "Does not balance"), ("status", "Claim status without a meaning"),
                        ("unknown_payer", "Payer not known"), ("reversal", "Nothing to reverse"), ("clearing", "Payment leaves a rest"),
                        ("continuation", "Same payment, other claims"), ("contract_check", "Amount to check"),
                        ("version", "Which version is answered")], max_length=20)),
                    ("state", models.CharField(choices=[("open", "Open"), ("settled", "Settled")], default="open", max_length=10)),
                    ("amount", models.DecimalField(decimal_places=2, default=0,
                        help_text="What of the payment waits in clearing because of it, dollars", max_digits=12)),
                    ("sentence", models.CharField(max_length=300)),
                    ("opened_at", models.DateTimeField()),
                    ("settled_at", models.DateTimeField(null=True)),
                    ("note", models.CharField(blank=True, max_length=500)),
                    ("entry", models.OneToOneField(help_text="What moved its money out of clearing", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry")),
                    ("file", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exceptions",
                        to="remittances.remittancefile")),
                    ("payment", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="exceptions",
                        to="remittances.remittancepayment")),
                    ("remitted_claim", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="exception", to="remittances.remittedclaim")),
                    ("settled_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("work_item", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="worklist.workitem")),
                ],
                options={
                    "indexes": [models.Index(fields=["state", "opened_at"], name="remittances_state_0f7eed_idx")],
                },
            ),
            migrations.CreateModel(
                name="HandRemittance",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("purpose", models.CharField(choices=[("eob", "Paper EOB"), ("split", "Split by hand"),
                        ("applied", "Money that was set apart, applied"), ("reversal", "Reversal by hand"), ("payment", "Payment undone")],
                        max_length=10)),
                    ("entered_at", models.DateTimeField()),
                    ("note", models.CharField(blank=True, max_length=500)),
                    ("drawn", models.DecimalField(decimal_places=2, default=0,
                        help_text="What of its money that was set apart goes to the claims, dollars", max_digits=12)),
                    ("entered_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("source", models.ForeignKey(help_text="The exception that is split, or whose money was set apart", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_remittances",
                        to="remittances.remittanceexception")),
                    ("takes_back", models.OneToOneField(help_text="What a reversal by hand takes back: each once", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="reversed_by_hand", to="remittances.remittedclaim")),
                    ("takes_back_payment", models.OneToOneField(help_text="The payment that this one undoes as a whole", null=True,
                        on_delete=django.db.models.deletion.PROTECT, related_name="undone_by_hand", to="remittances.remittancepayment")),
                    ("transmission", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="by_hand",
                        to="connectors.transmission")),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="Underpayment",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("state", models.CharField(choices=[("open", "To look at"), ("disputed", "Dispute sent"), ("accepted", "Accepted"),
                        ("schedule_wrong", "Our schedule was wrong"), ("taken_back", "The payer took its answer back")], default="open",
                        max_length=14)),
                    ("short", models.DecimalField(decimal_places=2, help_text="What the lines that stand fall short by, dollars",
                        max_digits=12)),
                    ("opened_at", models.DateTimeField()),
                    ("settled_at", models.DateTimeField(blank=True, null=True)),
                    ("note", models.CharField(blank=True, max_length=500)),
                    ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="underpayments",
                        to="claims.claim")),
                    ("payer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="practice.payer")),
                    ("settled_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("work_item", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="worklist.workitem")),
                ],
                options={
                    "indexes": [models.Index(fields=["state", "-opened_at"], name="remittances_state_758e94_idx")],
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("claim",), name="one_open_underpayment"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="UnderpaidLine",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("procedure", models.CharField(max_length=20)),
                    ("modifiers", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), blank=True,
                        default=list, size=None)),
                    ("units", models.DecimalField(decimal_places=3, max_digits=8)),
                    ("price", models.DecimalField(decimal_places=2, help_text="The contract's for one unit, dollars", max_digits=12)),
                    ("price_modifier", models.CharField(blank=True, max_length=2)),
                    ("price_source", models.CharField(blank=True, max_length=200)),
                    ("price_effective_on", models.DateField()),
                    ("expected", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("allowed", models.DecimalField(decimal_places=2,
                        help_text="With what was taken off after it was allowed (sequestration, withhold)", max_digits=12)),
                    ("short", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("taken_back", models.BooleanField(default=False, help_text="The payer reversed this answer since")),
                    ("adjudication", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="underpaid_line",
                        to="claims.adjudication")),
                    ("underpayment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lines",
                        to="remittances.underpayment")),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="AdjustmentClass",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("group", models.CharField(blank=True, help_text="Empty: any group", max_length=2)),
                    ("carc", models.CharField(max_length=5)),
                    ("rarc", models.CharField(blank=True, help_text="Empty: with any remark code", max_length=10)),
                    ("adjustment_class", models.CharField(choices=[("contractual", "Contractual"), ("cost_share", "Cost Share"),
                        ("prior_payer", "Prior Payer"), ("informational", "Informational"), ("denial", "Denial")], max_length=14)),
                    ("source", models.CharField(blank=True, help_text="Where the rule is written", max_length=200)),
                    ("made_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("ended_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL)),
                    ("payer", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="practice.payer")),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(condition=models.Q(("ended_at", None)), fields=("payer", "group", "carc", "rarc"),
                            name="adjustment_class_once", nulls_distinct=False),
                    ],
                },
            ),
        ]),
    ]
