"""Among how many posts a sample was drawn."""

from datetime import datetime

from sqlalchemy import Connection, text

from models.labels import EMOTIONS

_LEADS = ", ".join(f"coalesce(sum(leads[{place}]), 0)::bigint" for place in range(1, len(EMOTIONS) + 1))


def posts_by_first_label(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """How many posts of these hours each emotion led, by every model that scored them."""
    statement = text(
        f"SELECT {_LEADS} FROM model_hours "  # noqa: S608 only numbers are formatted in
        "WHERE hour >= date_trunc('hour', CAST(:since AS timestamptz), 'UTC') AND hour <= :until"
    )
    return dict(zip(EMOTIONS, connection.execute(statement, {"since": since, "until": until}).one(), strict=True))
