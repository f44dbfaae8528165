"""The signing secrets of endpoints, sealed. While one replaces another, both sign."""

from datetime import datetime

from sqlalchemy import Connection, text


def read_secrets(connection: Connection, endpoint: str, now: datetime) -> list[bytes]:
    """The secrets that sign now, the newest first."""
    statement = text(
        "SELECT secret FROM endpoint_secrets WHERE endpoint = :endpoint "
        "AND (expires_at IS NULL OR expires_at > :now) ORDER BY id DESC"
    )
    return [bytes(found) for found in connection.execute(statement, {"endpoint": endpoint, "now": now}).scalars()]


def put_secret(connection: Connection, endpoint: str, secret: bytes, now: datetime, keep_old: datetime) -> None:
    """A new secret signs from now on; the old ones go on until `keep_old`."""
    values = {"endpoint": endpoint, "secret": secret, "now": now, "until": keep_old}
    connection.execute(
        text(
            "UPDATE endpoint_secrets SET expires_at = least(coalesce(expires_at, :until), :until) "
            "WHERE endpoint = :endpoint"
        ),
        values,
    )
    connection.execute(
        text("INSERT INTO endpoint_secrets (endpoint, secret, created_at) VALUES (:endpoint, :secret, :now)"), values
    )


def forget_expired(connection: Connection, now: datetime) -> int:
    """Secrets whose time is over are of use to nobody but a thief."""
    return connection.execute(text("DELETE FROM endpoint_secrets WHERE expires_at <= :now"), {"now": now}).rowcount


def sealed_secrets(connection: Connection) -> list[tuple[int, bytes]]:
    """Every secret there is, with its number, to be sealed anew."""
    rows = connection.execute(text("SELECT id, secret FROM endpoint_secrets ORDER BY id FOR UPDATE"))
    return [(row.id, bytes(row.secret)) for row in rows]


def write_secret(connection: Connection, number: int, secret: bytes) -> None:
    values = {"id": number, "secret": secret}
    connection.execute(text("UPDATE endpoint_secrets SET secret = :secret WHERE id = :id"), values)
