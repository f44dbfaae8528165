"""What several tests of the stream begin with."""

import pytest
from sqlalchemy import Engine

from storage.database import transaction
from storage.progress import register_partitions
from tests.stream.helpers import PARTITIONS, TOPIC


@pytest.fixture
def ready(engine: Engine) -> Engine:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    return engine
