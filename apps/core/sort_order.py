"""What a list's `?sort=` asks for, as columns to order by."""

from collections.abc import Mapping, Sequence


def order_of(sort: str, sorts: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns of one of `sorts`, turned by a minus before its name, and the key last, so that the order is always the same one; none
    for anything else.
    """
    turned = "-" if sort.startswith("-") else ""
    columns = sorts.get(sort.removeprefix("-"), ())
    return [f"{turned}{column}" for column in (*columns, "pk")] if columns else []
