"""`tideline recommend` through the front door. All titles, artists and lines are invented."""

import csv
import json
import unicodedata
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from models.classifier import Thousandths
from models.keywords import KeywordClassifier
from models.labels import EMOTIONS
from storage.database import transaction
from storage.people import opt_out
from stream.cli import main
from tests.stream.helpers import NOW, make_pipeline, record, to_log

EXAMPLES = Path(__file__).parents[2] / "data" / "songs"
VECTORS = Path(".tideline/recommend/vectors.safetensors")
HEADER = ("title", "artist", "genre", "lyrics")
SONGS = (
    ("Low Tide", "Ada Reed", "folk", "the boat is gone with the tide"),
    ("Wet Rope", "Ben Lowe", "folk", "the boat and the rope\ni am so sad and i cry"),
    ("Dry Rope", "Cy Marsh", "folk", "the boat and the rope\ni am so happy and glad"),
    ("Hot Rope", "Di Vane", "rock", "the boat and the rope\ni am so angry and mad"),
    ("Blank", "Ed Noon", "folk", ""),
    ("Far Away", "Flo Hart", "jazz", "zebra zigzag"),
)


def listed(rows: Sequence[Sequence[str]] = SONGS, name: str = "songs.csv", header: Sequence[str] = HEADER) -> str:
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return name


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["recommend", "--model", "keywords", *words], input=stdin)


def found(*words: str, stdin: str = "") -> dict[str, Any]:
    result = run("--json", *words, stdin=stdin)
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def like(title: str = "Low Tide", of: str = "sadness=1", *more: str, items: str = "songs.csv") -> dict[str, Any]:
    return found("--items", items, "--like", title, "--emotion-of", of, *more)


def titles(answer: dict[str, Any], part: str = "recommendations") -> list[str]:
    return [one["title"] for one in answer[part]]


def refused(*words: str, stdin: str = "") -> str:
    result = run(*words, stdin=stdin)
    assert result.exit_code in (1, 2), result.output
    assert result.stdout == ""
    sentence = result.stderr.strip().splitlines()[-1]
    assert "unexpected" not in sentence
    return sentence


def refused_like(title: str, of: str = "sadness=1", *more: str) -> str:
    return refused("--items", "songs.csv", "--like", title, "--emotion-of", of, *more)


# --- songs --------------------------------------------------------------------------------------------------


def test_of_the_alike_the_song_with_the_closest_emotions_comes_first() -> None:
    listed()
    for emotion, title in (("sadness", "Wet Rope"), ("joy", "Dry Rope"), ("anger", "Hot Rope")):
        assert titles(like(of=f"{emotion}=1"))[0] == title


def test_the_liked_song_is_not_suggested_and_neither_is_what_shares_nothing_with_it() -> None:
    listed()
    assert set(titles(like())) == {"Wet Rope", "Dry Rope", "Hot Rope", "Blank"}


def test_similarity_is_the_weighted_sum_of_genre_and_lyrics() -> None:
    listed()
    for one in like(of="sadness=1")["recommendations"]:
        assert one["similarity"] == pytest.approx(0.3 * one["genre_similarity"] + one["lyrics_similarity"], abs=2e-4)
    only_genre = like("Low Tide", "sadness=1", "--lyrics-weight", "0", "--genre-weight", "2")
    assert {one["title"]: one["similarity"] for one in only_genre["recommendations"]} == {
        "Wet Rope": 2.0,
        "Dry Rope": 2.0,
        "Blank": 2.0,
    }


def test_only_the_nearest_are_asked_for_their_emotions() -> None:
    rows = [*SONGS, ("Same Tide", "Gil Bay", "folk", "the boat is gone with the tide")]
    listed(rows)
    assert titles(like("Low Tide", "anger=1", "--nearest", "1", "--count", "1")) == ["Same Tide"]
    assert titles(like("Low Tide", "anger=1", "--nearest", "9", "--count", "1")) == ["Hot Rope"]


def test_the_nearest_that_are_told_of_are_those_that_were_looked_at() -> None:
    listed()
    assert like()["nearest"] == 25
    assert like("Low Tide", "joy=1", "--count", "40")["nearest"] == 40
    assert like("Low Tide", "joy=1", "--count", "3", "--nearest", "3")["nearest"] == 3


