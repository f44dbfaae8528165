"""`tideline predict` through the front door: texts, files and streams in, one answer each, in order."""

import gzip
import io
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.labels import EMOTIONS
from stream.cli import main
from stream.texts import Source, in_chunks
from tests.models.said import tiny_folder


def run(*words: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["predict", *words], input=stdin)


def run_json(*words: str, stdin: str | bytes = "") -> list[Any]:
    result = run("--json", *words, stdin=stdin)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def labels(*words: str, stdin: str | bytes = "") -> list[str]:
    return [record["label"] for record in run_json("--model", "keywords", *words, stdin=stdin)]


# --- what is said -------------------------------------------------------------------------------------------


def test_a_text_gets_a_label_and_the_chance_of_each_emotion() -> None:
    (found,) = run_json("i feel so happy today")
    assert found["label"] == "joy"
    assert set(found["scores"]) == set(EMOTIONS)
    assert max(found["scores"], key=found["scores"].get) == "joy"
    assert sum(found["scores"].values()) == pytest.approx(1, abs=1e-3)
    assert found["version"].startswith("bilstm-en-1@")
    assert set(found) == {"label", "scores", "version"}


def test_the_text_is_repeated_only_on_request() -> None:
    assert "happy" not in run("happy").stdout
    assert run_json("--with-text", "so happy")[0]["text"] == "so happy"
    assert "so happy" in run("--with-text", "so happy").stdout


def test_a_model_with_labels_of_its_own_answers_in_them_and_in_the_emotions() -> None:
    folder = tiny_folder(Path("tiny"), "dair")
    (found,) = run_json("--model", folder, "sad day")
    assert set(found["scores"]) == set(EMOTIONS) - {"neutral"}
    assert set(found["emotions"]) == set(EMOTIONS)
    (folded,) = run_json("--model", folder, "--scheme", "canonical", "sad day")
    assert folded["scores"] == found["emotions"]
    assert "emotions" not in folded


@pytest.mark.parametrize(("cut", "all_or_none"), [(1, 28), (999, 0)])
def test_a_multi_label_model_says_every_label_that_reaches_its_threshold(cut: int, all_or_none: int) -> None:
    folder = tiny_folder(Path("tiny"), "goemotions", cut)
    (found,) = run_json("--model", folder, "sad day")
    assert len(found["labels"]) == all_or_none
    assert found["label"] in found["scores"]
    assert run("--model", folder, "sad day").exit_code == 0


# --- where texts come from ----------------------------------------------------------------------------------


def test_texts_files_and_stdin_are_answered_in_the_order_given() -> None:
    Path("lines.txt").write_text("so sad\n\nhow scary, i am afraid\n")
    found = labels("so happy", "lines.txt", "-", stdin="i love you\n")
    assert found == ["joy", "sadness", "neutral", "fear", "love"]


def test_without_an_argument_stdin_is_read() -> None:
    assert labels(stdin="so sad\r\nso happy") == ["sadness", "joy"]


def test_a_table_is_read_by_its_text_column() -> None:
    Path("posts.csv").write_text('id,text,more\n1,"so sad,\nreally sad",x\n2,happy,y\n')
    found = run_json("--model", "keywords", "posts.csv")
    assert [(row["label"], row["file"], row["line"]) for row in found] == [
        ("sadness", "posts.csv", 2),
        ("joy", "posts.csv", 4),
    ]
    Path("odd.tsv").write_text("a\tb\nx\tso sad\n")
    assert labels("odd.tsv", "--text-column", "b") == ["sadness"]
    Path("posts.jsonl").write_text('{"body": "so happy"}\n{"body": "so sad"}\n')
    assert labels("posts.jsonl") == ["joy", "sadness"]
    assert labels("-", "--text-column", "body", stdin=Path("posts.jsonl").read_text()) == ["joy", "sadness"]


def test_a_gzip_file_is_unpacked() -> None:
    Path("lines.txt.gz").write_bytes(gzip.compress(b"so sad\n"))
    assert labels("lines.txt.gz") == ["sadness"]


def test_a_folder_or_a_long_text_is_a_text() -> None:
    Path("joy").mkdir()
    assert labels("joy", "so sad " * 10_000) == ["joy", "sadness"]


