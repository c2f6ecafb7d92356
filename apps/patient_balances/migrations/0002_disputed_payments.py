"""Card payments that a patient disputes, and what the bank gives again of them."""

import django.db.models.deletion
from django.db import migrations, models

import apps.core.public_ids
from apps.core.create_models import CreateModels


class Migration(migrations.Migration):
    replaces = [("patient_balances", "0007_reviews_of_refused_claims")]
    dependencies = [
        ("connectors", "0001_tables"),
        ("ledger", "0001_tables"),
        ("patient_balances", "0001_tables"),
        ("worklist", "0001_tables"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name="CardDispute",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("public_id", models.CharField(default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True)),
                    ("dispute_id", models.CharField(help_text="The processor's", max_length=100, unique=True)),
                    ("payment_intent", models.CharField(blank=True, db_index=True, max_length=100)),
                    ("reference", models.CharField(blank=True, max_length=100)),
                    ("state", models.CharField(choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("closed", "Closed")],
                        default="open", max_length=8)),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("currency", models.CharField(default="usd", max_length=3)),
                    ("reason", models.CharField(blank=True, help_text="The processor's code", max_length=60)),
                    ("evidence_due", models.DateTimeField(blank=True, null=True)),
                    ("opened_at", models.DateTimeField()),
                    ("told_at", models.DateTimeField(help_text="When the newest of what was told happened")),
                    ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                    ("restored_at", models.DateTimeField(blank=True, null=True)),
                    ("restored_amount", models.DecimalField(decimal_places=2, default=0,
                        help_text="How much of the amount the bank has given again, all told", max_digits=12)),
                    ("unclear_at", models.DateTimeField(blank=True,
                        help_text="When money moved once more in a way that the books do not follow", null=True)),
                    ("entry", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="ledger.entry")),
                    ("transmission", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to="connectors.transmission")),
                    ("work_item", models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT,
                        related_name="+", to="worklist.workitem")),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="DisputeReturn",
                fields=[
                    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                    ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                    ("dispute", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="returns",
                        to="patient_balances.carddispute")),
                    ("entry", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.entry")),
                ],
            ),
        ]),
    ]
