"""Claims' diagnoses in the releases of their days; any number of claims in three queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from apps.claims.models import Claim, DiagnosisCode, DiagnosisExclusion, DiagnosisRelease
from apps.claims.rules.diagnosis_file import ExclusionRow, exclude_each_other
from apps.claims.rules.diagnosis_view import DiagnosesView, DiagnosisView

UNKNOWN = DiagnosesView(known=False)
# A release's key and a code of it.
_Key = tuple[int, str]


def diagnoses_on(claims: Collection[Claim]) -> dict[int, DiagnosesView]:
    """Claim's key to its diagnoses as the release of its day has them; empty where nobody has ever taken in a release."""
    loaded = list(DiagnosisRelease.objects.order_by("starts_on").values_list("pk", "starts_on", "ends_on"))
    if not loaded:
        return {}
    releases = _releases(claims, loaded)
    asked = {code for claim in claims if claim.pk in releases for code in claim.diagnoses}
    if not asked:
        return {claim.pk: DiagnosesView(known=True) if claim.pk in releases else UNKNOWN for claim in claims}
    keys = set(releases.values())
    rows = DiagnosisCode.objects.filter(release__in=keys, code__in=asked)
    columns = rows.values_list("release_id", "code", "billable", "manifestation", "finer", "side")
    known = {
        (release, code): DiagnosisView(bill, shown, finer, side) for release, code, bill, shown, finer, side in columns
    }
    notes = _notes(keys, asked)
    return {
        claim.pk: _view(claim.diagnoses, releases[claim.pk], known, notes) if claim.pk in releases else UNKNOWN
        for claim in claims
    }


def _releases(claims: Collection[Claim], loaded: Sequence[tuple[int, date, date]]) -> dict[int, int]:
    """Of each claim the newest release that was published for its day; a later one of the same day's takes an older one's place."""
    found = {}
    for claim in claims:
        for pk, starts, ends in loaded:
            if starts <= claim.service_date <= ends:
                found[claim.pk] = pk
    return found


def _notes(releases: Collection[int], codes: Collection[str]) -> Mapping[_Key, Sequence[ExclusionRow]]:
    """By release and the beginning under which it stands."""
    beginnings = {code[:length] for code in codes for length in range(3, len(code) + 1)}
    rows = DiagnosisExclusion.objects.filter(release__in=releases, code__in=beginnings)
    found: defaultdict[_Key, list[ExclusionRow]] = defaultdict(list)
    for release, *note in rows.order_by("pk").values_list("release_id", "code", "first", "last"):
        row = ExclusionRow(*note)
        found[release, row.code].append(row)
    return found


def _view(
    codes: Sequence[str],
    release: int,
    known: Mapping[_Key, DiagnosisView],
    notes: Mapping[_Key, Sequence[ExclusionRow]],
) -> DiagnosesView:
    own = list(dict.fromkeys(codes))
    pairs: dict[frozenset[str], tuple[str, str]] = {}
    for one in own:
        for other in own:
            if one != other and any(exclude_each_other(row, one, other) for row in _above(one, release, notes)):
                pairs.setdefault(frozenset((one, other)), (one, other))
    return DiagnosesView(True, {c: known[release, c] for c in own if (release, c) in known}, tuple(pairs.values()))


def _above(code: str, release: int, notes: Mapping[_Key, Sequence[ExclusionRow]]) -> Iterator[ExclusionRow]:
    for length in range(3, len(code) + 1):
        yield from notes.get((release, code[:length]), ())
