"""What payers' payments move through clearing, entry by entry, without reading the legs of all other accounts."""

from django.db import migrations, models

from apps.core.index_building import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0001_tables")]

    operations = [
        BuildIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("account", "payer_clearing")),
                fields=["entry"],
                include=("amount",),
                name="leg_in_clearing",
            ),
        ),
    ]
