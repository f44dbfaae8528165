"""`tideline models shadow` and `models compare`, with a real database and workers that follow them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from alerts.rules import load_rules
from models.classifier import Thousandths
from models.keywords import KeywordClassifier
from models.labels import EMOTIONS
from models.transfer.transfer import measured
from storage.challenger import begin_trial
from storage.database import make_engine, transaction
from storage.labels import AlertVerdict, PostVerdict, add_alert_verdicts, add_post_verdicts
from storage.progress import register_partitions
from stream.cli import main
from stream.health import Health
from stream.presence import Presence
from stream.settings import read_settings
from stream.wiring import build_pipeline
from tests.conftest import fresh_database
from tests.models.tiny import saved
from tests.stream.challengers import Gloomy, count, rows, trial
from tests.stream.helpers import KEY, NOW, PARTITIONS, TOPIC, batches, records, tick, to_log
from tests.stream.test_challenger import LOG, history, work

MODELS = Path(".tideline/models")


def configure(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Engine:
    for name, value in {
        "MODE": "demo", "DATABASE": engine.url.render_as_string(hide_password=False), "KAFKA": "127.0.0.1:1",
        "MODEL": "keywords", "LANGUAGES": '["en"]', "PSEUDONYM_KEY": KEY.decode(),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"TIDELINE_{name}", value)
    return engine


@pytest.fixture
def configured(ready: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return configure(monkeypatch, ready)


@pytest.fixture(scope="module")
def filled(postgres: str, migrated: str) -> Iterator[Engine]:
    """Gloomy beside the keywords, on everybody; read by several tests."""
    with fresh_database(postgres, migrated) as url:
        engine = make_engine(url)
        with transaction(engine) as connection:
            register_partitions(connection, TOPIC, PARTITIONS)
        trial(engine)
        work(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def compared(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    return configure(monkeypatch, filled)


def tideline(*words: str, code: int = 0) -> str:
    found = CliRunner().invoke(main, list(words))
    assert found.exit_code == code, found.output
    return found.output


def told(*words: str) -> Any:
    return json.loads(tideline(*words, "--json"))


def test_a_trained_model_is_tried_shown_compared_and_ended_by_commands(configured: Engine) -> None:
    version = saved(MODELS / "tiny", "tiny", seed=1).version
    assert told("models", "shadow") == {"trial": None, "workers": []}
    begun = told("models", "shadow", "tiny", "--share", "1", "--raw")
    assert (begun["challenger"], begun["against"]) == (version, {"en": "keywords-2"})
    pipeline = build_pipeline(read_settings(), configured)
    log = to_log([*records(300), tick(NOW)])
    reports = [pipeline.process(batch) for batch in batches(log, 100)]
    health = Health(Path("health"))
    health.challenger = reports[-1].challenger.as_dict() if reports[-1].challenger else None
    health.beat()
    assert json.loads(Path("health").read_text())["challenger"]["state"] == "scoring"
    Presence(configured, load_rules(None), dict, lambda: health.challenger).beat()
    (worker,) = told("models", "shadow")["workers"]
    assert worker["challenger"]["scored"] == count(configured, "shadow_points") > 200
    assert f"challenger {version}, 1 of the people, scoring" in tideline("status")
    found = told("models", "compare", "tiny")
    assert found["agreement"]["posts"] == count(configured, "shadow_points")
    assert found["exposure"]["missed"] == 0
    assert found["warm_up_days"] == 28
    assert "nobody has labelled" in " ".join(found["verdict"])
    assert told("models", "shadow", "--off") == {"ended": 1}
    assert "no challenger scores" in tideline("models", "shadow")
    assert "until" in tideline("models", "compare")


def test_what_cannot_be_a_challenger_is_refused_in_a_sentence(configured: Engine) -> None:
    saved(MODELS / "korean", "korean", seed=2, languages=("ko",))
    assert "knows none of the languages" in tideline("models", "shadow", "korean", code=1)
    assert "is in use already" in tideline("models", "shadow", "keywords", code=1)
    assert "There is no model 'nobody'" in tideline("models", "shadow", "nobody", code=1)
    assert "not both" in tideline("models", "shadow", "korean", "--off", code=2)
    assert "Invalid value" in tideline("models", "shadow", "korean", "--share", "0", code=2)
    assert "begin with `tideline models shadow" in tideline("models", "compare", code=1)
    assert count(configured, "shadow_trials") == 0


def test_scores_are_heard_on_the_scale_that_a_promotion_would_measure(configured: Engine) -> None:
    saved(MODELS / "tiny", "tiny", seed=1)
    assert told("models", "shadow", "tiny", "--share", "1")["transfer"] == ["en"]


class Faint(KeywordClassifier):
    """Sees what the champion sees at half the strength."""

    version = "faint-1"

    def emotions(self, texts: list[str]) -> Thousandths:  # type: ignore[override]
        scores = super().emotions(texts) // 2
        scores[:, EMOTIONS.index("neutral")] += 1000 - scores.sum(axis=1)
        return scores


def people_told(engine: Engine, table: str) -> set[object]:
    return {row[0] for row in rows(engine, f"SELECT id::text FROM {table}")}


def who(engine: Engine, column: str, table: str) -> set[object]:
    return {row[:2] for row in rows(engine, f"SELECT {column}::text, rule FROM {table}")}


OF_PEOPLE = "alerts WHERE subject_kind = 'person'"


@pytest.mark.parametrize("on_the_scale", [False, True])
def test_a_fainter_model_that_knows_as_much_raises_the_same_alerts_once_its_scale_is_known(
    ready: Engine, on_the_scale: bool
) -> None:
    texts = [str(post["text"]) for post in history()]
    transfer = measured(Faint().emotions(texts), KeywordClassifier().emotions(texts))
    curves = {"en": dict(transfer.curves)} if on_the_scale else None
    with transaction(ready) as connection:
        begin_trial(connection, Faint.version, 1.0, curves)
    work(ready, load=lambda _: Faint())
    found, expected = (
        who(ready, column, table) for column, table in (("person", "shadow_alerts"), ("subject", OF_PEOPLE))
    )
    assert (found == expected) is on_the_scale


def test_the_figures_are_those_of_the_two_models(compared: Engine) -> None:
    found = told("models", "compare", "--warm-up", "0s")
    english = found["languages"]["en"]
    both = rows(compared, "SELECT champion_scores, challenger_scores FROM shadow_points WHERE language = 'en'")
    same = sum(mine.index(max(mine)) == theirs.index(max(theirs)) for mine, theirs in both)  # type: ignore[attr-defined]
    assert english["same_label"] == pytest.approx(same / len(both))
    shift = sum(theirs[0] - mine[0] for mine, theirs in both) / len(both) / 1000  # type: ignore[index]
    assert english["shift"]["sadness"] == pytest.approx(shift)
    assert english["mix"]["joy"]["champion"] == english["mix"]["sadness"]["challenger"]
    assert english["correlation"]["fear"] == pytest.approx(1)
    alerts = found["alerts"]
    mine, theirs = people_told(compared, OF_PEOPLE), people_told(compared, "shadow_alerts")
    assert alerts["only_champion"] + alerts["both"] == len(mine)
    assert alerts["only_challenger"] <= len(theirs)
    assert alerts["champion_per_1000_days"]["value"] == pytest.approx(len(mine) / found["exposure"]["days"] * 1000)
    assert alerts["ratio"]["low"] < alerts["ratio"]["value"] < alerts["ratio"]["high"]
    assert set(found["rules"]) == {row[0] for row in rows(compared, "SELECT rule FROM shadow_alert_sides")}
    assert len(found["moved_most"]) == 10
    lines = tideline("models", "compare", "--warm-up", "0s")
    assert "same label on" in lines
    assert found["verdict"][1] in lines


def test_with_few_alerts_the_verdict_says_how_much_more_is_needed(compared: Engine) -> None:
    found = told("models", "compare", "--warm-up", "0s")
    assert "more person-days are needed" in found["verdict"][1] or "raises" in found["verdict"][1]
    nothing = told("models", "compare", "--warm-up", "30d")
    assert nothing["exposure"]["days"] == 0
    assert "too little to say" in nothing["verdict"][1]


def test_labels_and_judged_alerts_say_which_of_the_two_is_right(compared: Engine) -> None:
    keys = rows(
        compared, "SELECT key::text, champion_scores FROM shadow_points WHERE champion_scores[7] < 500 ORDER BY 1"
    )
    verdicts = [
        PostVerdict(str(key), "right", EMOTIONS[scores.index(max(scores))], "mia", NOW)  # type: ignore[attr-defined]
        for key, scores in keys
    ]
    alerts = sorted(map(str, people_told(compared, OF_PEOPLE)))
    with transaction(compared) as connection:
        add_post_verdicts(connection, verdicts, NOW)
        add_alert_verdicts(connection, [AlertVerdict(alert, "right", "mia", NOW) for alert in alerts[:3]])
    found = told("models", "compare", "--warm-up", "0s")
    posts, judged = found["labelled_posts"], found["judged_alerts"]
    assert (posts["posts"], posts["champion"]) == (len(keys), 1.0)
    assert posts["challenger"] < 1
    assert posts["p"] < 0.05
    assert "more than chance" in found["verdict"][0]
    assert (judged["judged"], judged["right"], judged["champion"]) == (3, 3, 1.0)
    assert "judged alerts: of 3 that were right" in tideline("models", "compare", "--warm-up", "0s")


class Inbox(BaseHTTPRequestHandler):
    got: list[str]

    def do_POST(self) -> None:
        self.server.got.append(self.rfile.read(int(self.headers["content-length"])).decode())  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    with HTTPServer(("127.0.0.1", 0), Inbox) as server:
        server.got = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        monkeypatch.setenv("TIDELINE_WEBHOOK_URL", f"http://127.0.0.1:{server.server_address[1]}/")
        yield server.got  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def test_what_the_challenger_would_have_raised_is_never_sent(compared: Engine, inbox: list[str]) -> None:
    tideline("deliver", "--once")
    sent = " ".join(inbox)
    only = people_told(compared, "shadow_alerts") - people_told(compared, "alerts")
    assert only
    assert inbox
    assert not [alert for alert in only if str(alert) in sent]
    assert Gloomy.version not in sent
    assert count(compared, "outbox") == count(compared, "alerts")


def test_expire_forgets_old_posts_alerts_and_whole_trials(configured: Engine) -> None:
    trial(configured)
    work(configured, LOG[:150])
    assert told("expire")["shadow"] == 0
    with transaction(configured) as connection:
        old = "now() - interval '91 days'"
        connection.execute(text(f"UPDATE shadow_points SET stored_at = {old}"))
        connection.execute(text(f"UPDATE shadow_trials SET began_at = {old}, ended_at = {old}"))
    points = count(configured, "shadow_points")
    assert told("expire")["shadow"] == points > 0
    tables = ("shadow_points", "shadow_states", "shadow_hours", "shadow_trials")
    assert [count(configured, table) for table in tables] == [0, 0, 0, 0]


def test_the_dashboards_views_hold_groups_and_no_pseudonym(compared: Engine) -> None:
    shown = rows(compared, "SELECT hour, champion, challenger, posts, agree, people, champion_joy, challenger_sadness "
                           "FROM dashboard.shadow_hours ORDER BY hour")  # fmt: skip
    assert shown
    assert all(row[5] >= 5 for row in shown)  # type: ignore[operator]
    assert all(row[6] == row[7] for row in shown)
    sides = {row[0] for row in rows(compared, "SELECT side FROM dashboard.shadow_alerts")}
    assert sides <= {"champion", "challenger", "both"}
    assert len(sides) > 1
    columns = rows(compared, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'dashboard' "
                             "AND table_name LIKE 'shadow%'")  # fmt: skip
    assert not {"person", "key", "id"} & {str(row[0]) for row in columns}
