"""`tideline evaluate` through the front door: the JSON object, the page, and how it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from stream.cli import main
from tests.models.said import tiny_folder

PROMISED = {
    "model",
    "n",
    "accuracy",
    "macro_f1",
    "weighted_f1",
    "per_class",
    "confusion",
    "ece",
    "brier",
    "labels",
    "intervals",
    "temperature",
    "mcnemar",
    "data",
    "seconds",
    "posts_per_second",
    "labels_asked",
    "left_out",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *words])


def run_json(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def posts() -> str:
    rows = [("so sad and lonely", "sadness"), ("happy and glad", "joy"), ("afraid of it", "fear"), ("sad", "joy")]
    return write("posts.csv", "text,label", [f"{text},{label}" for text, label in rows * 3])


def write(name: str, header: str, rows: list[str]) -> str:
    Path(name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return name


def test_json_is_one_object_with_all_that_was_promised(posts: str) -> None:
    found = run_json("--model", "keywords", "--data", posts)
    assert set(found) >= PROMISED
    assert (found["model"], found["data"], found["n"], found["accuracy"]) == ("keywords-2", posts, 12, 0.75)
    assert found["labels"] == ["sadness", "joy", "fear"]
    assert found["confusion"] == [[3, 0, 0], [3, 3, 0], [0, 0, 3]]
    assert found["per_class"]["joy"] == {"precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3), "support": 6}


def test_a_data_set_is_known_by_name_and_the_default_is_the_shipped_model() -> None:
    found = run_json("--data", "emotion")
    assert found["version"].startswith("bilstm-en-1@")
    assert (found["n"], found["split"], found["scheme"]) == (2000, "test", "dair")
    assert found["accuracy"] > 0.92
    assert found["ece"] < found["ece_uncalibrated"]
    low, high = found["intervals"]["accuracy"]
    assert low < found["accuracy"] < high


def test_the_page_fits_a_hundred_columns_and_tells_the_figures(posts: str) -> None:
    result = run("--model", "keywords", "--data", posts, "--against", "default", "--errors", "2")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert any(line.split()[:2] == ["accuracy", "0.7500"] for line in lines)
    assert any(line.split() == ["joy", "1.0000", "0.5000", "0.6667", "6"] for line in lines)
    assert any(line.split() == ["joy", "3", "3", "0"] for line in lines)
    assert "McNemar p" in result.stdout
    assert "row 4: joy, said sadness" in result.stdout


def test_no_text_is_printed_unless_errors_are_asked_for(posts: str) -> None:
    for words in ([], ["--json"]):
        assert "lonely" not in run("--model", "keywords", "--data", posts, *words).output
    found = run_json("--model", "keywords", "--data", posts, "--errors", "1")
    assert [mistake["text"] for mistake in found["mistakes"]] == ["sad"]


def test_columns_are_chosen_by_name() -> None:
    path = write("odd.csv", "id,body,feeling,text", ["1,so sad,sadness,x", "2,so happy,joy,x"])
    found = run_json("--model", "keywords", "--data", path, "--text-column", "body", "--label-column", "feeling")
    assert found["accuracy"] == 1.0


def test_numbers_are_read_by_the_scheme_they_fit_or_by_the_one_that_is_named() -> None:
    path = write(
        "numbers.csv", "text,label", ["so sad,0", "so happy,1", "i love you,2", "furious,3", "scared,4", "wow,5"]
    )
    found = run_json("--model", "keywords", "--data", path)
    assert (found["scheme"], found["accuracy"]) == ("dair", 1.0)
    named = run_json("--model", "keywords", "--data", path, "--scheme", "ekman")
    assert (named["scheme"], named["accuracy"]) != ("dair", 1.0)


def test_a_multi_label_model_is_measured_on_multi_label_data() -> None:
    folder = tiny_folder(Path("tiny"), "goemotions", cut=400)
    path = write("several.csv", "text;labels", ["sad day;sadness,grief", "happy;joy", "wow;surprise"])
    found = run_json("--model", folder, "--data", path, "--scheme", "goemotions")
    assert {"micro_f1", "macro_f1", "weighted_f1"} <= set(found)
    assert (found["n"], found["measured_in"]) == (3, "goemotions")
    assert run("--model", folder, "--data", path, "--scheme", "goemotions").exit_code == 0


def test_rows_from_training_are_pointed_out() -> None:
    result = run("--model", "keywords", "--data", "emotion", "--split", "validation")
    assert result.exit_code == 0
    assert "only test says how good they are" in result.stderr


def test_every_label_can_be_asked_for(posts: str) -> None:
    found = run_json("--model", "keywords", "--data", posts, "--all-labels")
    assert (found["labels_asked"], len(found["labels"])) == ("all", 7)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--model", "nobody"], "There is no model 'nobody'"),
        (["--against", "nobody"], "There is no model 'nobody'"),
        (["--data", "missing.csv"], "does not exist"),
        (["--data", "empty.csv"], "is empty"),
        (["--data", "header.csv"], "no row"),
        (["--data", "blank.csv"], "no row"),
        (["--data", "one.csv"], "one label only"),
        (["--data", "foreign.csv"], "labels such as"),
        (["--data", "posts.csv", "--scheme", "binary"], "is not in the scheme 'binary'"),
        (["--data", "posts.csv", "--scheme", "nothing"], "There is no label scheme"),
        (["--data", "posts.csv", "--text-column", "tweet"], "no column 'tweet'"),
        (["--data", "posts.csv", "--encoding", "klingon"], "klingon"),
        (["--data", "neutral.csv", "--model", "tiny"], "means anything to the model"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_nothing_on_stdout(posts: str, words: list[str], reason: str) -> None:
    Path("empty.csv").write_text("")
    write("header.csv", "text,label", [])
    write("blank.csv", "text,label", [",joy", " ,sadness"])
    write("one.csv", "text,label", ["happy,joy", "glad,joy"])
    write("foreign.csv", "text,label", ["a,envy", "b,pride", "c,sloth"])
    write("neutral.csv", "text,label", ["a,neutral", "b,neutral"])
    tiny_folder(Path("tiny"), "dair")
    words = [*words, *([] if "--data" in words else ["--data", "posts.csv"])]
    words = [*words, *([] if "--model" in words else ["--model", "keywords"])]
    for form in ([], ["--json"]):
        result = run(*words, *form)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("tideline: ")
        assert result.stderr.count("\n") == 1
        assert reason in result.stderr
