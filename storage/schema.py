"""All tables together. Each group of tables is in its own module; whoever needs the whole schema asks here."""

from storage import case_tables, community_tables, delivery_tables, forecast_tables, tables, worker_tables

# importing a group enters its tables
GROUPS = (tables, case_tables, community_tables, delivery_tables, forecast_tables, worker_tables)
METADATA = tables.Base.metadata
