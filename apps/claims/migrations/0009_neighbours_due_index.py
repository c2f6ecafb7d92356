"""Such claims are looked for before each file: they are few, and found without the others."""

from django.db import migrations, models

from apps.core.index_building import BuildIndex


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("claims", "0008_neighbours_due")]

    operations = [
        BuildIndex(
            "claim",
            models.Index(condition=models.Q(neighbours_due=True), fields=["id"], name="claim_neighbours_due"),
        ),
    ]
