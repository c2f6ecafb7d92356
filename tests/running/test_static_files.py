import gzip
import os
from pathlib import Path

import pytest
from django.test import override_settings

from apps.automations.running import static_files
from apps.automations.running.static_files import collect_static_files

COMPRESSED = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}


def test_what_pages_load_is_compressed_and_anew_only_where_something_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, served = tmp_path / "source", tmp_path / "served"
    source.mkdir()
    sheet = source / "sheet.css"
    sheet.write_text("a { color: red }\n" * 100)
    calls = []
    real = static_files.call_command
    monkeypatch.setattr(static_files, "call_command", lambda *args, **more: (calls.append(args), real(*args, **more)))
    finders = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    with override_settings(
        STATICFILES_DIRS=[source], STATICFILES_FINDERS=finders, STATIC_ROOT=served, STORAGES=COMPRESSED
    ):
        collect_static_files()
        collect_static_files()
        assert len(calls) == 1
        sheet.write_text("a { color: blue }\n" * 100)
        os.utime(sheet, (1, 1))
        collect_static_files()
    assert len(calls) == 2
    assert gzip.decompress((served / "sheet.css.gz").read_bytes()) == sheet.read_bytes()
