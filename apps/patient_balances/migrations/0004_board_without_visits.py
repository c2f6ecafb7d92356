"""What a balance owes is read by its own key (no column of its own), and the oldest live ones are found without sorting all."""

from django.db import migrations, models

from apps.core.index_building import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0001_tables"), ("patient_balances", "0003_compared_disputes")]

    operations = [
        migrations.AddField(
            model_name="balance",
            name="ledger_balance",
            field=models.ForeignObject(
                editable=False,
                from_fields=["encounter"],
                null=True,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="ledger.visitbalance",
                to_fields=["encounter"],
            ),
        ),
        BuildIndex(
            model_name="balance",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "sequence_done", "stopped"))),
                fields=["opened_at", "id"],
                name="balance_live_oldest",
            ),
        ),
    ]
