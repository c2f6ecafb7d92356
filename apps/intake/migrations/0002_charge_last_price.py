from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(fields=["procedure", "modifiers"], name="charge_last_price"),
        )
    ]