def test_what_is_not_utf_8_is_read_with_one_warning() -> None:
    Path("latin.txt").write_bytes("so sad café\nso sad déjà\n".encode("latin-1"))
    for words, stdin in ((["latin.txt"], b""), (["-"], Path("latin.txt").read_bytes())):
        result = run("--json", "--model", "keywords", *words, stdin=stdin)
        assert [json.loads(line)["label"] for line in result.stdout.splitlines()] == ["sadness", "sadness"]
        assert result.stderr.count("is not UTF-8") == 1


def test_rows_that_cannot_be_read_are_counted_and_the_rest_is_answered() -> None:
    Path("torn.csv").write_text("id,text\n1,so sad\n2\n3,so happy\n")
    result = run("--json", "--model", "keywords", "torn.csv")
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == [2, 4]
    assert "1 rows without a readable text were skipped" in result.stderr


SPANISH = "triste y solo se\u00f1or ma\u00f1ana"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("name", ["posts.csv", "posts.txt", "posts.csv.gz"])
def test_a_file_is_read_in_the_encoding_that_train_would_find(encoding: str, name: str) -> None:
    content = f"text\n{SPANISH}\nglad\n".encode(encoding)
    Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = [row["text"] for row in run_json("--model", "keywords", "--with-text", name)]
    assert found[-2:] == [SPANISH, "glad"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "cp949"])
def test_the_encoding_can_be_stated_also_for_stdin(encoding: str) -> None:
    text = "\ud589\ubcf5 sad" if encoding == "cp949" else "se\u00f1or sad"
    content = f"text\n{text}\n".encode(encoding)
    Path("posts.csv").write_bytes(content)
    options = ("--model", "keywords", "--with-text", "--encoding", encoding)
    for words, stdin in ((["posts.csv"], b""), (["-"], content), (["-", "--text-column", "text"], content)):
        assert run_json(*options, *words, stdin=stdin)[-1]["text"] == text


def test_what_is_foreign_only_far_down_is_found_too() -> None:
    Path("long.txt").write_bytes(b"plain words\n" * 40_000 + f"{SPANISH}\n".encode("cp1252"))
    assert run_json("--model", "keywords", "--with-text", "long.txt")[-1]["text"] == SPANISH


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rsecret,words\n", bytes(range(1, 256)) * 9, b"secret\x01\x02\x03,b\n" * 9],
    ids=["zero bytes", "all other bytes", "control signs"],
)
@pytest.mark.parametrize("name", ["picture.csv", "picture.txt"])
def test_a_binary_file_is_refused_and_never_quoted(content: bytes, name: str) -> None:
    Path(name).write_bytes(content)
    for words, stdin in (([name], b""), (["-", "--text-column", "text"], content)):
        result = run("--model", "keywords", *words, stdin=stdin)
        assert result.exit_code == 1
        assert "is not text" in result.stderr
        assert result.stderr.count("\n") == 1
        assert "secret" not in result.output


@pytest.mark.parametrize("encoding", ["klingon", "utf-8", "utf-16"])
def test_a_wrong_encoding_is_one_sentence(encoding: str) -> None:
    Path("posts.txt").write_bytes(b"caf\xe9 sad!\n")
    result = run("--model", "keywords", "--encoding", encoding, "posts.txt")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert encoding in result.stderr


def test_a_device_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setenv("TIDELINE_DEVICE", "cuda")
    for words in (["predict", "so sad"], ["evaluate", "--data", "emotion"]):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "CUDA" in result.stderr


# --- streams ------------------------------------------------------------------------------------------------


def test_many_lines_keep_their_order() -> None:
    words = {"sad": "sadness", "happy": "joy", "afraid": "fear"}
    said = [list(words)[number * 7 % 3] for number in range(2_000)]
    Path("many.txt").write_text("\n".join(said))
    assert labels("many.txt") == [words[word] for word in said]
    assert labels(stdin="\n".join(said)) == [words[word] for word in said]


