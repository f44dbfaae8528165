"""What the page is made of: every panel asked in one snapshot that nobody can write in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import Connection, Engine

from dashboards.alerts.page import ALERTS
from dashboards.community.page import COMMUNITY
from dashboards.model.page import MODEL
from dashboards.operations.page import OPERATIONS
from storage.database import transaction
from storage.report import Extent, read_extent
from stream.report.ask import take_role
from stream.report.people import People, read_people
from stream.report.scene import Stretch
from stream.report.sections import Section, read_section
from stream.report.stretches import event_stretch, person_stretch, wall_stretch
from stream.report.wanted import EVERYTHING, Wanted

DASHBOARDS = (COMMUNITY, ALERTS, OPERATIONS, MODEL)


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything on the page."""

    made_at: datetime
    wanted: Wanted
    extent: Extent
    stretch: Stretch
    sections: Sequence[Section] = ()
    people: People | None = None
    own_rights: bool = False  # the roles of dashboards could not be taken

    @property
    def empty(self) -> bool:
        return self.extent.first is None

    @property
    def failed(self) -> list[str]:
        """The panels that could not be drawn, each with its section."""
        found = [f"{section.dashboard.title}: {title}" for section in self.sections for title in section.failed]
        return [*found, *(self.people.failures if self.people else [])]


def gather(engine: Engine, now: datetime, wanted: Wanted = EVERYTHING) -> ReportData:
    """Read it all in one snapshot."""
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _read(connection, now, wanted)


def _read(connection: Connection, now: datetime, wanted: Wanted) -> ReportData:
    extent = read_extent(connection)
    event, wall = event_stretch(extent, wanted), wall_stretch(extent, wanted, now)
    if extent.first is None:
        return ReportData(now, wanted, extent, event)
    names = count(1)
    own_rights = not take_role(connection, "tideline_dashboard")
    sections = [
        read_section(connection, each, wall if each.clock == "wall" else event, names, wanted.channels)
        for each in DASHBOARDS
    ]
    people = read_people(connection, person_stretch(event), names) if wanted.people else None
    return ReportData(now, wanted, extent, event, sections, people, own_rights)
