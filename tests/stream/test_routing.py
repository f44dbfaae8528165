"""Two models in one stream: each language goes to its own, and everything promised of one model holds for both."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from models.errors import ModelError, ModelUnusable
from models.load import DEFAULTS, SHIPPED, load_classifier
from models.saved import read_manifest
from storage.database import transaction
from storage.dead_letters import list_dead_letters
from stream.cli import main
from stream.errors import SettingsInvalid
from stream.health import Health
from stream.messages import Message
from stream.metrics import Metrics
from stream.pipeline import Pipeline
from stream.routes import Router
from stream.settings import Settings, read_settings
from stream.verify import Verdict, verify
from stream.wiring import build_oracle, build_pipeline
from tests.models.tiny import amend, saved
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, batches, record, spike, tick, to_log

MODELS = Path(".tideline/models")
WORDS = {
    "en": ["i feel so sad and hopeless today", "what a happy morning", "lol 진짜? i can't believe this happened"],
    "ko": ["오늘 너무 슬퍼요", normalize("NFD", "정말 행복하다"), "ㅋㅋㅋ", "오늘 너무 happy 해요", "ﾡﾡ ﾾￂ"],
    "es": ["estoy muy triste hoy y no quiero ver a nadie"],
    None: [" ", "https://t.co/x"],
}


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Three tiny models in the registry, by name; the first two stand in for those that ship."""
    monkeypatch.setattr("stream.routes.DEFAULTS", {"en": "english", "ko": "korean"})
    made = {"english": ("en",), "korean": ("ko",), "both": ("en", "ko"), "german": ("de",)}
    return {
        name: saved(MODELS / name, name, seed, languages=languages).version
        for seed, (name, languages) in enumerate(made.items())
    }


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, database_url: str, shelf: dict[str, str]) -> Settings:
    """English by the model that was chosen, Korean by the one that ships."""
    assert shelf
    monkeypatch.setenv("TIDELINE_MODE", "demo")
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    use("english")
    return read_settings()


def use(name: str) -> None:
    result = CliRunner().invoke(main, ["models", "use", name])
    assert result.exit_code == 0, result.output


def history(count: int = 400) -> list[dict[str, Any]]:
    """Every language in turn, so that each batch of a few holds them all; and an angry hour in both languages."""
    kinds = [(language, words) for language, posts in WORDS.items() for words in posts]
    made = [record(number, text=f"{kinds[number % len(kinds)][1]} {number % 40}".strip()) for number in range(count)]
    for number, post in enumerate(made):
        if kinds[number % len(kinds)][0] is None:
            post["text"] = kinds[number % len(kinds)][1]
    angry = spike(50_000, NOW.replace(month=5, day=20, hour=12))
    for post in angry[::2]:
        post["text"] = f"진짜 화나고 짜증나 {post['id']}"
    return [*made, *angry, tick(NOW)]


def log_of(size: int = 100) -> list[Sequence[Message]]:
    return batches(to_log(history()), size)


def processed(pipeline: Pipeline, log: Sequence[Sequence[Message]]) -> None:
    for batch in log:
        pipeline.process(batch)


def stored(engine: Engine) -> dict[str, tuple[Any, ...]]:
    with transaction(engine) as connection:
        rows = connection.execute(text("SELECT key::text, language, abstained, scores, model FROM points"))
        return {row[0]: tuple(row[1:]) for row in rows}


def checked(settings: Settings, engine: Engine) -> Verdict:
    oracle = build_oracle(settings, engine, PARTITIONS, frozenset())
    return verify(engine, TOPIC, oracle.run([message for batch in log_of() for message in batch]))


def versions(**changes: Any) -> dict[str, str]:
    return Router(read_settings(**changes)).route().versions


