"""The clearinghouse's judgement of an 837P: pyx12's, not our codec's."""

import io
import json
import logging
from dataclasses import dataclass, field
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import pyx12.errors
import pyx12.map_if
import pyx12.map_index
import pyx12.params
import pyx12.x12n_document

logging.getLogger("pyx12").addHandler(logging.NullHandler())
logging.getLogger("pyx12").propagate = False
_one_at_a_time = Lock()


@dataclass(frozen=True)
class ElementError:
    position: int
    component: int | None
    reference: str
    code: str
    value: str


@dataclass(frozen=True)
class SegmentError:
    segment: str
    position: int
    loop: str
    codes: tuple[str, ...]
    elements: tuple[ElementError, ...]


@dataclass(frozen=True)
class SetVerdict:
    kind: str
    control: str
    version: str
    codes: tuple[str, ...]
    segments: tuple[SegmentError, ...]

    @property
    def accepted(self) -> bool:
        return not self.codes and not self.segments


@dataclass(frozen=True)
class GroupVerdict:
    kind: str
    control: str
    version: str
    codes: tuple[str, ...]
    sets: tuple[SetVerdict, ...]


@dataclass(frozen=True)
class Verdict:
    """`codes` are TA1 note codes: the envelope itself is broken. `unsupported`: pyx12 holds no map for this guide."""

    codes: tuple[str, ...] = ()
    groups: tuple[GroupVerdict, ...] = ()
    unsupported: bool = False
    problems: list[str] = field(default_factory=list)


@cache
def _keep_maps() -> pyx12.params.ParamsBase:
    """pyx12 reads its XML maps anew for each file (115 ms); kept, a claim costs 4 ms."""
    for module, reader in ((pyx12.map_if, "load_map_file"), (pyx12.map_index, "map_index")):
        setattr(module, reader, lru_cache(getattr(module, reader)))
    settings: pyx12.params.ParamsBase = pyx12.params.params()
    settings.set("exclude_external_codes", "")
    return settings


def judge(text: str) -> Verdict:
    with _one_at_a_time:
        settings = _keep_maps()
        answer = io.StringIO()
        try:
            pyx12.x12n_document.x12n_document(
                param=settings, src_file=io.StringIO(text), fd_997=None, fd_html=None, fd_xmldoc=None, fd_json=answer
            )
            document = json.loads(answer.getvalue())
        except pyx12.errors.EngineError as problem:
            return Verdict(unsupported=True, problems=[str(problem)])
        except (pyx12.errors.X12Error, ValueError, AttributeError, IndexError, AssertionError) as problem:
            # pyx12 stumbles over envelopes that end early; whatever it cannot finish, no payer would take.
            return Verdict(codes=("024",), problems=[f"{type(problem).__name__}: {problem}"])
    return _read(document)


def _codes(errors: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(str(each["err_cde"]) for each in errors)


def _read(document: dict[str, Any]) -> Verdict:
    found = document["interchanges"]
    if len(found) != 1:
        return Verdict(codes=("024",))
    groups = tuple(
        GroupVerdict(
            kind=each["fic"] or "",
            control=each["gs_control_num"] or "",
            version=each["vriic"] or "",
            codes=_codes(each["errors"]),
            sets=tuple(_read_set(one) for one in each["transactions"]),
        )
        for each in found[0]["groups"]
    )
    return Verdict(codes=_codes(found[0]["errors"]), groups=groups)


def _read_set(one: dict[str, Any]) -> SetVerdict:
    segments = tuple(
        _read_segment(each) for each in one["segments"] if each["errors"] or any(e["errors"] for e in each["elements"])
    )
    return SetVerdict(
        one["trn_set_id"] or "", one["trn_set_control_num"] or "", one["vriic"] or "", _codes(one["errors"]), segments
    )


def _read_segment(each: dict[str, Any]) -> SegmentError:
    elements = [
        ElementError(
            e["ele_pos"],
            e["subele_pos"],
            str(e["ele_ref_num"] or ""),
            str(error["err_cde"]),
            str(error["err_val"] or ""),
        )
        for e in each["elements"]
        for error in e["errors"]
    ]
    return SegmentError(each["seg_id"], each["seg_count"], each["ls_id"] or "", _codes(each["errors"]), tuple(elements))