def test_a_song_without_lyrics_comes_last_and_a_note_says_why() -> None:
    listed()
    answer = like()
    assert titles(answer)[-1] == "Blank"
    assert answer["recommendations"][-1]["closeness"] is None
    assert answer["recommendations"][-1]["emotions"] is None
    assert any("no lyrics" in note for note in answer["notes"])


def test_a_lyric_in_a_language_that_nobody_reads_has_no_emotions() -> None:
    listed([*SONGS[:2], ("Lejos", "Gil Bay", "folk", "estoy muy triste hoy\nno quiero ver a nadie nunca más")])
    (spanish,) = [one for one in like()["recommendations"] if one["title"] == "Lejos"]
    assert spanish["closeness"] is None


def test_every_line_of_a_mixed_lyric_is_read_in_its_language() -> None:
    listed([*SONGS[:1], ("Both", "Gil Bay", "folk", "i am so sad and i cry\n오늘은 정말 행복하고 즐거워")])
    (both,) = like()["recommendations"]
    assert both["emotions"]["sadness"] > 0.3
    assert both["emotions"]["joy"] > 0.3


def test_what_is_told_is_told_with_its_reasons() -> None:
    listed()
    page = run("--items", "songs.csv", "--like", "Wet Rope", "--emotion-of", "anger=1").stdout
    assert "Like Wet Rope – Ben Lowe, for anger 1.00:" in page
    assert "1  Hot Rope – Di Vane  [rock]" in page
    assert "both: anger" in page
    assert "nothing was sent to anybody" in page
    first = like("Wet Rope", "joy=1")["recommendations"][0]
    assert (first["title"], first["why"]["genres"], first["why"]["emotions"]) == ("Dry Rope", ["folk"], ["joy"])


def test_the_same_question_has_the_same_answer_byte_for_byte() -> None:
    words = ("--items", str(EXAMPLES / "songs.csv"), "--like", "Harbour Morning", "--emotion-of", "joy=1", "--json")
    assert run(*words).stdout_bytes == run(*words).stdout_bytes


def test_a_list_of_one_song_is_no_error_and_has_nothing_to_suggest() -> None:
    listed(SONGS[:1])
    answer = like()
    assert answer["recommendations"] == []
    assert any("nothing but the liked item" in note for note in answer["notes"])


def test_a_song_without_genre_and_lyrics_has_nothing_in_common_and_that_is_said() -> None:
    listed([*SONGS, ("Bare", "Gil Bay", "", "")])
    answer = like("Bare")
    assert answer["recommendations"] == []
    assert any("No other items" in note for note in answer["notes"])


def test_a_list_without_any_lyrics_or_genre_at_all_still_answers() -> None:
    listed([("A", "", "", ""), ("B", "", "", "")])
    assert like("A")["recommendations"] == []
    listed([("A", "", "folk", ""), ("B", "", "folk", "")])
    assert titles(like("A")) == ["B"]


# --- titles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "low tide",
        "  LOW   TIDE ",
        "Ｌｏｗ　Ｔｉｄｅ",
        "Low Tide – Ada Reed",
        "low tide - ada reed",
    ],
)
def test_a_title_is_found_however_it_is_typed(asked: str) -> None:
    listed()
    assert like(asked)["like"]["artist"] == "Ada Reed"


def test_korean_titles_are_found_decomposed_and_in_half_width_and_with_emoji() -> None:
    listed(
        [
            ("비 오는 날 🌧", "유리", "발라드", "슬퍼"),
            ("ｶﾒﾗ", "린", "발라드", "슬퍼"),
            ("ㅋㅋ", "맑음", "발라드", "기뻐"),
        ]
    )
    for asked, artist in (("비 오는 날 🌧", "유리"), ("カメラ", "린"), ("ㅋㅋ", "맑음")):
        assert like(unicodedata.normalize("NFD", asked))["like"]["artist"] == artist
    decomposed = unicodedata.normalize("NFD", "발라드")
    listed([("가", "", "발라드", ""), ("나", "", decomposed, "")])
    assert like("가")["recommendations"][0]["genre_similarity"] == pytest.approx(1)


