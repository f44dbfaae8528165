"""Which judged posts may not be learned from, counted by reason."""

from datetime import datetime

from sqlalchemy import Connection, text

_REASONS = text(
    """
    SELECT language, reason, count(*) FROM (
        SELECT v.language, CASE
            WHEN EXISTS (SELECT 1 FROM opt_outs WHERE opt_outs.person = v.person) THEN 'author opted out'
            WHEN NOT v.named THEN 'unsure or skipped'
            WHEN NOT v.agreed THEN 'no consent'
            WHEN NOT EXISTS (SELECT 1 FROM label_texts AS t WHERE t.key = v.key AND t.expires_at > :now)
                THEN 'words no longer kept'
            END AS reason
        FROM (
            SELECT key, person, language, bool_or(emotion IS NOT NULL) AS named,
                bool_or(emotion IS NOT NULL AND consent) AS agreed
            FROM standing_post_verdicts GROUP BY key, person, language
        ) AS v
    ) AS found WHERE reason IS NOT NULL GROUP BY language, reason ORDER BY language, reason
    """
)


def not_learnable(connection: Connection, now: datetime) -> dict[tuple[str, str], int]:
    """(language, reason) → judged posts that `eligible_texts` leaves out; a post has the first reason that holds."""
    found = connection.execute(_REASONS, {"now": now})
    return {(str(language or ""), str(reason)): int(count) for language, reason, count in found}
