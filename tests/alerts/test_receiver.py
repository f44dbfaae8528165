"""The receiver in docs/receiver.py, as somebody would copy and run it, against real deliveries."""

import base64
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from urllib3 import PoolManager, Retry

from alerts.delivery.loop import deliver
from alerts.delivery.webhook import body_of, headers_of, split_secrets
from tests.alerts.sending import SECRET, config, endpoint, message, put

FILE = Path(__file__).parents[2] / "docs" / "receiver.py"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = "whsec_" + base64.b64encode(SECRET.encode()).decode()
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, str(FILE), str(port)], cwd=folder, env=os.environ | {"WEBHOOK_SECRET": secret},
            stdout=said, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    try:
        PoolManager().request("GET", url, retries=Retry(connect=60, backoff_factor=0.05, backoff_max=0.5))
        yield url
    finally:
        process.kill()
        process.wait()


def test_the_receiver_in_the_docs_takes_each_message_once_and_over_a_restart(engine: Engine, tmp_path: Path) -> None:
    with running(tmp_path) as url:
        endpoint(engine, url, clock=None)
        put(engine, [message(1), message(2)], datetime.now(UTC))
        assert deliver(engine, config(), once=True).delivered == 2
        body = body_of({"type": "alert.raised"})
        headers = headers_of(split_secrets(SECRET), "message-1", int(datetime.now(UTC).timestamp()), body)
        post = PoolManager().request
        assert post("POST", url, body=body, headers=headers).status == 204
        for wrong in ({"webhook-id": "message-9"}, {"webhook-timestamp": "1000"}, {"webhook-signature": ""}):
            assert post("POST", url, body=body, headers=headers | wrong).status == 401
        assert post("POST", url, body=body + b" ", headers=headers).status == 401
    with running(tmp_path) as url:
        assert PoolManager().request("POST", url, body=body, headers=headers).status == 204
    seen = sqlite3.connect(tmp_path / "seen.db")
    assert sorted(row[0] for row in seen.execute("SELECT id FROM seen")) == ["message-1", "message-2"]
    seen.close()


def test_the_receiver_in_the_docs_is_short() -> None:
    lines = FILE.read_text().split('"""')[2].splitlines()
    code = [line for line in lines if line.strip() and not line.startswith(("import", "from"))]
    assert len(code) <= 30
