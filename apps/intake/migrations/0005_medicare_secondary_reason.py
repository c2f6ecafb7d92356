from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_counted_and_searched")]

    operations = [
        migrations.AddField(
            model_name="coverage",
            name="medicare_secondary_reason",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of Medicare that is not first: why (SBR05: 12 to 16, 41, 42, 43, 47)",
                max_length=2,
            ),
            preserve_default=False,
        ),
    ]
