"""Where a patient's clock stands: the address first, then the area code, else every zone of the mainland at once (DOMAIN 6).

A state or ZIP area that two zones share names both; a message may go out only while it is a decent hour in each.
"""

import functools
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_zones

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
ARIZONA, ALASKA, HAWAII, PUERTO_RICO = "America/Phoenix", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"
MAINLAND = (EASTERN, CENTRAL, MOUNTAIN, PACIFIC)

_STATES = {
    EASTERN: "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    CENTRAL: "AL AR IA IL LA MN MO MS OK WI",
    MOUNTAIN: "CO MT NM UT WY",
    PACIFIC: "CA WA NV",
    ARIZONA: "AZ",
    ALASKA: "AK",
    HAWAII: "HI",
    PUERTO_RICO: "PR VI",
}
_BY_STATE: dict[str, tuple[str, ...]] = {
    state: (zone,) for zone, states in _STATES.items() for state in states.split()
} | {
    "FL": (EASTERN,),
    "IN": (EASTERN,),
    "KY": (EASTERN, CENTRAL),
    "MI": (EASTERN,),
    "TN": (EASTERN, CENTRAL),
    "KS": (CENTRAL,),
    "NE": (CENTRAL,),
    "ND": (CENTRAL,),
    "SD": (CENTRAL,),
    "TX": (CENTRAL,),
    "ID": (MOUNTAIN,),
    "OR": (PACIFIC,),
}
# The first three digits of a ZIP where they tell more than the state.
_BY_AREA: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("798", "799", "885"), (MOUNTAIN,)),  # El Paso
    **dict.fromkeys(("324", "325"), (CENTRAL,)),  # western Florida
    **dict.fromkeys(("463", "464", "476", "477"), (CENTRAL,)),  # Gary, Evansville
    "475": (EASTERN, CENTRAL),
    "479": (EASTERN, CENTRAL),
    **dict.fromkeys(("400", "401", "402", "403", "404", "405", "406"), (EASTERN,)),
    **dict.fromkeys(("420", "421", "422", "423", "424"), (CENTRAL,)),
    **dict.fromkeys(("498", "499"), (EASTERN, CENTRAL)),  # upper peninsula
    **dict.fromkeys(("373", "374", "376", "377", "378", "379"), (EASTERN,)),
    **dict.fromkeys(("370", "371", "372", "380", "381", "382", "383", "384"), (CENTRAL,)),
    **dict.fromkeys(("677", "678", "679"), (CENTRAL, MOUNTAIN)),
    **dict.fromkeys(("691", "692"), (CENTRAL, MOUNTAIN)),
    "693": (MOUNTAIN,),
    **dict.fromkeys(("585", "586", "588"), (CENTRAL, MOUNTAIN)),
    "577": (MOUNTAIN,),
    "576": (CENTRAL, MOUNTAIN),
    **dict.fromkeys(("835", "838"), (PACIFIC,)),  # northern Idaho
    "979": (MOUNTAIN, PACIFIC),  # eastern Oregon
    "865": (ARIZONA, MOUNTAIN),  # Navajo Nation
}


def zones_of(*, state: str, postcode: str, phone: str) -> tuple[ZoneInfo, ...]:
    """Every zone in which it must be a decent hour; never empty."""
    return _zones(state.upper(), postcode[:3], phone)


@functools.lru_cache(maxsize=4096)
def _zones(state: str, area: str, phone: str) -> tuple[ZoneInfo, ...]:
    names = (_BY_AREA.get(area) if state else None) or _BY_STATE.get(state) or _by_phone(phone) or MAINLAND
    return tuple(ZoneInfo(name) for name in names)


def _by_phone(phone: str) -> tuple[str, ...]:
    try:
        number = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return ()
    return tuple(
        name for name in phone_zones.time_zones_for_number(number) if name.startswith(("America/", "Pacific/"))
    )
