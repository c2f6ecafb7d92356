import django.db.models.deletion
from django.db import migrations, models

import apps.core.public_ids


class Migration(migrations.Migration):
    dependencies = [
        ("claims", "0001_initial"),
        ("intake", "0001_initial"),
        ("patient_balances", "0001_initial"),
        ("worklist", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="balance",
            name="encounter",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="balances",
                to="intake.encounter",
            ),
        ),
        migrations.AlterField(
            model_name="balance",
            name="claim",
            field=models.OneToOneField(
                help_text="Empty: a self-pay visit",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="balance",
                to="claims.claim",
            ),
        ),
        migrations.CreateModel(
            name="MoneyReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=apps.core.public_ids.new_public_id, editable=False, max_length=16, unique=True
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("payer_credit", "The payer has paid more than it owed"),
                            ("unanswered", "The payer paid and left a part without a word"),
                            ("voided", "The claim was voided with money on it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note",
                    models.CharField(blank=True, help_text="What the person who settled it did", max_length=200),
                ),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="money_review", to="claims.claim"
                    ),
                ),
                (
                    "work_item",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="worklist.workitem",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
    ]
