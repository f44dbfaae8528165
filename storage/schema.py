"""All tables together. Each group of tables is in its own module; whoever needs the whole schema asks here."""

from storage import tables

METADATA = tables.Base.metadata