def test_a_title_of_several_artists_is_refused_until_one_is_named() -> None:
    listed([*SONGS, ("low tide", "Gil Bay", "rock", "the boat and the rope")])
    sentence = refused_like("Low Tide")
    assert "Ada Reed, Gil Bay" in sentence
    assert "--artist" in sentence
    assert like("Low Tide", "joy=1", "--artist", "gil bay")["like"]["artist"] == "Gil Bay"
    assert like("Low Tide – Gil Bay")["like"]["artist"] == "Gil Bay"
    assert "it is by Ada Reed, Gil Bay" in refused_like("Low Tide", "joy=1", "--artist", "Nobody")


def test_a_row_that_comes_twice_is_one_song() -> None:
    listed([*SONGS, ("WET ROPE", "ben lowe", "folk", "the boat and the rope\ni am so sad and i cry")])
    answer = like()
    assert titles(answer).count("Wet Rope") + titles(answer).count("WET ROPE") == 1
    assert any("1 left out" in note for note in answer["notes"])


def test_a_near_miss_is_suggested_also_by_its_jamo() -> None:
    listed([*SONGS, ("노을", "유리", "발라드", "슬퍼")])
    assert "did you mean 'Wet Rope'" in refused_like("Wet Rop")
    assert "did you mean '노을'" in refused_like("노울")
    assert "did you mean" not in refused_like("Something Else Entirely")
    assert "empty" in refused_like(" ")


# --- for whom -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mix", "told"),
    [
        ("grief=.7", "no emotion 'grief': use sadness, joy, love, anger, fear, surprise, neutral"),
        ("슬픔=1", "no emotion '슬픔'"),
        ("sadness=.7,anger", "The emotion anger is nothing"),
        ("sadness=lots", "The emotion sadness is no number"),
        ("sadness=-1", "at least 0"),
        ("sadness=nan", "at least 0"),
        ("sadness=inf", "at least 0"),
        ("sadness=0,joy=0", "All emotions are 0"),
        ("sadness=.1,SADNESS=.2", "given twice"),
        ("sadness=1,", "no emotion ''"),
    ],
)
def test_a_mix_that_is_none_is_one_sentence(mix: str, told: str) -> None:
    listed()
    assert told in refused_like("Low Tide", mix)


@pytest.mark.parametrize(
    "text",
    [
        "my secret diary: i feel so much sadness = i want to die",
        "my secret diary, i feel sad, sadness = i want to die",
        "my secret diary: i am sad, joy=nothing, and i want to die",
    ],
)
def test_a_text_with_an_emotion_and_an_equals_sign_is_a_text(text: str) -> None:
    listed()
    answer = run("--items", "songs.csv", "--like", "Low Tide", "--emotion-of", text, "--json")
    assert json.loads(answer.stdout)["emotion_of"]["kind"] == "text"
    assert "secret" not in answer.output
    assert "die" not in answer.output


@pytest.mark.parametrize(
    "text",
    [
        "sadness=.7, my secret diary and how i want to die",
        "my secret diary, sadness=1",
        "sadness=.7 secret diary",
        "sadness=secretdiary",
        "sadness=.7,secretdiarysecretdiarysecretdiary=1",
    ],
)
def test_what_is_nearly_a_mix_is_refused_without_its_words(text: str) -> None:
    listed()
    result = run("--items", "songs.csv", "--like", "Low Tide", "--emotion-of", text)
    assert result.exit_code == 1
    assert "sadness" in result.stderr
    assert not any(word in result.output for word in ("secret", "diary", "die"))


def test_a_mix_is_scaled_and_may_be_typed_in_any_width_and_case() -> None:
    listed()
    assert like(of="Sadness＝３， joy=1")["emotion_of"] == {
        "kind": "emotions",
        "emotions": {**dict.fromkeys(EMOTIONS, 0.0), "sadness": 0.75, "joy": 0.25},
    }
    assert like(of="sadness=1e308,joy=1e308")["emotion_of"]["emotions"]["joy"] == 0.5


def test_a_text_is_scored_and_repeated_nowhere() -> None:
    listed()
    secret = "i am so sad about the xylophone"
    answer = run("--items", "songs.csv", "--like", "Low Tide", "--emotion-of", secret, "--json")
    assert json.loads(answer.stdout)["emotion_of"]["emotions"]["sadness"] > 0.5
    assert "xylophone" not in answer.output
    assert not any(b"xylophone" in path.read_bytes() for path in Path(".tideline").rglob("*") if path.is_file())


