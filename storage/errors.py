"""What can go wrong in `storage`.

StorageError
├── SchemaTooOld      the database has not been migrated
└── StorageOutage     Postgres cannot be reached or gave up: the same work may succeed later
"""


class StorageError(Exception):
    """A sentence that says what is wrong with the database and what to do."""


class SchemaTooOld(StorageError):
    """The tables are missing or older than this code."""


class RowRefused(StorageError):
    """Postgres refused a row for what it holds; nothing was written."""


class StorageOutage(StorageError):
    """Postgres is away for now; nothing was written."""
