"""The state as one JSON file, replaced atomically, so that a restart continues where the world stood."""

import json
import os
import types
from collections import Counter
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from .knobs import Knobs
from .state import State

VERSION = 2


def save(state: State, path: Path) -> None:
    text = json.dumps({"version": VERSION, "state": encode(state)}, separators=(",", ":"))
    part = path.with_suffix(".part")
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o600)
    part.replace(path)


def load(path: Path) -> tuple[State, Knobs] | None:
    """The world as it stood, and how its knobs are turned. Raises ValueError, with what to do, where this sandbox cannot go on from it."""
    if not path.exists():
        return None
    try:
        return _read(json.loads(path.read_text()))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as problem:
        raise ValueError(
            f"{path.name} cannot be gone on from ({problem}); move it away to begin a new world."
        ) from problem


def _read(content: Any) -> tuple[State, Knobs]:
    if content["version"] != VERSION:
        raise ValueError("it belongs to another version of the sandbox")
    state = decode(State, content["state"])
    assert isinstance(state, State)  # noqa: S101 - narrows the generic decoder's answer
    return state, Knobs().turned(json.loads(state.knobs))


def encode(value: Any) -> Any:
    if is_dataclass(value):
        return {name: encode(getattr(value, name)) for name in _names(cast("Any", type(value)))}
    if isinstance(value, dict):
        return {key: encode(each) for key, each in value.items()}
    if isinstance(value, list):
        return [encode(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def decode(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) in {Union, types.UnionType}:
        return decode(next(each for each in get_args(kind) if each is not type(None)), value)
    if is_dataclass(kind):
        hints = _hints(cast("Any", kind))
        return cast("Any", kind)(**{name: decode(hints[name], each) for name, each in value.items()})
    return _decode_plain(kind, value)


def _decode_plain(kind: Any, value: Any) -> Any:
    origin = get_origin(kind)
    if origin is list:
        return [decode(get_args(kind)[0], each) for each in value]
    if origin is dict:
        return {key: decode(get_args(kind)[1], each) for key, each in value.items()}
    if origin is Counter:
        return Counter(value)
    if kind in {date, datetime}:
        return kind.fromisoformat(value)
    return Decimal(value) if kind is Decimal else value
