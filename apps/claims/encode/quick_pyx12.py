"""pyx12's own judgement, sooner: three quarters of its time go into working out again what its maps have said already.

Nothing is judged differently. What can be seen at once to be sound, or to be none of a node's concern, is passed over; everything else
goes to the code of pyx12 that always judged it. The tests hold both ways to the same words over sound and broken files.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pyx12 import validation
from pyx12.errors import EngineError
from pyx12.map_if import composite_if, element_if, loop_if, segment_if
from pyx12.map_walker import walk_tree
from pyx12.nodeCounter import NodeCounter
from pyx12.path import X12Path
from pyx12.segment import Segment
from pyx12.syntax import is_syntax_valid

_CONTROL = re.compile(r"[\x01-\x07\x09-\x0d\x11-\x17\x1c-\x1f]")
_DATE_KINDS = ("RD8", "D8", "D6", "DT", "TM")

# Whether a value (none: "") is sound, given the kinds of date that it may be of.
_Check = Callable[[str, tuple[str | None, ...]], bool]


@cache
def make_quick() -> tuple[tuple[type, str, object], ...]:
    """Once for the process. What stood there before: owner, name, function."""
    swaps: tuple[tuple[type, str, Callable[..., Any]], ...] = (
        (walk_tree, "_scan_loop_at_position", _scan_loop_at_position),
        (loop_if, "__len__", lambda loop: sum(map(len, loop.pos_map.values()))),
        (loop_if, "get_first_node", lambda loop: loop.pos_map[min(loop.pos_map)][0] if loop.pos_map else None),
        (segment_if, "is_match", _is_match),
        (segment_if, "is_valid_errors", _is_valid_errors),
        (Segment, "_parse_refdes", _parse_refdes),
        (NodeCounter, "reset_to_node", _reset_to_node),
        (NodeCounter, "makeX12Path", staticmethod(_text)),
    )
    before = tuple((owner, name, owner.__dict__[name]) for owner, name, _ in swaps)
    for owner, name, quick in swaps:
        setattr(owner, name, quick)
    return before


_thorough = segment_if.is_valid_errors


def _kept(node: Any, name: str, make: Callable[[Any], Any]) -> Any:
    """In the node itself: nodes of a map are equal where their names are, so a table would mix them up."""
    try:
        return node.__dict__[name]
    except KeyError:
        return node.__dict__.setdefault(name, make(node))


def _text(path: Any) -> str:
    """The counter counts by the text of a path, which a path itself would put together for each comparison."""
    return X12Path(path).format() if isinstance(path, str) else str(_kept(path, "quick_text", X12Path.format))


def _reset_to_node(self: Any, xpath: Any) -> None:
    beneath = _text(xpath) + "/"
    for path in [each for each in self._dict if each.startswith(beneath)]:
        del self._dict[path]


@lru_cache(maxsize=4096)
def _places(ref_des: str) -> tuple[str | None, int | None, int | None]:
    path = X12Path(ref_des)
    element = path.ele_idx - 1 if path.ele_idx is not None else None
    return path.seg_id, element, path.subele_idx - 1 if path.subele_idx is not None else None


def _parse_refdes(self: Any, ref_des: str) -> tuple[int | None, int | None]:
    segment, element, part = _places(ref_des)
    if segment is not None and segment != self.seg_id:
        raise EngineError(f"Invalid Reference Designator: {ref_des}, seg_id: {self.seg_id}")
    return element, part


def _is_match(self: Any, seg: Any) -> bool:
    if seg.seg_id != self.id:
        return False
    key = _kept(self, "quick_key", _key)
    return key is None or seg.get_value(key[0]) in key[1]


def _key(node: Any) -> tuple[str, frozenset[str | None]] | None:
    """Where the qualifier stands that tells this segment from others of its name, and which it may be."""
    found = node._resolve_unique_key_field(node.id, with_qual=False)  # noqa: SLF001  pyx12's own question
    if found is None:
        return None
    child, element, part = found
    return f"{element:02d}-{part}" if part else f"{element:02d}", frozenset(child.valid_codes)


def _scan_loop_at_position(self: Any, node: Any, node_pos: int, seg_data: Any, *rest: Any) -> Any:
    named, others = _kept(node, "quick_children", _children_by_segment)
    orig_node, *where = rest
    for position, child in named.get(seg_data.seg_id, others):
        if position < node_pos:
            continue
        if child.is_segment():
            result = self._try_match_segment_child(node, child, seg_data, orig_node, *where)
        else:
            result = self._try_match_loop_child(child, seg_data, *where)
        if result is not None:
            return result
    return None


def _children_by_segment(node: Any) -> tuple[dict[str, list[tuple[int, Any]]], list[tuple[int, Any]]]:
    """Which children of a loop a segment concerns, by its name, and for a name that none of them begins with.

    Those that begin with it; and those that are required, or lead to loops, whatever comes, since pyx12 then asks whether they were there.
    """
    children = [(position, child) for position in sorted(node.pos_map) for child in node.pos_map[position]]
    firsts = [child if child.is_segment() else child.get_first_node() for _, child in children]
    names = {first.id for first in firsts if first is not None and first.is_segment()}

    def concerned(name: str | None) -> list[tuple[int, Any]]:
        return [
            (position, child)
            for (position, child), first in zip(children, firsts, strict=True)
            if child.usage == "R" or first is None or not first.is_segment() or first.id == name
        ]

    return {name: concerned(name) for name in names}, concerned(None)


def _is_valid_errors(self: Any, seg_data: Any) -> tuple[bool, list[Any]]:
    plan = _kept(self, "quick_plan", _plan)
    return (True, []) if plan and _is_sound(self, plan, seg_data) else _thorough(self, seg_data)


def _is_sound(node: Any, plan: "_Plan", seg_data: Any) -> bool:
    elements, positions = seg_data.elements, plan.positions
    if not plan.least <= len(elements) <= len(positions):
        return False
    for position, element in zip(positions, elements, strict=False):
        if not position.is_sound(element.elements, position.types):
            return False
    if node.id == "DTP" and len(elements) > 2:
        kind = elements[1].format()
        if not positions[2].is_sound(elements[2].elements, (kind,) if kind in _DATE_KINDS else ()):
            return False
    return all(is_syntax_valid(seg_data, each)[0] for each in node.syntax)


class _Position:
    """An element or composite of a segment, with all that its map says of it looked up."""

    def __init__(self, node: Any, types: tuple[str | None, ...]) -> None:
        self.types = types
        self.is_composite = isinstance(node, composite_if)
        self.usage = node.usage
        self.checks = [_check(each) for each in (node.children if self.is_composite else (node,))]
        self.optional = self.usage in {"N", "S"} if self.is_composite else self.checks[0]("", ())

    def is_sound(self, parts: list[Any], types: tuple[str | None, ...]) -> bool:
        if self.is_composite:
            return self._are_sound([part.value for part in parts])
        return len(parts) == 1 and self.checks[0](parts[0].value, types)

    def _are_sound(self, values: list[str]) -> bool:
        if len(values) > len(self.checks):
            return False
        if not any(values):
            return self.optional
        values += [""] * (len(self.checks) - len(values))
        return self.usage != "N" and all(check(value, ()) for check, value in zip(self.checks, values, strict=True))


@dataclass(frozen=True, slots=True)
class _Plan:
    """`least`: so many elements hold all that are required."""

    positions: list[_Position]
    least: int


def _plan(node: Any) -> _Plan | None:
    """None: the map itself is out of order, which pyx12 tells when it comes to it."""
    if [child.seq for child in node.children] != list(range(1, len(node.children) + 1)):
        return None
    try:
        positions = list(_positions(node.children))
    except EngineError:
        return None
    required = [place for place, position in enumerate(positions, start=1) if not position.optional]
    return _Plan(positions, max(required, default=0))


def _positions(children: list[Any]) -> Iterator[_Position]:
    kinds: list[str | None] = []
    for child in children:
        if isinstance(child, element_if) and child.data_ele == "1250":
            kinds += child.valid_codes
        dated = isinstance(child, element_if) and child.data_ele == "1251"
        yield _Position(child, tuple(kinds) if dated else ())


def _foreign(charset: str, version: str) -> re.Pattern[str] | None:
    """What a text may not hold; None: a set of characters that pyx12 does not know, which it says itself."""
    extended = validation.rec_ID_E5 if version == "00501" else validation.rec_ID_E
    return {"E": extended, "B": validation.rec_ID_B}.get(charset)


def _check(node: Any) -> _Check:
    """What `element_if.is_valid_errors` asks, in its order where it stops, as one answer."""
    kind, least, most = node.data_type, node.min_len, node.max_len
    if node.usage in {"N", "S"}:
        optional = True
    else:
        optional = not node._validate_when_empty()  # noqa: SLF001
    used, is_number = node.usage != "N", bool(kind) and (kind == "R" or kind[0] == "N")
    charset, version = node.root.param.get("charset"), node.root.icvn or "00401"
    codes, external, outside = frozenset(node.valid_codes), node.external_codes, node.root.ext_codes
    coded, expression = bool(codes) or external is not None, node.rec
    # No control character is in the set of characters of a text.
    other_signs = _foreign(charset, version) if kind in {"ID", "AN"} else None

    def check(value: str, types: tuple[str | None, ...]) -> bool:
        if not value:
            return optional
        length = len(value.replace("-", "").replace(".", "")) if is_number else len(value)
        return (
            used
            and least <= length <= most
            and value[-1] != " "
            and not (other_signs or _CONTROL).search(value)
            and (not coded or value in codes or (external is not None and outside.isValid(external, value)))
            and (other_signs is not None or validation.IsValidDataType(value, kind, charset, version))
            and (not types or any(validation.IsValidDataType(value, each, charset) for each in types if each))
            and (expression is None or bool(expression.search(value)))
        )

    return check
