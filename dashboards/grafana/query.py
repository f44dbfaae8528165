"""The query of Grafana's Postgres data source, which its SDK leaves to us."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.dashboard import AnnotationTarget, DataSourceRef

from dashboards.panel import Role

TYPE = "grafana-postgresql-datasource"
SOURCES: dict[Role, str] = {"tideline_dashboard": "tideline", "tideline_person": "tideline-person"}
"""Role → uid of the data source that logs in as it."""


def source(role: Role) -> DataSourceRef:
    return DataSourceRef(TYPE, SOURCES[role])


class PostgresQuery(Dataquery):
    """SQL as it stands; `series` asks for a time series, otherwise for a table."""

    def __init__(self, sql: str, ref: str, role: Role, *, series: bool) -> None:
        self.sql, self.ref, self.role, self.series = sql.strip(), ref, role, series

    def to_json(self) -> dict[str, object]:
        return {
            "datasource": source(self.role),
            "editorMode": "code",
            "format": "time_series" if self.series else "table",
            "rawQuery": True,
            "rawSql": self.sql,
            "refId": self.ref,
        }


class Built(Builder[Dataquery]):
    """A query is complete as it is; the SDK asks for builders."""

    def __init__(self, query: PostgresQuery) -> None:
        self._query = query

    def build(self) -> Dataquery:
        return self._query


class MarkTarget(AnnotationTarget):
    """The query of an annotation. The schema leaves it open; the SDK's class knows only Grafana's own events."""

    def __init__(self, query: PostgresQuery) -> None:
        super().__init__(limit=100, tags=[], type_val="", match_any=False)
        self._query = query

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), **self._query.to_json()}
