"""Times as people write them in files, read as UTC.

`strptime` is not used: its `%Z` knows only the zone of the machine it runs on, and it is slow.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
"""Hours east of UTC. Names that two countries share mean the one that English tweets mean."""

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_SLASHED = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)? ?([AaPp][Mm])?)?$"
)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)$")
_ISO_ZONE_NAME = re.compile(r"(.*\d) ?([A-Za-z]{1,4})$")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
_EPOCH = re.compile(r"-?\d{9,16}(\.\d+)?$")
_EPOCH_UNITS = ((100_000_000_000, 1), (100_000_000_000_000, 1_000), (float("inf"), 1_000_000))


def read_time(value: object, *, day_first: bool = False) -> datetime:
    """The moment that `value` names; a time without a zone is taken as UTC. Raises `ValueError`.

    >>> read_time("Mon Apr 06 22:19:45 PDT 2009").isoformat()
    '2009-04-07T05:19:45+00:00'
    >>> read_time("2009-04-07 05:19:45") == read_time(1239081585) == read_time("1239081585000")
    True
    >>> read_time("03/04/2020", day_first=True).month
    4
    """
    try:
        if isinstance(value, str):
            return _from_text(value.strip(), day_first)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_epoch(value)
    except (OverflowError, TypeError, IndexError, KeyError) as error:
        raise ValueError("a time out of range") from error
    raise ValueError("not a time")


def _from_text(text: str, day_first: bool) -> datetime:
    if _EPOCH.match(text):
        return _from_epoch(float(text) if "." in text else int(text))
    if text[:3].isalpha():
        return _from_words(text)
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        return _from_pieces(text, day_first)


def _from_words(text: str) -> datetime:
    """`Mon Apr 06 22:19:45 PDT 2009`, as Twitter and Unix write it; else what mail headers carry."""
    parts = text.split()
    if len(parts) != 6 or parts[1] not in MONTHS:
        return _in_utc(parsedate_to_datetime(text))
    _, month, day, clock, zone, year = parts
    hour, minute, second = clock.split(":")
    local = datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    return local - _offset(zone) if zone != "+0000" else local


def _offset(zone: str) -> timedelta:
    if zone.upper() in ZONES:
        return timedelta(hours=ZONES[zone.upper()])
    found = _OFFSET.match(zone)
    if not found:
        raise ValueError("an unknown time zone")
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return offset if found[1] == "+" else -offset


def _from_epoch(value: float) -> datetime:
    unit = next((unit for limit, unit in _EPOCH_UNITS if abs(value) < limit), None)
    if unit is None:
        raise ValueError("not a time")
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=value / unit)


def _from_pieces(text: str, day_first: bool) -> datetime:
    if found := _SLASHED.match(text):
        return _from_slashed(found, day_first or found[2] == ".")
    if found := _YEAR_FIRST.match(text):
        return _in_utc(datetime.fromisoformat(f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}{found[4]}"))
    if (found := _ISO_ZONE_NAME.match(text)) and found[2].upper() in ZONES:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) - _offset(found[2])
    if (found := _OFFSET.search(text)) and text[: found.start()].endswith(" "):  # 2009-04-07 05:19:45 +0000
        return datetime.fromisoformat(text[: found.start()].strip()).replace(tzinfo=UTC) - _offset(found[0])
    raise ValueError("not a time")


def _from_slashed(found: re.Match[str], day_first: bool) -> datetime:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    day, month = (first, second) if day_first else (second, first)
    hour = int(found[5] or 0)
    if found[8]:
        hour = hour % 12 + (12 if found[8].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(found[6] or 0), int(found[7] or 0), tzinfo=UTC)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_time(value: object) -> bool:
    """Whether `read_time` can read it, whichever way its days and months are written."""
    return _reads(value, False) or _reads(value, True)


def day_comes_first(values: list[str]) -> bool:
    """Whether dates such as 25/12/2020 in one column can only be read day first."""
    return any(_reads(value, True) and not _reads(value, False) for value in values)


def _reads(value: object, day_first: bool) -> bool:
    try:
        read_time(value, day_first=day_first)
    except ValueError:
        return False
    return True
