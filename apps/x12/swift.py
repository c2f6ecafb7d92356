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

    It is a twin class that has the same slots, but is not frozen; an instance, once filled, turns itself into the record. Give
    arguments by position: a call by name costs more than is won.
    """

    def freeze(self: Any) -> None:
        self.__class__ = record

    columns = [
        (item.name, Any, field() if item.default is MISSING else field(default=item.default))
        for item in fields(cast("Any", record))
    ]
    twin = make_dataclass("Twin", columns, slots=True, namespace={"__post_init__": freeze})
    return cast("Callable[_Arguments, _Record]", twin)
