"""ID, as the pages write it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0007_whole_provider_ids"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payer",
            name="claims_id",
            field=models.CharField(
                help_text="The usual ID; a clearinghouse that has another one gets a row of its own",
                max_length=20,
                verbose_name="payer ID for claims",
            ),
        ),
        migrations.AlterField(
            model_name="payer",
            name="eligibility_id",
            field=models.CharField(
                blank=True, help_text="Empty: verified by phone", max_length=20, verbose_name="payer ID for eligibility"
            ),
        ),
        migrations.AlterField(
            model_name="payer",
            name="member_id_pattern",
            field=models.CharField(
                blank=True,
                help_text="A regular expression, for example LP[0-9]{9}. Empty: member IDs are not compared",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="payer",
            name="remittance_ids",
            field=models.CharField(
                blank=True, help_text="IDs under which its 835 names it, separated by spaces", max_length=120
            ),
        ),
        migrations.AlterField(
            model_name="payerchannel",
            name="identifier",
            field=models.CharField(
                blank=True, help_text="Empty: the payer's usual ID", max_length=80, verbose_name="payer ID"
            ),
        ),
    ]
