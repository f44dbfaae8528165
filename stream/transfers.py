"""The scale on which detectors hear posts: a promoted model's scores pass the curves stored with its promotion."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from models.how import whole
from models.transfer.transfer import Transfer, from_knots
from storage.points import NewPoint
from storage.transfers import Spoken, StoredTransfer, Whose, read_offsets, read_transfers, transfers_stamp

Row = tuple[int, ...]


class Scale:
    """What is heard of each post. Versions without a transfer are heard as they are.

    >>> Scale().heard("bilstm-en-1@86bd39beda2a", "en", "somebody", (900, 0, 0, 0, 0, 0, 100))
    (900, 0, 0, 0, 0, 0, 100)
    """

    def __init__(self, transfers: Mapping[Spoken, Transfer] | None = None, offsets: Mapping[Whose, Row] | None = None):
        self._transfers = dict(transfers or {})
        self._offsets = offsets or {}
        self._found: dict[tuple[str, str | None], tuple[Spoken, Transfer | None]] = {}

    def heard(self, version: str, language: str | None, person: str, scores: Row) -> Row:
        """A post's scores as detectors hear them."""
        if not self._transfers:
            return scores
        spoken, transfer = self._found.get((version, language)) or self._find(version, language)
        if transfer is None:
            return scores
        return transfer.heard(scores, self._offsets.get((*spoken, person)) if self._offsets else None)

    def _find(self, version: str, language: str | None) -> tuple[Spoken, Transfer | None]:
        """In whatever precision the version was run."""
        spoken = whole(version), language or ""
        found = self._found[version, language] = spoken, self._transfers.get(spoken)
        return found

    def heard_of(self, point: NewPoint) -> Row | None:
        """None for a post without scores."""
        if point.scores is None or not self._transfers:
            return point.scores
        return self.heard(point.model, point.language, point.person, point.scores)

    def transfer_of(self, version: str, language: str) -> Transfer | None:
        return self._transfers.get((whole(version), language))

    def with_offsets(self, offsets: Mapping[Whose, Row]) -> "Scale":
        return Scale(self._transfers, offsets)


RAW = Scale()


def whole_scale(connection: Connection) -> Scale:
    """Everybody's, for what goes over all stored posts."""
    stored = read_transfers(connection)
    return _scale(stored).with_offsets(read_offsets(connection) if _personal(stored) else {})


class Scales:
    """The scale as it is now, for one worker: curves are kept, and read again when there are others.

    A transfer is stored before the pointer moves, so whoever scores with a new model finds it here.
    """

    def __init__(self) -> None:
        self._stamp = (0, 0)
        self._scale = RAW
        self._personal = False

    def now(self, connection: Connection, points: Iterable[NewPoint]) -> Scale:
        """For the posts of one batch."""
        stamp = transfers_stamp(connection)
        if stamp != self._stamp:
            stored = read_transfers(connection)
            self._stamp, self._scale, self._personal = stamp, _scale(stored), _personal(stored)
        if not self._personal:
            return self._scale
        return self._scale.with_offsets(read_offsets(connection, {point.person for point in points}))


def _scale(stored: Sequence[StoredTransfer]) -> Scale:
    return Scale({(each.version, each.language): from_knots(each.curves) for each in stored})


def _personal(stored: Sequence[StoredTransfer]) -> bool:
    return any(each.people for each in stored)
