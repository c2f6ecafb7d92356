"""A drug's product comes in with its charge, by file and from the EHR."""

from datetime import datetime
from decimal import Decimal

import pytest

from apps.connectors.adapters.drchrono.mapping import charge
from apps.intake.models import Charge, ColumnMapping
from apps.intake.rules import fingerprint
from tests.intake import told
from tests.intake.test_import_charge_file import COLUMNS, GOOD, HEADER, bring, file, mapping  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db

DRUGS = {"ndc": "NDC", "ndc_units": "NDC qty", "ndc_unit": "NDC unit"}


def test_a_file_tells_the_product_and_a_quantity_that_is_none_refuses_the_row(
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    mapping.columns = COLUMNS | DRUGS
    mapping.save()
    other = GOOD.replace("V1,", "V2,")
    told_so = bring(
        mapping,
        file(f"{GOOD},0002-7597-01,1.5,ml", f"{other},,much,", header=f"{HEADER},{','.join(DRUGS.values())}"),
        now,
    )
    row = Charge.objects.get()
    assert (row.ndc, row.ndc_units, row.ndc_unit_measure) == ("0002-7597-01", Decimal("1.5"), "ML")
    assert [problem.reason for problem in told_so.problems] == ["the quantity of the drug is not a number"]


def test_the_ehr_tells_the_product_and_another_product_is_another_telling() -> None:
    row = {"id": 1, "code": "J0696", "quantity": "1", "billed": "20.00", "ndc_code": []}
    plain = charge(row)
    product = charge(row | {"ndc_code": [{"ndc_package_code": "00002759701", "units": "ML", "quantity": "1.5"}]})
    assert (plain.ndc, plain.ndc_units) == ("", None)
    assert (product.ndc, product.ndc_units, product.ndc_unit_measure) == ("00002759701", Decimal("1.5"), "ML")
    assert fingerprint(told.visit(charges=(plain,))) != fingerprint(told.visit(charges=(product,)))
