"""What can go wrong in `storage`.

StorageError
├── SchemaTooOld      the database has not been migrated
├── RowRefused        Postgres refused what a row holds
├── CaseRefused       a case is not in a state that allows this, or somebody else has it
└── StorageOutage     Postgres cannot be reached or gave up: the same work may succeed later
"""


class StorageError(Exception):
    """A sentence that says what is wrong with the database and what to do."""


class SchemaTooOld(StorageError):
    """The tables are missing or older than this code."""


class RowRefused(StorageError):
    """Postgres refused a row for what it holds; nothing was written."""


class CaseRefused(StorageError):
    """A move that a case does not allow as it stands; nothing was written."""


class StorageOutage(StorageError):
    """Postgres is away for now; nothing was written."""