def test_a_dash_reads_a_text_from_stdin_whatever_it_looks_like() -> None:
    listed()
    answer = found("--items", "songs.csv", "--like", "Low Tide", "--emotion-of", "-", stdin="so happy, joy=1\n")
    assert answer["emotion_of"]["kind"] == "text"
    assert answer["emotion_of"]["emotions"]["joy"] > 0.5


@pytest.mark.parametrize("text", ["", "   ", "estoy muy triste hoy y no quiero ver a nadie", "悲しいです"])
def test_a_text_without_words_that_are_read_is_one_sentence(text: str) -> None:
    listed()
    assert "--emotion-of" in refused_like("Low Tide", text)


@pytest.mark.parametrize("text", ["😭😭😭", "ㅠㅠ 너무 슬퍼", unicodedata.normalize("NFD", "너무 슬퍼요")])
def test_emoji_lone_jamo_and_decomposed_hangul_are_texts(text: str) -> None:
    listed()
    assert like(of=text)["emotion_of"]["emotions"]["sadness"] > 0.5


def test_a_person_without_a_database_is_one_sentence() -> None:
    listed()
    assert "database" in refused_like("Low Tide", str(uuid.uuid4()))


def test_a_person_is_the_mean_of_their_last_days(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed()
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    old = [record(n, author="ann", text=f"so happy {n}", sent_at="2026-01-05T10:00:00Z") for n in range(3)]
    new = [record(9, author="ann", text="so sad", sent_at="2026-05-30T10:00:00Z")]
    make_pipeline(engine).process(to_log([*old, *new], 1))
    with engine.connect() as connection:
        person = str(connection.exec_driver_sql("SELECT DISTINCT person FROM points").scalar_one())
    answer = like(of=person)["emotion_of"]
    assert (answer["kind"], answer["person"], answer["posts"]) == ("person", person, 1)
    assert answer["emotions"]["sadness"] == pytest.approx(0.8)
    whole = like("Low Tide", person.replace("-", "").upper(), "--days", "365")["emotion_of"]
    assert whole["posts"] == 4
    assert whole["emotions"]["joy"] == pytest.approx(0.6)
    with transaction(engine) as connection:
        opt_out(connection, person)
    assert "asked not to be read" in refused_like("Low Tide", person)
    assert "No scored post" in refused_like("Low Tide", str(uuid.uuid4()))
    assert NOW.year == 2026


# --- files --------------------------------------------------------------------------------------------------


def test_columns_are_found_in_any_order_case_and_kind_of_file() -> None:
    Path("songs.tsv").write_text("LYRICS\tGenre\tTitle\nso sad\tfolk\tOne\nso sad\tfolk\tTwo\n")
    assert titles(like("One", items="songs.tsv")) == ["Two"]
    Path("songs.json").write_text(
        json.dumps([{"제목": one, "가사": "슬퍼", "장르": ["발라드"]} for one in ("하나", "둘")])
    )
    assert titles(like("하나", items="songs.json")) == ["둘"]
    Path("songs.csv").write_bytes("title,genre,lyrics\n하나,발라드,너무 슬퍼\n둘,발라드,정말 행복해\n".encode("cp949"))
    assert titles(like("하나", "joy=1", "--encoding", "cp949")) == ["둘"]


def test_genres_may_be_separated_in_four_ways() -> None:
    listed(
        [
            ("A", "", "folk|rock", ""),
            ("B", "", "Rock;FOLK", ""),
            ("C", "", "folk/rock", ""),
            ("D", "", "folk, rock", ""),
        ]
    )
    assert {one["genre_similarity"] for one in like("A")["recommendations"]} == {1.0}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("title,artist,genre\nOne,Ada,folk\n", "no column lyrics"),
        ("artist,genre,lyrics\nAda,folk,la\n", "no column title"),
        ("", "is empty"),
        ("title,artist,genre,lyrics\n", "no row with a title"),
        ("title,artist,genre,lyrics\n,Ada,folk,la\n", "no row with a title"),
        ("title,artist,genre,lyrics\nOne,Ada,folk,la,la,la\n", "row 1 has 6 cells"),
    ],
)
def test_a_list_that_is_none_is_one_sentence(content: str, told: str) -> None:
    Path("songs.csv").write_text(content)
    assert told in refused_like("One")


