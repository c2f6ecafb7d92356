"""Column mappings in the back office."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.connectors.ports.charge_files import FileLayout
from apps.intake.models import ColumnMapping
from apps.intake.services import BadMappingError, save_mapping
from apps.practice.roles import Role
from tests.intake.test_find_mapping import OWN
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(client: Client) -> ColumnMapping:
    sign_in(client, Role.ADMINISTRATOR)
    return ColumnMapping.objects.create(name="standard", columns=OWN, date_format="%Y-%m-%d")


def change(client: Client, row: ColumnMapping, **told: object) -> str:
    """What the page says where it does not save."""
    form = {"columns": json.dumps(OWN), "payers": "{}", "date_format": "%d/%m/%Y", **told}
    return client.post(reverse("admin:intake_columnmapping_change", args=[row.pk]), form).content.decode()


def test_a_mapping_without_payers_is_changed_and_its_name_stays(client: Client, saved: ColumnMapping) -> None:
    assert change(client, saved, name="another") == ""
    saved.refresh_from_db()
    assert (saved.name, saved.payers, saved.date_format) == ("standard", {}, "%d/%m/%Y")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"columns": "5"}, "columns as names in quotes"),
        ({"columns": '{"visit": "Visit no"}'}, "does not say where these columns are"),
        ({"payers": '["LPHP1"]'}, "payers as names in quotes"),
        ({"date_format": "MM/DD/YYYY"}, "reads a whole day"),
    ],
)
def test_a_mapping_by_which_no_file_could_be_read_is_not_saved(
    client: Client, saved: ColumnMapping, told: dict[str, str], says: str
) -> None:
    assert says in change(client, saved, **told)
    saved.refresh_from_db()
    assert (saved.columns, saved.date_format) == (OWN, "%Y-%m-%d")


def test_a_new_mapping_is_named(client: Client, saved: ColumnMapping) -> None:
    form = {"name": "clinic", "columns": json.dumps(OWN), "payers": '{"Prairie": "LPHP1"}', "date_format": "%m/%d/%Y"}
    assert client.post(reverse("admin:intake_columnmapping_add"), form).status_code == 302
    assert ColumnMapping.objects.get(name="clinic").payers == {"Prairie": "LPHP1"}


def test_of_two_long_names_that_begin_alike_neither_is_taken_for_the_other(
    client: Client, saved: ColumnMapping
) -> None:
    """A visit is known by its mapping's name as far as it fits."""
    form = {"columns": json.dumps(OWN), "payers": "{}", "date_format": "%m/%d/%Y"}
    longest = "Brazos Valley Family Medicine, north"
    page = client.post(reverse("admin:intake_columnmapping_add"), form | {"name": f"{longest}east"})
    assert "Name the mapping in at most 36 signs; this name has 40." in page.content.decode()
    with pytest.raises(BadMappingError, match="at most 36 signs"):
        save_mapping(name=f"{longest}east", layout=FileLayout(OWN, {}, "%m/%d/%Y"))
    assert client.post(reverse("admin:intake_columnmapping_add"), form | {"name": longest}).status_code == 302
    assert [row.name for row in ColumnMapping.objects.exclude(pk=saved.pk)] == [longest]
