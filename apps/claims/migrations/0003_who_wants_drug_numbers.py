from datetime import date

from django.db import migrations

# What federal law says of every state's Medicaid; a state's own list of exceptions is the practice's to date.
MEDICAID = {
    "filing_indicator": "MC",
    "effective_on": date(2007, 1, 1),
    "source": "42 USC 1396r-8(a)(7): Medicaid, drugs given by a practice",
}


def add(apps, schema_editor):
    apps.get_model("claims", "DrugNumberPolicy").objects.get_or_create(payer=None, **MEDICAID)


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_number_sequences")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