def test_a_list_that_is_not_there_is_one_sentence() -> None:
    assert "does not exist" in refused_like("One")


def test_rows_without_a_title_are_skipped_and_counted() -> None:
    listed([*SONGS, (" ", "Nobody", "folk", "la")])
    assert any("without a title were skipped: 1" in note for note in like()["notes"])


@pytest.mark.parametrize("weights", [("-1", "1"), ("nan", "1"), ("0", "0"), ("inf", "1")])
def test_weights_that_compare_nothing_are_one_sentence(weights: tuple[str, str]) -> None:
    listed()
    assert "compare nothing" in refused_like(
        "Low Tide", "joy=1", "--genre-weight", weights[0], "--lyrics-weight", weights[1]
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--like", "Low Tide"], "--emotion-of"),
        (["--emotion-of", "joy=1"], "--like"),
        (["--supportive", "--emotion-of", "joy=1", "--nearest", "3"], "--nearest"),
        (["--supportive", "--emotion-of", "joy=1", "--artist", "Ada"], "--artist"),
        (["--by-genre", "--like", "Low Tide"], "--like"),
        (["--by-genre", "--supportive"], "--supportive"),
        (["--by-genre", "--plot", "genres.pdf"], ".png"),
        (["--like", "Low Tide", "--emotion-of", "joy=1", "--plot", "a.png"], "--plot"),
        (["--like", "Low Tide", "--emotion-of", "joy=1", "--nearest", "4"], "--nearest is less than --count"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: list[str], told: str) -> None:
    listed()
    assert told in refused("--items", "songs.csv", *words)


# --- kept vectors -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line that a model is asked for."""
    lines: list[str] = []
    real = KeywordClassifier.emotions

    def counting(self: KeywordClassifier, texts: Sequence[str]) -> Thousandths:
        lines.extend(texts)
        return real(self, texts)

    monkeypatch.setattr(KeywordClassifier, "emotions", counting)
    return lines


def test_a_lyric_is_read_once(asked: list[str]) -> None:
    listed()
    first = like()
    assert asked.count("i am so sad and i cry") == 1
    asked.clear()
    assert like() == first
    assert asked == []


def test_only_a_changed_lyric_is_read_again(asked: list[str]) -> None:
    listed()
    like()
    asked.clear()
    listed([*SONGS[:1], (*SONGS[1][:3], "the boat and the rope\ni love you"), *SONGS[2:]])
    assert like(of="love=1")["recommendations"][0]["title"] == "Wet Rope"
    assert sorted(asked) == ["i love you", "the boat and the rope"]


def test_another_model_reads_every_lyric_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listed()
    like()
    before = sorted(asked)
    asked.clear()
    monkeypatch.setattr(KeywordClassifier, "version", "keywords-changed")
    like()
    assert sorted(asked) == before


@pytest.mark.parametrize("harm", ["cut", "empty", "flipped", "foreign", "folder"])
def test_a_broken_file_of_vectors_is_made_again(harm: str, asked: list[str]) -> None:
    listed()
    first = like()
    asked.clear()
    whole = VECTORS.read_bytes()
    if harm == "folder":
        VECTORS.unlink()
        VECTORS.mkdir()
    else:
        flipped = whole[:-1] + bytes([whole[-1] ^ 1])
        VECTORS.write_bytes({"cut": whole[:-9], "empty": b"", "flipped": flipped, "foreign": b"pickled"}[harm])
    again = like()
    assert again["recommendations"] == first["recommendations"]
    assert asked
    if harm == "folder":
        assert any("were not kept" in note for note in again["notes"])
    else:
        assert VECTORS.read_bytes() == whole


def test_vectors_are_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    listed()
    like()
    whole = VECTORS.read_bytes()

    def full(*_names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    listed([*SONGS, ("New", "Gil Bay", "folk", "so sad on the boat")])
    answer = like()
    assert "New" in titles(answer)
    assert any("No space left" in note for note in answer["notes"])
    assert VECTORS.read_bytes() == whole
    assert list(VECTORS.parent.iterdir()) == [VECTORS]


# --- support ------------------------------------------------------------------------------------------------

RESOURCES = (
    ("Sit together", "people", "sadness", "Somebody who is there."),
    ("Cry it out", "writing", "joy", "sad sad sad cry tears lonely grief"),
    ("Breathe", "exercise", "fear|anger", "Out for six."),
    ("Danger", "crisis", "any", "Call the emergency number."),
)
SUPPORT_HEADER = ("title", "kind", "for", "text")


def support(of: str, *more: str, items: str = "support.csv") -> dict[str, Any]:
    return found("--items", items, "--supportive", "--emotion-of", of, *more)


def test_a_resource_is_chosen_by_whom_it_is_for_and_not_by_how_it_sounds() -> None:
    listed(RESOURCES, "support.csv", SUPPORT_HEADER)
    assert titles(support("sadness=.8,neutral=.2")) == ["Sit together"]
    assert titles(support("i am so sad, i cry")) == ["Sit together"]
    assert titles(support("fear=1")) == ["Breathe"]


def test_what_is_for_anybody_is_always_told() -> None:
    listed(RESOURCES, "support.csv", SUPPORT_HEADER)
    for of in ("sadness=1", "surprise=1"):
        answer = support(of, "--count", "1")
        assert titles(answer, "always") == ["Danger"]
    assert titles(answer) == []
    page = run("--items", "support.csv", "--supportive", "--emotion-of", "surprise=1").stdout
    assert "no resource of the list is meant for these emotions" in page
    assert "Call the emergency number." in page


def test_what_is_for_anybody_is_told_also_when_it_is_the_liked_one() -> None:
    listed(RESOURCES, "support.csv", SUPPORT_HEADER)
    answer = support("sadness=1", "--like", "Danger")
    assert titles(answer, "always") == ["Danger"]
    assert titles(answer) == ["Sit together"]


@pytest.mark.parametrize("cell", ["any", "ANY", "any|sadness", "sadness, any", "any=1", "ａｎｙ"])
def test_any_among_others_is_for_anybody(cell: str) -> None:
    listed([*RESOURCES, ("Line", "crisis", cell, "Somebody answers.")], "support.csv", SUPPORT_HEADER)
    answer = support("surprise=1")
    assert titles(answer, "always") == ["Danger", "Line"]
    assert titles(answer) == []


def test_any_stands_beside_columns_of_amounts_too() -> None:
    listed([("Line", "Somebody answers.", "1", "any")], "support.csv", ("title", "text", "sadness", "for"))
    assert titles(support("joy=1"), "always") == ["Line"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_resource_that_is_for_somebody_and_for_anybody_is_for_anybody(turned: bool) -> None:
    rows = [("Line", "crisis", "sadness", "On weekdays."), ("Line", "crisis", "any", "Call now.")]
    listed(rows[::-1] if turned else rows, "support.csv", SUPPORT_HEADER)
    answer = support("joy=1")
    assert [(one["title"], one["text"]) for one in answer["always"]] == [("Line", "Call now.")]
    assert titles(support("sadness=1")) == []


def test_a_resource_of_several_rows_is_for_all_that_they_say() -> None:
    rows = [("Walk", "exercise", cell, "Outside.") for cell in ("sadness", "fear=.8|anger=.2", "sadness")]
    listed(rows, "support.csv", SUPPORT_HEADER)
    for emotion in ("sadness", "fear", "anger"):
        assert titles(support(f"{emotion}=1")) == ["Walk"]
    (walk,) = support("fear=1")["recommendations"]
    assert {name: share for name, share in walk["emotions"].items() if share} == {
        "sadness": 0.5,
        "fear": 0.4,
        "anger": 0.1,
    }


def test_support_says_first_that_nothing_is_sent_and_that_a_person_decides() -> None:
    listed(RESOURCES, "support.csv", SUPPORT_HEADER)
    page = run("--items", "support.csv", "--supportive", "--emotion-of", "sadness=1").stdout
    assert page.startswith("For a moderator to read, to judge")
    assert "Nothing was sent to anybody." in page
    assert support("sadness=1")["sent"] is False


def test_equal_fits_go_by_likeness_to_the_text_or_to_what_helped() -> None:
    rows = [
        (name, "people", "sadness", text) for name, text in (("A", "garden"), ("B", "piano"), ("C", "piano lessons"))
    ]
    listed(rows, "support.csv", SUPPORT_HEADER)
    assert titles(support("so sad at the piano"))[0] == "B"
    assert titles(support("sadness=1")) == ["A", "B", "C"]
    assert titles(support("sadness=1", "--like", "B")) == ["C", "A"]


def test_amounts_may_stand_in_columns_of_their_own_or_beside_the_emotion() -> None:
    header = ("title", "text", "sadness", "fear", "for")
    rows = [("A", "x", "1", "", "joy"), ("B", "x", "1", "1", ""), ("C", "x", "", "", "fear=.9|sadness=.1")]
    listed(rows, "support.csv", header)
    assert titles(support("sadness=1")) == ["A", "B", "C"]
    assert titles(support("fear=1")) == ["C", "B"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [("sorrow", "no emotion 'sorrow'"), ("", "for whom"), ("sadness=-1", "at least 0"), ("sadness=0", "are 0")],
)
def test_a_resource_that_is_for_nobody_known_is_one_sentence(cell: str, told: str) -> None:
    listed([*RESOURCES, ("X", "people", cell, "text")], "support.csv", SUPPORT_HEADER)
    sentence = refused("--items", "support.csv", "--supportive", "--emotion-of", "joy=1")
    assert told in sentence
    assert "row 5" in sentence


def test_a_list_of_songs_is_no_list_of_resources() -> None:
    listed()
    assert "no column for" in refused("--items", "songs.csv", "--supportive", "--emotion-of", "joy=1")


def test_support_for_a_mix_needs_no_model() -> None:
    listed(RESOURCES, "support.csv", SUPPORT_HEADER)
    words = [
        "recommend",
        "--model",
        "no-such-model",
        "--items",
        "support.csv",
        "--supportive",
        "--emotion-of",
        "fear=1",
    ]
    assert CliRunner().invoke(main, words).exit_code == 0


# --- by genre -----------------------------------------------------------------------------------------------


def test_the_table_by_genre_holds_means_and_counts() -> None:
    listed([*SONGS, ("Two", "Gil Bay", "Folk / 발라드", "so sad")])
    rows = {row["genre"]: row for row in found("--items", "songs.csv", "--by-genre")["genres"]}
    assert (rows["folk"]["items"], rows["folk"]["read"]) == (5, 4)
    assert rows["발라드"]["emotions"]["sadness"] == pytest.approx(0.8)
    assert rows["folk"]["emotions"]["sadness"] == pytest.approx((0 + 0.444 + 0 + 0.8) / 4, abs=2e-3)
    page = run("--items", "songs.csv", "--by-genre").stdout.splitlines()
    assert page[0].split() == ["genre", "items", "read", *EMOTIONS]
    assert page[1].split()[:3] == ["folk", "5", "4"]


def test_the_plot_is_a_png_that_needs_no_letter_it_lacks() -> None:
    listed([*SONGS, ("Two", "Gil Bay", "발라드|🎸|$x$", "so sad")])
    answer = found("--items", "songs.csv", "--by-genre", "--plot", "genres.png")
    assert Path(answer["plot"]).read_bytes().startswith(b"\x89PNG")


def test_a_list_without_genres_has_an_empty_table() -> None:
    listed([("A", "", "", "so sad")])
    answer = found("--items", "songs.csv", "--by-genre", "--plot", "genres.png")
    assert answer["genres"] == []
    assert answer["without_genre"] == 1


def test_a_plot_that_cannot_be_written_is_one_sentence() -> None:
    listed()
    Path("file").write_text("")
    assert "could not be written" in refused("--items", "songs.csv", "--by-genre", "--plot", "file/genres.png")


# --- the lists that ship ------------------------------------------------------------------------------------


def test_the_example_songs_read_without_a_warning_but_for_the_one_without_lyrics() -> None:
    answer = found("--items", str(EXAMPLES / "songs.csv"), "--by-genre")
    assert answer["items"] == 70
    assert len(answer["notes"]) == 1


@pytest.mark.parametrize("name", ["support.csv", "support-ko.csv"])
@pytest.mark.parametrize("emotion", ["sadness", "fear", "anger"])
def test_the_example_resources_have_something_for_each_hard_feeling_and_for_danger(name: str, emotion: str) -> None:
    answer = support(f"{emotion}=1", items=str(EXAMPLES / name))
    assert answer["recommendations"]
    assert len(answer["always"]) == 1
