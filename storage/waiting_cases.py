"""Cases that nobody has claimed for too long."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from storage.budgets import TOLD
from storage.cases import COLUMNS, Case
from storage.silences import MATCHES

# a case is passed over while its subject or rule is silenced, and while only a digest to come will tell of it
_DUE = text(
    f"""
    SELECT {COLUMNS} FROM cases
    WHERE state IN ('open', 'escalated') AND level < :levels
    AND waiting_since + CASE severity WHEN 'high' THEN CAST(:high AS interval)
                                      WHEN 'medium' THEN CAST(:medium AS interval)
                                      ELSE CAST(:low AS interval) END <= :now
    AND NOT EXISTS (SELECT 1 FROM silences AS s, (SELECT cases.rule, cases.subject_kind, cases.subject) AS a
                    WHERE {MATCHES})
    AND ({TOLD} OR NOT EXISTS (SELECT 1 FROM case_alerts AS c JOIN outbox AS o ON o.alert_id = c.alert_id
                               WHERE c.case_id = cases.id AND o.state = 'digested'))
    ORDER BY opened_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
    """  # noqa: S608 fixed
)


def take_unclaimed(
    connection: Connection, now: datetime, unclaimed: Mapping[str, timedelta], levels: int, limit: int
) -> list[Case]:
    """Lock the cases that have waited longer than their severity may, oldest first, passing over those in hand.

    A severity that is not named waits for ever.
    """
    waits = {name: unclaimed.get(name) for name in ("high", "medium", "low")}
    rows = connection.execute(_DUE, {**waits, "now": now, "levels": levels, "limit": limit})
    return [Case(*row) for row in rows]