def test_a_long_file_is_read_in_constant_memory() -> None:
    with Path("long.csv").open("w") as file:
        file.write("text\tlabel\n")
        file.writelines(f"a text that is neither short nor long, number {n}\tjoy\n" for n in range(100_000))
    tracemalloc.start()
    texts = sum(len(chunk) for chunk in in_chunks([Source(path="long.csv")], None, 512, print, io.BytesIO()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts == 100_000
    assert Path("long.csv").stat().st_size > 4_000_000 > peak


def test_long_texts_are_taken_fewer_at_a_time() -> None:
    Path("long.txt").write_text("\n".join(["sad " * 25_000] * 30))
    chunks = list(in_chunks([Source(path="long.txt")], None, 512, print, io.BytesIO()))
    assert sum(map(len, chunks)) == 30
    assert max(map(len, chunks)) < 15


class Slow(io.BytesIO):
    """A pipe that gives one line at a time and knows how many were taken."""

    def __init__(self, lines: list[bytes]) -> None:
        super().__init__()
        self.lines = lines

    def read1(self, size: int | None = -1) -> bytes:
        return self.lines.pop(0) if self.lines else b""


def test_a_pipe_that_stays_open_is_answered_as_it_speaks() -> None:
    pipe = Slow([b"one\n", b"two\nth", b"ree\n"])
    chunks: Iterator[Any] = in_chunks([Source(path="-")], None, 512, print, pipe)
    assert [text.text for text in next(chunks)] == ["one"]
    assert len(pipe.lines) == 2
    assert [[text.text for text in chunk] for chunk in chunks] == [["two"], ["three"]]


def test_a_reader_that_goes_away_is_no_accident() -> None:
    Path("many.txt").write_text("so sad\n" * 20_000)
    command = [sys.executable, "-m", "stream.cli", "predict", "--model", "keywords", "--json", "many.txt"]
    root = Path(main.callback.__code__.co_filename).parents[1]  # type: ignore[union-attr]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PYTHONPATH": str(root), "PATH": ""}
    )
    assert process.stdout
    assert process.stderr
    with process.stdout as out, process.stderr as err:
        assert json.loads(out.readline())["label"] == "sadness"
        out.close()
        assert err.read() == b""
    process.wait(timeout=60)


# --- why ----------------------------------------------------------------------------------------------------


def test_explain_gives_every_word_with_its_weight() -> None:
    (found,) = run_json("--model", "keywords", "--explain", "i am so sad today")
    words = dict(found["words"])
    assert list(words) == ["i", "am", "so", "sad", "today"]
    assert max(words, key=words.__getitem__) == "sad"


def test_explain_by_gradient_names_the_word_that_carries_the_score() -> None:
    (found,) = run_json("--explain", "--explain-by", "gradient", "i was terrified of the dark house")
    assert found["label"] == "fear"
    assert max(found["words"], key=lambda word: word[1])[0] == "terrified"


def test_explain_draws_bars_of_the_heaviest_words_first() -> None:
    lines = run("--explain", "i am so happy but a little afraid").stdout.splitlines()
    heaviest = lines[1].split()
    assert heaviest[0].startswith("+")
    assert set(heaviest[1]) == {"█"}
    assert max(map(len, lines)) <= 100


# --- bad input ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "stdin", "reason"),
    [
        ([""], "", "The text is empty"),
        (["so sad", "  "], "", "The text is empty"),
        ([], "", "There is no text to score"),
        (["-"], "\n\n \n", "There is no text to score"),
        (["nowhere.csv"], "", "nowhere.csv does not exist"),
        (["--file", "nowhere"], "", "nowhere does not exist"),
        (["so sad", "nowhere.txt"], "", "nowhere.txt does not exist"),
        (["empty.txt"], "", "is empty"),
        (["blank.csv"], "", "is empty"),
        (["header.csv"], "", "There is no text to score"),
        (["packed.zip"], "", "a zip archive"),
        (["--file", "."], "", "is a directory"),
        (["posts.csv", "--text-column", "body"], "", "no column 'body'"),
        (["odd.csv"], "", "name one with --text-column"),
        (["so sad", "--model", "nobody"], "", "There is no model 'nobody'"),
        (["so sad", "--explain", "--explain-by", "gradient"], "", "use --explain-by occlusion"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_nothing_on_stdout(words: list[str], stdin: str, reason: str) -> None:
    Path("empty.txt").write_text("")
    Path("blank.csv").write_text("\n \n")
    Path("header.csv").write_text("id,text\n")
    Path("posts.csv").write_text("id,text\n1,so sad\n")
    Path("odd.csv").write_text("a,b\nx,so sad\n")
    Path("packed.zip").write_bytes(b"PK\x03\x04 and so on")
    model = [] if "--model" in words else ["--model", "keywords"]
    for form in ([], ["--json"]):
        result = run(*model, *form, *words, stdin=stdin)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("tideline: ")
        assert result.stderr.count("\n") == 1
        assert reason in result.stderr
