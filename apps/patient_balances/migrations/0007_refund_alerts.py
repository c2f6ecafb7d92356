import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patient_balances", "0006_refunds_and_requests"),
        ("worklist", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            "moneyreview",
            "alerted",
            models.PositiveSmallIntegerField(
                blank=True, help_text="Days before the due day of the last alert; empty: none yet", null=True
            ),
        ),
        migrations.AddField(
            "moneyreview",
            "alert_item",
            models.OneToOneField(
                blank=True,
                help_text="That an administrator looks after a refund that is nearly late",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="worklist.workitem",
            ),
        ),
    ]
