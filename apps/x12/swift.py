"""Frozen records made in bulk. A frozen dataclass pays `object.__setattr__` for each field; a remittance of 10,000 claims has
a million fields.
"""

from collections.abc import Callable
from dataclasses import MISSING, field, fields, make_dataclass
from typing import Any, ParamSpec, TypeVar, cast

_Arguments = ParamSpec("_Arguments")
_Record = TypeVar("_Record")


def swift(record: Callable[_Arguments, _Record]) -> Callable[_Arguments, _Record]:
    """A maker of `record` (a frozen slots dataclass), several times faster than calling it; the result is the same.

    It fills an instance of a twin class, which has the same slots but is not frozen, and then turns that into the
    record. Give arguments by position: a call by name costs more than is won.
    """
    columns = [
        (item.name, Any, field() if item.default is MISSING else field(default=item.default))
        for item in fields(cast("Any", record))
    ]
    twin = cast("Any", make_dataclass("Twin", columns, slots=True))

    def make(*arguments: Any) -> Any:
        made = twin(*arguments)
        made.__class__ = record
        return made

    return cast("Callable[_Arguments, _Record]", make)
