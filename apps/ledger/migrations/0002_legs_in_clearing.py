"""What payers' payments move through clearing, entry by entry, without reading the legs of all other accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]

    operations = [
        migrations.AddIndex(
            model_name="leg",
            index=models.Index(
                condition=models.Q(("account", "payer_clearing")),
                fields=["entry"],
                include=("amount",),
                name="leg_in_clearing",
            ),
        ),
    ]