def test_each_language_of_a_batch_is_scored_by_its_own_model_and_the_rest_by_none(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    report = build_pipeline(settings, ready).process([message for batch in log_of() for message in batch])
    assert report.models == {"en": shelf["english"], "ko": shelf["korean"]}
    points = {(language, abstained, model) for language, abstained, _, model in stored(ready).values()}
    assert points == {
        ("en", None, shelf["english"]),
        ("ko", None, shelf["korean"]),
        ("es", "language", shelf["english"]),
        (None, "no_text", shelf["english"]),
    }


def test_points_hold_the_scores_of_the_model_they_name(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    processed(build_pipeline(settings, ready), log_of())
    for name, language in (("english", "en"), ("korean", "ko")):
        with transaction(ready) as connection:
            rows = connection.execute(
                text(
                    "SELECT post_texts.text, scores FROM points JOIN post_texts USING (key) "
                    "WHERE language = :language AND scores IS NOT NULL"
                ),
                {"language": language},
            ).all()
        classifier = load_classifier(shelf[name], settings.models_folder)
        assert len(rows) > 50
        assert classifier.emotions([row[0] for row in rows]).tolist() == [row[1] for row in rows]


@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_neither_the_size_of_batches_nor_the_order_in_them_changes_a_score(
    ready: Engine, settings: Settings, size: int
) -> None:
    log = to_log(history(60)[:60])
    alone = build_pipeline(settings, ready).reader
    expected = {
        read.record.key: (read.record.language, read.record.abstained, read.record.scores, read.record.model)
        for message in log
        for read in alone.score(alone.read([message], lambda _: set()), [message])
    }  # fmt: skip
    random.Random(size).shuffle(log)
    processed(build_pipeline(settings, ready), batches(log, size))
    found = {
        key: (lang, gone, scores and tuple(scores), model) for key, (lang, gone, scores, model) in stored(ready).items()
    }
    assert found == expected


@pytest.mark.parametrize("size", [7, 100])
def test_verify_finds_no_difference_with_two_models_in_one_stream(
    ready: Engine, settings: Settings, shelf: dict[str, str], size: int
) -> None:
    processed(build_pipeline(settings, ready), log_of(size))
    verdict = checked(settings, ready)
    assert verdict.differences == 0, verdict.examples
    assert set(verdict.models) == {shelf["english"], shelf["korean"]}
    assert min(verdict.compared["person_states"], verdict.compared["channel_states"]) > 0


def test_verify_finds_no_difference_after_a_switch_and_a_restart(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    log = log_of(60)
    pipeline = build_pipeline(settings, ready)
    processed(pipeline, log[:3])
    use("both")
    processed(pipeline, log[3:5])
    processed(build_pipeline(settings, ready), log[5:])
    use("english")
    verdict = checked(settings, ready)
    assert verdict.differences == 0, verdict.examples
    assert set(verdict.models) == {shelf["english"], shelf["korean"], shelf["both"]}


def test_rebuild_after_two_models_changes_nothing(ready: Engine, settings: Settings) -> None:
    processed(build_pipeline(settings, ready), log_of())
    result = CliRunner().invoke(main, ["rebuild", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["alerts_new"] == json.loads(result.stdout)["alerts_superseded"] == 0
    assert checked(settings, ready).differences == 0


def test_a_language_goes_to_its_route_then_to_the_main_model_then_to_what_ships(shelf: dict[str, str]) -> None:
    english, korean, both = shelf["english"], shelf["korean"], shelf["both"]
    assert versions(model="english") == {"en": english, "ko": korean}
    assert versions(model="korean") == {"en": english, "ko": korean}
    assert versions(model="both") == {"en": both, "ko": both}
    assert versions(model="both", routes={"ko": "korean"}) == {"en": both, "ko": korean}
    assert versions(model="english", routes={"en": "both", "ko": "both"}) == {"en": both, "ko": both}
    assert versions(model="keywords") == {"en": "keywords-2", "ko": "keywords-2"}
    assert versions(model="keywords", routes={"ko": korean}) == {"en": "keywords-2", "ko": korean}
    assert versions(model="german", routes={"de": "german"}, languages=["de", "ko"]) == {
        "de": shelf["german"],
        "ko": korean,
    }


def test_a_model_that_scores_two_languages_is_opened_once(shelf: dict[str, str]) -> None:
    routing = Router(read_settings(model="both", routes={"ko": shelf["both"], "en": str(MODELS / "both")})).route()
    assert routing.table["en"] is routing.table["ko"] is routing.main


def test_a_route_may_follow_what_models_use_chose_while_the_main_model_is_pinned(
    ready: Engine, settings: Settings, shelf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    use("korean")
    monkeypatch.setenv("TIDELINE_MODEL", "english")
    monkeypatch.setenv("TIDELINE_ROUTES", '{"ko": "default"}')
    pipeline, log = build_pipeline(read_settings(), ready), log_of()
    assert pipeline.process(log[0]).models == {"en": shelf["english"], "ko": shelf["korean"]}
    use("both")
    assert pipeline.process(log[1]).models == {"en": shelf["english"], "ko": shelf["both"]}
    use("german")
    report = pipeline.process(log[2])
    assert report.models == {"en": shelf["english"], "ko": shelf["both"]}
    assert "does not know ko" in str(report.model_refused)


def test_a_new_main_model_takes_the_languages_it_knows_and_what_ships_keeps_the_others(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    pipeline, log = build_pipeline(settings, ready), log_of()
    assert pipeline.process(log[0]).models == {"en": shelf["english"], "ko": shelf["korean"]}
    use("both")
    report = pipeline.process(log[1])
    assert (report.model, report.models) == (shelf["both"], {"en": shelf["both"], "ko": shelf["both"]})
    use("korean")
    report = pipeline.process(log[2])
    assert (report.model, report.models) == (shelf["korean"], {"en": shelf["english"], "ko": shelf["korean"]})
    assert report.model_refused is None


def test_a_broken_choice_leaves_every_language_with_the_model_it_had(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    pipeline, log = build_pipeline(settings, ready), log_of()
    before = pipeline.process(log[0]).models
    use("both")
    amend(MODELS / "both", lambda document: document.pop("temperature"))
    report = pipeline.process(log[1])
    assert report.models == before == {"en": shelf["english"], "ko": shelf["korean"]}
    assert "lacks or misstates" in str(report.model_refused)


def test_a_model_that_knows_nothing_that_is_scored_is_not_taken_up(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    pipeline = build_pipeline(settings, ready)
    use("german")
    report = pipeline.process(log_of()[0])
    assert report.model == shelf["english"]
    assert "does not know en or ko" in str(report.model_refused)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"routes": {"ko": "english"}}, "does not know ko, but TIDELINE_ROUTES sends ko to english"),
        (
            {"routes": {"ko": "default"}, "model": "english"},
            "does not know ko, but TIDELINE_ROUTES sends ko to default",
        ),
        ({"routes": {"de": "german"}}, "TIDELINE_LANGUAGES does not name"),
        ({"languages": ["en", "de"]}, "no model is known for the language de: give it one in TIDELINE_ROUTES"),
        ({"model": "german"}, "does not know en or ko: choose a model that knows one"),
        ({"model": "korean", "languages": ["en"]}, "does not know en: choose a model"),
        ({"model": "german", "routes": {"en": "english"}}, "does not know ko: choose a model"),
    ],
)
def test_routes_that_cannot_be_meant_are_refused_in_a_sentence_that_says_what_to_do(
    shelf: dict[str, str], changes: dict[str, Any], says: str
) -> None:
    assert shelf
    use("english")
    with pytest.raises(SettingsInvalid, match=says) as caught:
        versions(**changes)
    assert "\n" not in str(caught.value)


def test_a_route_to_a_model_that_is_not_there_is_refused(shelf: dict[str, str]) -> None:
    assert shelf
    with pytest.raises(ModelUnusable, match="no model 'nowhere'"):
        versions(routes={"ko": "nowhere"})


@pytest.mark.parametrize("value", ["ko=korean", '["ko"]', '{"ko": 1}', "{"])
def test_routes_that_are_no_json_object_of_names_are_one_sentence(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_ROUTES", value)
    with pytest.raises(SettingsInvalid, match="TIDELINE_ROUTES") as caught:
        read_settings()
    assert "\n" not in str(caught.value)


def test_routes_can_be_written_in_the_settings_file(shelf: dict[str, str]) -> None:
    Path("tideline.toml").write_text('model = "english"\n[routes]\nko = "both"\n')
    assert versions() == {"en": shelf["english"], "ko": shelf["both"]}


def test_the_default_languages_are_those_of_the_models_that_ship() -> None:
    assert read_settings().languages == set(DEFAULTS)
    for language, name in DEFAULTS.items():
        assert language in read_manifest(SHIPPED / name).languages


def test_the_keyword_double_reads_both_languages_without_torch() -> None:
    program = (
        "import sys; from stream.settings import read_settings; from stream.wiring import build_reader\n"
        "reader = build_reader(read_settings(mode='demo', model='keywords')); print(reader.routing.versions)\n"
        "print('torch' in sys.modules)"
    )
    root = str(Path(__file__).parents[2])
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={"PYTHONPATH": root})
    assert found.stdout.splitlines() == ["{'en': 'keywords-2', 'ko': 'keywords-2'}", "False"], found.stderr


def test_metrics_count_posts_by_language_and_never_by_what_a_producer_wrote(
    ready: Engine, settings: Settings, shelf: dict[str, str]
) -> None:
    posts = history(90)[:90]
    posts[0]["language"], posts[1]["language"] = "a canary, no", "qya"
    metrics, pipeline = Metrics(), build_pipeline(settings, ready)
    report = pipeline.process(to_log(posts))
    metrics.note(report)
    metrics.note(pipeline.process(to_log(posts)))  # all of them known by now: nothing is counted twice
    counted = {
        (sample.labels["language"], sample.labels["outcome"]): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "tideline_language_posts_total"
    }
    assert set(counted) == {("en", "scored"), ("ko", "scored"), ("other", "abstained")}
    assert sum(counted.values()) == 90
    assert counted["ko", "scored"] > counted["en", "scored"] > 20
    labels = {
        (sample.labels["language"], sample.labels["model"])
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "tideline_language_model"
    }
    assert labels == {("en", shelf["english"]), ("ko", shelf["korean"])}


def test_the_health_file_names_the_model_of_each_language(tmp_path: Path) -> None:
    health = Health(tmp_path / "health")
    health.models = {"en": "a@1", "ko": "b@2"}
    health.beat()
    assert json.loads((tmp_path / "health").read_text())["models"] == {"en": "a@1", "ko": "b@2"}


def test_a_dead_letter_names_the_model_that_could_not_score_it(
    ready: Engine, settings: Settings, shelf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = build_pipeline(settings, ready)
    korean: Any = pipeline.reader.routing.table["ko"]
    whole = korean.emotions

    def allergic(texts: Sequence[str]) -> Any:
        if any("독" in words for words in texts):
            raise RuntimeError("cannot")
        return whole(texts)

    monkeypatch.setattr(korean, "emotions", allergic)
    posts = history(30)[:30]
    posts[4]["text"] = "이것은 독이다"
    report = pipeline.process(to_log(posts))
    assert (report.written.set_aside, report.written.stored) == (1, 29)
    with transaction(ready) as connection:
        (letter,) = list_dead_letters(connection)
        model = connection.execute(text("SELECT model FROM dead_letters")).scalar_one()
    assert letter.reason == "unscorable"
    assert model == shelf["korean"]


def test_doctor_tries_the_model_of_every_language(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings
    assert "en by english@" in doctor()["says"]
    assert ", ko by korean@" in doctor()["says"]
    monkeypatch.setenv("TIDELINE_ROUTES", '{"ko": "english"}')
    assert not doctor()["ok"]
    assert "does not know ko" in doctor()["says"]
    monkeypatch.setenv("TIDELINE_ROUTES", '{"ko": "nowhere"}')
    assert "no model 'nowhere'" in doctor()["says"]


def doctor() -> dict[str, Any]:
    checks = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).stdout)["checks"]
    found: dict[str, Any] = next(check for check in checks if check["what"] == "routes")
    return found


def test_status_counts_posts_by_language_and_says_where_each_language_goes(
    ready: Engine, settings: Settings, shelf: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_KAFKA", "127.0.0.1:1")
    processed(build_pipeline(settings, ready), log_of())
    found = json.loads(CliRunner().invoke(main, ["status", "--json"]).stdout)
    assert set(found["languages"]) == {"en", "ko", "es", "no text"}
    assert sum(found["languages"].values()) == found["points"]["points"]
    assert found["routes"] == {"en": shelf["english"], "ko": shelf["korean"]}
    said = CliRunner().invoke(main, ["status"]).output
    assert f"ko goes to {shelf['korean']}" in said


def test_choosing_a_model_says_which_languages_it_leaves_to_others(shelf: dict[str, str]) -> None:
    assert shelf
    said = CliRunner().invoke(main, ["models", "use", "korean"]).stderr
    assert "en goes to english, which ships for it" in said
    assert CliRunner().invoke(main, ["models", "use", "both"]).stderr == ""
    assert "will keep the models they have" in CliRunner().invoke(main, ["models", "use", "german"]).stderr


def test_nothing_is_left_open_of_a_model_that_is_no_longer_used(settings: Settings) -> None:
    router = Router(settings)
    first = router.route()
    use("both")
    second = router.route()
    assert set(map(id, router._open.values())) == {id(second.main)}
    use("english")
    assert router.route().main is not first.main


def test_a_table_that_cannot_be_made_leaves_what_is_open_alone(settings: Settings) -> None:
    router = Router(settings)
    first = router.route()
    (MODELS / "current.json").write_text("{")
    with pytest.raises(ModelError):
        router.route()
    use("english")
    assert router.route().main is first.main
