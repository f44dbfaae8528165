"""The dashboards as sections of the page: their panels asked, their moments marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.panel import Annotation, Dashboard, Panel
from stream.report.ask import Answer, Asker, take_role
from stream.report.choices import choose, focused
from stream.report.close_ups import close_ups
from stream.report.scene import Mark, Scene, Stretch

SIGNS = ("▼", "◆", "■")
_ELSEWHERE = ("stored",)  # says how far posts reach, as the head of the page does
_BESIDE_ALERTS = "alerts"  # the panel that close-ups stand behind
Drawn = tuple[Answer, Scene]


@dataclass(frozen=True, slots=True)
class Section:
    """One dashboard, asked."""

    dashboard: Dashboard
    scene: Scene
    rows: tuple[tuple[str, tuple[Drawn, ...]], ...]
    legend: tuple[tuple[str, str, int], ...]  # sign, what it marks, how many

    @property
    def failed(self) -> list[str]:
        return [answer.panel.title for _, drawn in self.rows for answer, _ in drawn if answer.failed]


def read_section(
    connection: Connection, dashboard: Dashboard, stretch: Stretch, names: Iterator[int], channels: Sequence[str]
) -> Section:
    """Asked with the dashboard's own role where that may be taken."""
    take_role(connection, dashboard.role)
    asker = choose(dashboard, Asker(connection, stretch, {}), channels)
    marks = {sign: _marks(note, sign, asker) for sign, note in zip(SIGNS, dashboard.annotations, strict=False)}
    scene = Scene(stretch, tuple(mark for each in marks.values() for mark in each), names)
    legend = tuple(
        (sign, note.name, len(marks[sign])) for sign, note in zip(SIGNS, dashboard.annotations, strict=False)
    )
    rows = tuple((row.title, tuple(_answers(row.panels, asker, scene))) for row in dashboard.rows)
    return Section(dashboard, scene, rows, legend)


def _answers(panels: Sequence[Panel], asker: Asker, scene: Scene) -> Iterator[Drawn]:
    for panel in panels:
        if panel.key in _ELSEWHERE:
            continue
        for each in focused(panel, asker):
            focus, channels = str(each.values.get("focus", "")), each.values.get("channel", ())
            yield each.ask(panel), scene if each is asker else scene.about(focus, channels)
        if panel.key == _BESIDE_ALERTS:
            yield from close_ups(asker, scene)


def _marks(annotation: Annotation, sign: str, asker: Asker) -> list[Mark]:
    return [Mark(row["time"], str(row["text"]), sign) for row in asker.attempt(annotation.sql) or []]
