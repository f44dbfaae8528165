"""All tables together. Each group of tables is in its own module; whoever needs the whole schema asks here."""

from storage import (
    case_tables,
    challenger_tables,
    community_tables,
    decision_tables,
    delivery_tables,
    drift_tables,
    forecast_tables,
    label_tables,
    promotion_tables,
    rollup_tables,
    tables,
    worker_tables,
)

# importing a group enters its tables
GROUPS = (
    case_tables,
    challenger_tables,
    community_tables,
    decision_tables,
    delivery_tables,
    drift_tables,
    forecast_tables,
    label_tables,
    promotion_tables,
    rollup_tables,
    tables,
    worker_tables,
)
METADATA = tables.Base.metadata
