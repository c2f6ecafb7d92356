"""Style sheet and scripts of a page weigh at most 60 KB as production sends them, compressed with gzip."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from apps.practice.roles import Role
from tests.signing_in import sign_in

MOST_BYTES = 60_000
ASKED_FOR = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')


def weight(path: str) -> int:
    found = finders.find(path)
    assert isinstance(found, str)
    return len(gzip.compress(Path(found).read_bytes()))


@pytest.mark.django_db
def test_the_frame_of_every_page_is_light(client: Client) -> None:
    sign_in(client, Role.ADMINISTRATOR)
    paths = ASKED_FOR.findall(client.get(reverse("workspace:today")).content.decode())
    assert {"throughline.css", "keyboard.js"} < set(paths)
    assert sum(weight(path) for path in paths) <= MOST_BYTES
