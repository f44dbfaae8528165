"""`tideline evaluate-alerts` through the front door: the JSON object, the page, and how it refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alerts.rules import SHIPPED, load_rules
from models.labels import EMOTIONS
from models.saved import save_model
from stream.alert_evaluation.pools import FOLDER
from stream.cli import main
from tests.models.said import tiny_network

WORDS = {
    "sadness": "so sad and lonely",
    "joy": "happy and glad",
    "love": "i love and adore you",
    "anger": "furious and angry",
    "fear": "afraid and scared",
    "surprise": "astonished and amazed",
    "neutral": "the bus leaves at four",
}
SMALL = (
    *("--people", "50", "--days", "75", "--seeds", "1", "--processes", "1"),
    *("--rate-median", "4", "--size", ".5", ".7"),
)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["evaluate-alerts", *words])


def write(rows: dict[str, int], name: str = "texts.csv") -> str:
    lines = [f"{WORDS[label]} {nth},{label}" for label, count in rows.items() for nth in range(count)]
    Path(name).write_text("\n".join(["text,label", *lines]) + "\n", encoding="utf-8")
    return name


@pytest.fixture
def small() -> tuple[str, ...]:
    return (*SMALL, "--model", "keywords", "--data", write(dict.fromkeys(EMOTIONS, 44)), "--emotion", "sadness")


def measured(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_json_holds_the_figures_and_all_that_it_takes_to_repeat_them(small: tuple[str, ...]) -> None:
    found = measured(*small, "--tracks", "oracle,model")
    rule = next(rule for rule in load_rules(None).all if rule.options.name == "sadness-trend")
    assert found["rules"] == {"file": SHIPPED, "versions": {"sadness-trend": rule.version}}
    assert (found["kind"], found["model"], found["seeds"]) == ("trend", "keywords-2", [1])
    assert found["data"]["texts"]["test"]["fear"] == 22
    assert {"priors", "grace_days", "budgets"} <= set(found)
    assert (found["histories"]["people"], found["histories"]["size"]) == (50, [0.5, 0.7])
    assert [(row["track"], row["budget"]) for row in found["rows"]] == [
        (track, budget) for track in ("oracle", "model") for budget in (0.5, 0.1, None)
    ]
    figures = found["rows"][0]["seeds"]["1"]
    assert figures["planted"] == 5
    assert figures["f1"] == found["rows"][0]["mean"]["f1"] > 0.4
    assert figures["f1_interval"][0] <= figures["f1"] <= figures["f1_interval"][1]


def test_the_same_seed_gives_the_same_bytes_and_texts_are_scored_once(small: tuple[str, ...]) -> None:
    again = (*small, "--tracks", "model", "--budget", "0.5")
    first = measured(*again)
    [kept, also] = Path(".tideline", FOLDER).iterdir()
    assert WORDS["sadness"].encode() not in kept.read_bytes() + also.read_bytes()
    written = kept.stat().st_mtime_ns
    second = measured(*again)
    assert kept.stat().st_mtime_ns == written
    assert first | {"seconds": 0} == second | {"seconds": 0}
    assert measured(*again, "--seeds", "2")["rows"] != first["rows"]


def test_the_figures_do_not_depend_on_the_number_of_processes(small: tuple[str, ...]) -> None:
    words = (*small, "--tracks", "oracle,model", "--budget", "0.5")
    assert measured(*words, "--processes", "2")["rows"] == measured(*words)["rows"]


def test_scores_that_were_kept_badly_are_made_again(small: tuple[str, ...]) -> None:
    words = (*small, "--tracks", "model", "--budget", "0.5")
    before = measured(*words)
    for file in Path(".tideline", FOLDER).iterdir():
        file.write_bytes(file.read_bytes()[:100])
    assert measured(*words)["rows"] == before["rows"]


def test_the_page_has_a_line_for_each_track_and_budget_and_out_has_the_json(small: tuple[str, ...]) -> None:
    result = run(*small, "--tracks", "model,permuted", "--out", "figures.json")
    assert result.exit_code == 0, result.output
    lines = [line.split()[:3] for line in result.stdout.splitlines()]
    for track in ("model", "permuted"):
        for budget in ("0.5", "0.1", "own"):
            assert ["sadness-trend", track, budget] in lines
    assert "false per user-year of" in result.stdout
    assert json.loads(Path("figures.json").read_text())["rows"][0]["track"] == "model"


def test_what_nobody_has_texts_for_nobody_writes() -> None:
    texts = write({emotion: 44 for emotion in EMOTIONS if emotion != "neutral"})
    found = measured(*SMALL, "--model", "keywords", "--data", texts, "--emotion", "fear", "--tracks", "oracle")
    assert found["data"]["notes"] == ["texts for neutral come from goemotions, the same splits."]
    assert found["data"]["texts"]["test"]["neutral"] > 1000


def test_rules_of_ones_own_are_measured(small: tuple[str, ...]) -> None:
    Path("mine.toml").write_text(
        '[[rules]]\nname = "joy-trend"\ndetector = "trend"\nsubject = "person"\nemotion = "joy"\nthreshold = 2\n'
    )
    words = (*small[:-2], "--rules", "mine.toml", "--tracks", "oracle", "--budget", "1")
    found = measured(*words)
    assert found["rules"]["file"] == "mine.toml"
    assert [row["rule"] for row in found["rows"]] == ["joy-trend", "joy-trend"]
    assert found["histories"]["emotions"] == ["sadness", "joy", "fear"]
    missing = run(*words, "--emotion", "fear")
    assert missing.exit_code == 1
    assert missing.stderr == (
        "tideline: mine.toml has no trend rule for fear: add one, or measure joy with --emotion.\n"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--emotion", "grief"), "'grief' is not one of"),
        (("--budget", "0"), "0.0 is not in the range"),
        (("--budget", "1000"), "1000.0 is not in the range"),
        (("--tracks", "model,horoscope"), "there is no track 'horoscope'; use some of oracle, model, permuted"),
        (("--seeds", "one"), "give whole numbers between commas, such as 1,2,3"),
        (("--seeds", "-1"), "a seed cannot be negative"),
        (("--mix", "joy"), "give emotions with their shares, such as"),
        (("--mix", "grief=1"), "there is no emotion 'grief'"),
        (("--mix", "joy=-1,sadness=2"), "shares cannot be negative, nor all be 0"),
    ],
)
def test_what_cannot_be_asked_is_told(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--people", "20"), "of 20 people only 2 change in each emotion, too few"),
        (("--planted", ".7"), "changes and decoys leave too few steady people"),
        (("--rules", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("--data", "nowhere.csv"), "nowhere.csv"),
        (("--model", "nobody"), "There is no model 'nobody'"),
    ],
)
def test_what_cannot_be_measured_is_told_in_one_sentence(
    small: tuple[str, ...], words: tuple[str, ...], says: str
) -> None:
    result = run(*small, *words)
    assert result.exit_code == 1
    assert result.stderr.startswith("tideline: ")
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_too_few_texts_of_an_emotion_are_told() -> None:
    texts = write(dict.fromkeys(EMOTIONS, 44) | {"sadness": 30})
    result = run(*SMALL, "--model", "keywords", "--data", texts, "--emotion", "sadness")
    assert result.exit_code == 1
    assert "has only 15 texts of sadness in one of its held-out splits, where at least 20 are needed" in result.stderr


def learned_from(texts: str, validation: float, test: float) -> str:
    """A model folder whose model says that it learned from this file, in this split."""
    saved = tiny_network("canonical")
    training = {"data": [texts], "held_out": {"validation": validation, "test": test}}
    manifest = saved.manifest.model_copy(update={"training": training})
    save_model(Path("learned"), replace(saved, manifest=manifest), card="")
    return "learned"


def test_of_a_file_that_the_model_learned_from_only_held_out_rows_are_used() -> None:
    texts = write(dict.fromkeys(EMOTIONS, 100))
    words = ("--model", learned_from(texts, 0.2, 0.3), "--data", texts, "--tracks", "oracle", "--budget", "1")
    found = measured(*SMALL, *words, "--emotion", "sadness")
    assert [found["data"]["texts"][split]["sadness"] for split in ("validation", "test")] == [20, 30]


def test_a_file_without_held_out_rows_is_refused() -> None:
    texts = write(dict.fromkeys(EMOTIONS, 44))
    result = run(*SMALL, "--model", learned_from(texts, 0.0, 0.0), "--data", texts)
    assert result.exit_code == 1
    assert "without holding rows out for validation and test: give other texts." in result.stderr


def test_korean_comments_are_enough_for_sadness_and_not_for_fear() -> None:
    result = run(*SMALL, "--model", "keywords", "--data", "kote", "--emotion", "fear")
    assert "tideline: kote has only 2 texts of fear in one of its held-out splits" in result.stderr
    found = measured(*SMALL, "--model", "keywords", "--data", "kote", "--emotion", "sadness", "--tracks", "oracle")
    assert found["data"]["language"] == "ko"
    assert found["histories"]["emotions"] == ["sadness"]


SPIKES = (
    *("--kind", "spike", "--model", "keywords", "--seeds", "1", "--processes", "1"),
    *("--set", "channels=2", "--set", "days=20", "--set", "posts-a-day=60:120"),
)


def test_spikes_in_channels_are_measured_on_each_track() -> None:
    words = (*SPIKES, "--data", write(dict.fromkeys(EMOTIONS, 44)))
    found = measured(*words)
    assert (found["kind"], found["budgets"], found["channels"]["days"]) == ("spike", [1.0], 20)
    assert found["channels"]["posts_a_day"] == [60, 120]
    assert [(row["track"], row["budget"]) for row in found["rows"]] == [
        (track, budget) for track in ("oracle", "model", "permuted") for budget in (1.0, None)
    ]
    figures = {(row["track"], row["budget"]): row for row in found["rows"]}
    assert figures["oracle", 1.0]["recall"] > 0.5
    assert figures["permuted", None]["recall"] < 0.5
    assert measured(*words, "--processes", "2")["rows"] == found["rows"]
    page = run(*words, "--tracks", "oracle", "--budget", "2").stdout
    assert "anger-spike-channel, oracle, budget 2: found" in page


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--people", "100"), 2, "--people is for --kind trend"),
        (("--emotion", "anger"), 2, "--emotion is for --kind trend"),
        (("--set", "channels"), 2, "give a name and a number, such as spikes=4"),
        (("--set", "tides=3"), 1, "channels have no number 'tides': set some of channels, days"),
        (("--set", "spike-volume=3"), 1, "spike_volume is a range: set spike_volume=FROM:TO"),
        (("--set", "spike-volume=3:1"), 1, "spike_volume is a range"),
        (("--set", "channels=2.5"), 1, "channels is a whole number from 1"),
        (("--set", "spikes=-1"), 1, "spikes is a number from 0"),
        (("--set", "anger=0.5:2"), 1, "a share of at most 1"),
        (("--set", "days=8"), 1, "8 days leave no room after 10 quiet ones"),
        (("--rules", "trends.toml"), 1, "trends.toml has no spike rule for anger in channels"),
    ],
)
def test_what_cannot_be_asked_of_channels_is_told(words: tuple[str, ...], code: int, says: str) -> None:
    Path("trends.toml").write_text(
        '[[rules]]\nname = "joy-trend"\ndetector = "trend"\nsubject = "person"\nemotion = "joy"\nthreshold = 2\n'
    )
    result = run(*SPIKES, *words)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr


def test_the_numbers_of_channels_are_not_for_people() -> None:
    result = run(*SMALL, "--set", "channels=3")
    assert result.exit_code == 2
    assert "--set is for --kind spike" in result.stderr
