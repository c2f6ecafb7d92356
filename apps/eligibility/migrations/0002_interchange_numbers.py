from django.db import migrations


class Migration(migrations.Migration):
    """ISA13 and GS06 of our inquiries: nine digits that never repeat (DOMAIN 1, batching)."""

    dependencies = [("eligibility", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE eligibility_interchange_number MAXVALUE 999999999",
            "DROP SEQUENCE eligibility_interchange_number",
        )
    ]
