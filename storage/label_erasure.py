"""Labels leave with the person, or when their time is over. The only place that deletes a verdict."""

from datetime import datetime

from sqlalchemy import Connection, text

_ERASING = text("SELECT set_config('tideline.erasing', :value, true)")  # until the transaction ends
_OF_PERSON = ("post_verdicts", "alert_verdicts", "label_texts", "golden_posts", "label_leases")
_NAMING = ("post_verdicts", "alert_verdicts", "golden_posts")


def erase_labels(connection: Connection, person: str) -> None:
    """Forget every verdict about a person's posts and alerts, and their words; other reasons no longer name them."""
    connection.execute(_ERASING, {"value": "on"})
    for table in _OF_PERSON:
        connection.execute(text(f"DELETE FROM {table} WHERE person = :person"), {"person": person})  # noqa: S608 fixed
    for table in _NAMING:
        unnamed = f"UPDATE {table} SET reason = NULL WHERE strpos(lower(reason), :person) > 0"  # noqa: S608 fixed
        connection.execute(text(unnamed), {"person": person})
    connection.execute(_ERASING, {"value": "off"})


def expire_label_texts(connection: Connection, now: datetime) -> int:
    """Delete the words of labelled posts whose time is over, and leases that ran out; the verdicts stay."""
    connection.execute(text("DELETE FROM label_leases WHERE until <= :now"), {"now": now})
    return connection.execute(text("DELETE FROM label_texts WHERE expires_at <= :now"), {"now": now}).rowcount
