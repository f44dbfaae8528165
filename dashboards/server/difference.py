"""Where two JSON values differ, as paths a person can follow."""

from collections.abc import Iterator
from typing import Any

SERVERS_OWN = ("id", "version")
"""What Grafana adds to a dashboard by itself."""


def without_servers_own(dashboard: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in dashboard.items() if name not in SERVERS_OWN}


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """
    >>> list(differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}], "c": 0}))
    ['a.1.b', 'c']
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted({*ours, *theirs}):
            yield from _inside(ours.get(name, _GONE), theirs.get(name, _GONE), _join(path, name))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for place, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, _join(path, str(place)))
    elif ours != theirs:
        yield path or "everything"


_GONE = object()


def _inside(one: Any, other: Any, path: str) -> Iterator[str]:
    if one is _GONE or other is _GONE:
        yield path
    else:
        yield from differences(one, other, path)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
