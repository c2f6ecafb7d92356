"""pyx12's verdict on a file. Its own command exits the same for good and bad, so its report is read instead."""

import io
import json
import warnings
from pathlib import Path
from typing import Any

import pyx12.params
import pyx12.x12n_document


def complaints(data: bytes, folder: Path) -> list[str]:
    """What pyx12 finds wrong, one line each; empty for a valid file."""
    file = folder / "judged.x12"
    file.write_bytes(data)
    parameters = pyx12.params.params(None)
    parameters.set("exclude_external_codes", "")
    report = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdict = pyx12.x12n_document.x12n_document(
            param=parameters, src_file=str(file), fd_997=None, fd_html=None, fd_xmldoc=None, fd_json=report
        )
    found = sorted(_errors(json.loads(report.getvalue())))
    return found if found or verdict else ["pyx12 refuses the file without saying why"]


def _errors(node: Any) -> list[str]:
    """Every entry of every "errors" list, however deep."""
    if isinstance(node, list):
        return [error for item in node for error in _errors(item)]
    if not isinstance(node, dict):
        return []
    own = [f"{error.get('err_cde')} {error.get('err_str')}" for error in node.get("errors", ())]
    return own + [error for key, value in node.items() if key != "errors" for error in _errors(value)]
