"""A person leaves what is about many: what channels remember, and what alerts about channels name.

The name of a post is no secret to whoever can see the post, so it goes as well, with the score beside it.
"""

import uuid
from collections.abc import Set
from typing import Any

import orjson
from sqlalchemy import Connection, text

from storage.states import all_states, save_states

_KEYS = text("SELECT key::text FROM points WHERE person = :person")
_NAMING = text(
    "SELECT id::text, evidence FROM alerts WHERE subject_kind <> 'person' AND EXISTS "
    "(SELECT 1 FROM jsonb_array_elements(evidence->'posts') AS post WHERE post->>'key' = ANY(:keys)) FOR UPDATE"
)
_REWRITE = text("UPDATE alerts SET evidence = CAST(:evidence AS jsonb) WHERE id = CAST(:id AS uuid)")


def leave_crowds(connection: Connection, person: str) -> None:
    """For who holds the channels' lock, while the person's points are still there."""
    keys = set(connection.execute(_KEYS, {"person": person}).scalars())
    gone: set[str | bytes] = {person, *(uuid.UUID(key).bytes for key in keys)}
    before = all_states(connection, "channel_states")
    after = {channel: without(state, gone) for channel, state in before.items()}
    save_states(connection, "channel_states", {name: after[name] for name in after if after[name] != before[name]})
    for alert, evidence in connection.execute(_NAMING, {"keys": sorted(keys)}).all():
        left = orjson.dumps(unnamed(evidence, keys)).decode()
        connection.execute(_REWRITE, {"id": alert, "evidence": left})


def without(value: Any, gone: Set[str | bytes]) -> Any:
    """
    >>> without({"crowd": [["ada", 1], ["bob", 2]], "posts": [[b"1", 0.5]]}, {"ada", b"1"})
    {'crowd': [['bob', 2]], 'posts': []}
    """
    if isinstance(value, dict):
        return {name: without(each, gone) for name, each in value.items()}
    if isinstance(value, list):
        return [without(each, gone) for each in value if not _names(each, gone)]
    return value


def unnamed(evidence: dict[str, Any], keys: Set[str]) -> dict[str, Any]:
    """What these posts gave goes to the rest, so that the parts still sum to the statistic.

    >>> unnamed({"posts": [{"key": "a", "contribution": 1.5}, {"key": "b", "contribution": 1}], "rest": 0.5}, {"a"})
    {'posts': [{'key': 'b', 'contribution': 1}], 'rest': 2.0}
    """
    posts = evidence["posts"]
    given = sum(post["contribution"] for post in posts if post["key"] in keys)
    return evidence | {
        "posts": [post for post in posts if post["key"] not in keys],
        "rest": round(evidence["rest"] + given, 9),
    }


def _names(value: Any, gone: Set[str | bytes]) -> bool:
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, str | bytes) and part in gone for part in parts)
