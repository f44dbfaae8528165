"""Korean schemes, KOTE and keti by name, neutral rows, and Korean as files really hold it."""

import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from models.data import corpora
from models.data.apart import disjoint
from models.data.corpora import DATA, KNOWN, load_known
from models.data.decode import is_korean
from models.data.kote import read_kote
from models.data.language import language_of, languages_of
from models.data.naming import Names
from models.data.neutral import handled, neutral_notes, nothing_felt
from models.data.read import Labelled, read_rows
from models.data.rows import Corpus, Row, projected
from models.data.spelling import one_spelling
from models.errors import DataUnusable, TrainingFailed
from models.networks.text import text_key
from models.schemes import scheme
from models.training.recipe import Recipe
from tests.models.korean import WORDS, lines, written

SEVEN = scheme("korean-7")
KOTE = scheme("kote")
HALF_WIDTH = {"분노": "ﾲￓﾤﾤￌ", "슬픔": "ﾵￚﾩﾽￚﾱ", "중립": "ﾸￓﾷﾩￜﾲ"}


def folded(label: str, target: str, source: str = "korean-7") -> list[Row]:
    return list(projected([Row("x", (label,))], scheme(source), scheme(target)))


# --- schemes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "four", "three", "emotion"),
    [
        ("분노", "분노·혐오", None, "anger"),
        ("혐오", "분노·혐오", None, "anger"),
        ("놀람", "놀람·공포", None, "surprise"),
        ("공포", "놀람·공포", "불안", "fear"),
        ("슬픔", "슬픔", "슬픔", "sadness"),
        ("행복", "행복", "기쁨", "joy"),
        ("중립", None, None, "neutral"),
    ],
)
def test_the_seven_merge_into_four_and_three_and_the_canonical(
    label: str, four: str | None, three: str | None, emotion: str
) -> None:
    assert folded(label, "korean-4") == ([Row("x", (four,))] if four else [])
    assert folded(label, "korean-3") == ([Row("x", (three,))] if three else [])
    assert folded(label, "canonical") == [Row("x", (emotion,))]


def test_three_and_four_labels_mean_canonical_emotions_too() -> None:
    assert dict(scheme("korean-3").mapping) == {"불안": "fear", "슬픔": "sadness", "기쁨": "joy"}
    assert scheme("korean-4").mapping["놀람·공포"] == "fear"


def test_kote_labels_stand_in_the_order_of_its_own_file() -> None:
    published = (DATA / "kote" / "labels.txt").read_text(encoding="utf-8").split("\n")
    assert [label for label in published if label] == list(KOTE.labels)
    assert (len(KOTE.labels), KOTE.multi) == (44, True)


def test_interest_goes_with_joy_in_kote_and_not_with_surprise() -> None:
    """Why 신기함/관심 is mapped to joy, from the labels that stand beside it."""
    rows = read_kote(DATA / "kote" / "val.tsv")

    def beside(emotion: str) -> float:
        others = {label for label, found in KOTE.mapping.items() if found == emotion} - {"신기함/관심"}
        with_it = [row for row in rows if "신기함/관심" in row.labels]
        share = sum(bool(others & set(row.labels)) for row in with_it) / len(with_it)
        return share / (sum(bool(others & set(row.labels)) for row in rows) / len(rows))

    assert beside("joy") > 1.6
    assert beside("surprise") < 1.2


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("슬픔", "불평/불만"), ("sadness", "anger")),
        (("슬픔", "절망"), ("sadness",)),
        (("없음", "기쁨"), ("joy", "neutral")),
        (("없음", "비장함"), ("neutral",)),
        (("기쁨", "아껴주는", "놀람"), ("joy", "love", "surprise")),
    ],
)
def test_a_row_shows_several_of_the_seven_and_neutral_where_some_rater_saw_nothing(
    labels: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert list(projected([Row("x", labels)], KOTE, scheme("canonical-multi"))) == [Row("x", expected)]


def test_single_labels_of_other_data_go_into_the_multi_label_seven() -> None:
    assert folded("혐오", "canonical-multi") == [Row("x", ("anger",))]
    assert folded("love", "canonical-multi", "dair") == [Row("x", ("love",))]


# --- labels as they are spelt -------------------------------------------------------------------------------


@pytest.mark.parametrize("label", SEVEN.labels)
def test_decomposed_labels_are_the_same_labels(label: str) -> None:
    assert Names(SEVEN)(unicodedata.normalize("NFD", label)) == (label,)


@pytest.mark.parametrize(("label", "half"), HALF_WIDTH.items())
def test_half_width_labels_are_the_same_labels(label: str, half: str) -> None:
    assert half.isascii() is False
    assert Names(SEVEN)(half) == (label,)


def test_an_open_syllable_takes_no_letter_that_begins_the_next() -> None:
    assert one_spelling("\uffbe\uffc3\uffb7\uffb2\uffcc\uffa1") == "행복"
    assert one_spelling("\uffb2\uffcc\uffb7\uffc2") == "보아"


def test_english_names_are_no_labels_of_the_korean_schemes() -> None:
    assert Names(SEVEN)("fear") is None
    assert Names(KOTE)("anger") is None


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("불평/불만", ("불평/불만",)),
        ("슬픔,불평/불만", ("불평/불만", "슬픔")),
        ("불평/불만|흐뭇함(귀여움/예쁨)", ("불평/불만", "흐뭇함(귀여움/예쁨)")),
        ("슬픔/기쁨", ("슬픔", "기쁨")),
        ("0,6,43", ("불평/불만", "화남/분노", "안심/신뢰")),
        ("['놀람', '경악']", ("경악", "놀람")),
    ],
)
def test_a_stroke_separates_labels_but_not_inside_one(cell: str, labels: tuple[str, ...]) -> None:
    assert Names(KOTE)(cell) == labels


def test_the_four_may_be_written_with_a_plus() -> None:
    assert Names(scheme("korean-4"))("분노+혐오") == ("분노·혐오",)


def read(tmp_path: Path, content: str | bytes, **options: object) -> Labelled:
    file = tmp_path / "rows.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_rows(file, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (tuple(WORDS), "korean-7"),
        (("슬픔", "행복", "분노"), "korean-7"),
        (("분노·혐오", "슬픔", "행복"), "korean-4"),
        (("불안", "슬픔", "기쁨"), "korean-3"),
        (("슬픔", "불평/불만"), "kote"),
        (("0,43", "24"), "kote"),
        (("0", "1", "2"), "dair"),
        (("0", "1", "2", "3"), "dair"),
        (("0", "1"), "binary"),
    ],
)
def test_the_scheme_is_found_from_korean_names_and_numbers_mean_what_they_did(
    tmp_path: Path, labels: tuple[str, ...], expected: str
) -> None:
    rows = "".join(f'this is text {place},"{label}"\n' for place, label in enumerate(labels * 2))
    assert read(tmp_path, f"text,label\n{rows}").scheme.name == expected


def test_numbers_are_korean_labels_where_that_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "text,label\na,0\nb,6\n", scheme="korean-7")
    assert [row.labels for row in found.rows] == [("분노",), ("중립",)]


def test_an_unknown_label_is_refused_with_its_row_and_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match=r"row 3: label '심심' .*\(분노, 놀람, 행복, 슬픔, 혐오, 공포, 중립"):
        read(tmp_path, "text,label\n가나,슬픔\n다라,분노\n마바,심심\n")


# --- files as they are written ------------------------------------------------------------------------------

SHORT = ["슬퍼요", "ㅋㅋㅋ 웃겨", "좋아!", "오늘 진짜 힘들다 today", "가"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949", "euc-kr"])
@pytest.mark.parametrize("text", SHORT)
def test_every_encoding_of_korean_files_is_found_however_short(tmp_path: Path, encoding: str, text: str) -> None:
    found = read(tmp_path, f"text,label\n{text},joy\nglad,fear\n".encode(encoding))
    assert found.rows[0].text == text


def test_a_whole_korean_table_of_excel_is_read(tmp_path: Path) -> None:
    kept = [line for line in lines(10) if "😭" not in line]
    found = read(tmp_path, "\r\n".join(["문장,감정", *kept]).encode("cp949"))
    assert found.scheme.name == "korean-7"
    assert [f"{row.text},{row.labels[0]}" for row in found.rows] == kept
    assert any("was read as cp949" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("сегодня был очень грустный день", "cp1251"),
        ("El niño está triste y añora, señor", "cp1252"),
        ("今日はとても悲しい一日だった", "shift_jis"),
        ("今天很难过，下雨了，没有人来", "gb18030"),
        ("今天很難過，下雨了", "big5"),
        ("Είμαι λυπημένος σήμερα", "cp1253"),
        ("أنا حزين اليوم", "cp1256"),
        ("it’s “fine”", "cp1252"),
    ],
)
def test_other_encodings_are_not_taken_for_korean(text: str, encoding: str) -> None:
    assert not is_korean(text.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        unicodedata.normalize("NFD", "너무 슬프다"),
        "ㅋㅋㅋㅋ ㅠㅠ",
        "😭😭",
        "ﾵￚﾩﾽￚﾱ",
        "오늘 so sad 悲しい ㅜㅜ",
        "👨\u200d👩\u200d👧 가족",
    ],
    ids=["decomposed", "lone letters", "emoji", "half width", "mixed scripts", "joined emoji"],
)
def test_texts_are_read_as_they_are_written(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, f"text,label\n{text},슬픔\n그냥,중립\n")
    assert found.rows == [Row(text, ("슬픔",)), Row("그냥", ("중립",))]
    assert text_key(text)


def corpus(name: str = "mine", **splits: list[tuple[str, str]]) -> Corpus:
    parts = [tuple(Row(text, (label,)) for text, label in splits.get(part, [])) for part in ("train", "held", "test")]
    return Corpus(name, SEVEN, *parts)


def test_a_decomposed_copy_of_a_test_text_is_not_trained_on() -> None:
    copy = unicodedata.normalize("NFD", "너무 슬프다!!")
    apart = disjoint([corpus(train=[(copy, "슬픔"), ("좋다", "행복")], test=[("너무 슬프다", "슬픔")])])[0]
    assert [row.text for row in apart.train] == ["좋다"]


def test_one_text_with_two_labels_stays_on_one_side(tmp_path: Path) -> None:
    from models.data.sources import load_data

    file = written(tmp_path / "rows.csv")
    with file.open("a", encoding="utf-8") as more:
        more.writelines(f"\n{line.rsplit(',', 1)[0]}!,중립" for line in lines(10))
    loaded = load_data(file).corpus
    sides = [{text_key(row.text) for row in part} for part in (loaded.train, loaded.validation, loaded.test)]
    assert len(loaded.train) + len(loaded.validation) + len(loaded.test) == 280
    assert not sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2]


# --- known data sets ----------------------------------------------------------------------------------------


def test_kote_is_cut_from_what_ships_with_every_label_on_both_sides() -> None:
    kote = load_known("kote")
    assert (len(kote.train), len(kote.validation), len(kote.test)) == (4_498, 502, 5_000)
    assert {row.text for row in kote.train}.isdisjoint(row.text for row in kote.validation)
    held = Counter(label for row in kote.validation for label in row.labels)
    whole = held + Counter(label for row in kote.train for label in row.labels)
    assert all(0.07 < held[label] / whole[label] < 0.15 for label in KOTE.labels)


def test_kote_rows_are_those_of_the_file_with_labels_in_its_order() -> None:
    kote, published = load_known("kote"), read_kote(DATA / "kote" / "val.tsv")
    assert sorted([*kote.train, *kote.validation]) == sorted(published)
    assert kote == load_known("kote")


def test_kote_by_path_reads_like_kote_by_name() -> None:
    by_path = read_rows(DATA / "kote" / "test.tsv")
    assert (by_path.scheme.name, by_path.rows) == ("kote", list(load_known("kote").test))


def kote_file(folder: Path, name: str, texts: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = (f"{number}\t{text}\t{number % 44},5" for number, text in enumerate(texts))
    (folder / name).write_text("\n".join(rows), encoding="utf-8")


def test_the_published_training_rows_are_used_where_the_user_puts_them(tmp_path: Path) -> None:
    kote_file(tmp_path / "kote", "val.tsv", [f"검증 {n}" for n in range(20)])
    kote_file(tmp_path / "kote", "test.tsv", ["시험", '"그는 ""아니"" 라고"'])
    without = load_known("kote", tmp_path)
    assert len(without.train) + len(without.validation) == 20
    kote_file(tmp_path / "kote", "train.tsv", [f"훈련 {n}" for n in range(30)])
    whole = load_known("kote", tmp_path)
    assert (len(whole.train), len(whole.validation)) == (30, 20)
    assert [row.text for row in whole.test] == ["시험", '그는 "아니" 라고']


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("1\t좋다\t44\n", "row 1: label '44' is not a number of the scheme 'kote'"),
        ("1\t좋다\t4\n2\t싫다\n", "row 2 has not three cells"),
    ],
)
def test_a_broken_kote_file_is_refused_with_the_row(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "val.tsv").write_text(content, encoding="utf-8")
    with pytest.raises(DataUnusable, match=reason):
        read_kote(tmp_path / "val.tsv")


def keti_file(folder: Path, content: list[str], encoding: str = "utf-8") -> None:
    (folder / "keti").mkdir()
    (folder / "keti" / "single_turn.csv").write_bytes("\n".join(content).encode(encoding))


def test_without_the_users_download_keti_says_what_it_is_and_where_it_goes(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match=r"AI Hub.* forbid passing it on.*keti/single_turn\.csv\.$"):
        load_known("keti", tmp_path)


@pytest.mark.parametrize(("header", "encoding"), [("text,label", "utf-8-sig"), ("Sentence,Emotion", "cp949")])
def test_keti_is_split_by_label_as_comparisons_split_it(tmp_path: Path, header: str, encoding: str) -> None:
    from sklearn.model_selection import train_test_split

    rows = [line for line in lines(50) if "😭" not in line]
    keti_file(tmp_path, [header, *rows], encoding)
    keti = load_known("keti", tmp_path)
    labels = [row.rsplit(",", 1)[1] for row in rows]
    rest, test = train_test_split(range(len(rows)), test_size=0.2, stratify=labels, random_state=1234)
    train, held = train_test_split(rest, test_size=0.1, stratify=[labels[place] for place in rest], random_state=1234)
    for part, places in ((keti.train, train), (keti.validation, held), (keti.test, test)):
        assert [f"{row.text},{row.labels[0]}" for row in part] == [rows[place] for place in places]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([*lines(20), "몰라,심심"], "row 141 has none of the labels 분노, 놀람"),
        (lines(2), "too few rows of a label"),
    ],
)
def test_a_wrong_keti_file_is_refused(tmp_path: Path, content: list[str], reason: str) -> None:
    keti_file(tmp_path, ["text,label", *content])
    with pytest.raises(DataUnusable, match=reason):
        load_known("keti", tmp_path)


@pytest.mark.skipif(
    not (DATA / "keti" / "single_turn.csv").is_file(),
    reason="keti may not be passed on; put your own download at data/keti/single_turn.csv",
)
def test_the_real_keti_has_the_sizes_of_published_comparisons() -> None:
    keti = load_known("keti")
    assert (len(keti.train), len(keti.validation), len(keti.test)) == (27_787, 3_088, 7_719)


def test_no_keti_text_is_part_of_the_repository() -> None:
    assert "data/keti/" in (DATA.parent / ".gitignore").read_text().splitlines()
    assert "no redistribution" in KNOWN["keti"].licence


# --- neutral rows -------------------------------------------------------------------------------------------


def felt(neutral: int) -> Corpus:
    rows = [("슬프다", "슬픔")] * 3 + [("좋다", "행복")] * 5 + [(f"그냥 {n}", "중립") for n in range(neutral)]
    return corpus(train=rows, held=rows, test=rows)


def sizes(one: Corpus) -> tuple[int, int, int]:
    return len(one.train), len(one.validation), len(one.test)


def test_neutral_rows_are_kept_dropped_or_cut_down_while_training() -> None:
    whole = felt(20)
    assert handled(whole, "keep") == whole
    assert sizes(handled(whole, "drop")) == (8, 8, 8)
    assert sizes(handled(whole, "undersample")) == (13, 28, 28)
    assert handled(whole, "undersample") == handled(handled(whole, "undersample"), "undersample")


def test_few_neutral_rows_all_stay_and_the_order_is_that_of_the_file() -> None:
    assert handled(felt(4), "undersample") == felt(4)
    kept = handled(felt(20), "undersample").train
    assert [row for row in felt(20).train if row in kept] == list(kept)


def test_data_of_neutral_rows_alone_is_not_emptied_by_cutting_down() -> None:
    alone = corpus(train=[("그냥", "중립")] * 3)
    assert handled(alone, "undersample") == alone


def test_in_multi_label_data_a_row_is_neutral_whose_labels_all_are() -> None:
    rows = (Row("a", ("없음",)), Row("b", ("비장함", "없음")), Row("c", ("기쁨", "없음")))
    assert handled(Corpus("k", KOTE, rows, rows, rows), "drop").train == rows[2:]


def test_the_rows_left_out_are_counted_in_words() -> None:
    assert neutral_notes([felt(2_000)], "drop") == ["mine: 6,000 neutral rows were left out."]
    assert neutral_notes([felt(2_000)], "undersample") == ["mine: 1,995 neutral training rows were left out."]
    assert neutral_notes([felt(20)], "keep") == []


def test_every_scheme_with_a_label_for_nothing_is_taught_that_nothing_was_said() -> None:
    named = {name: nothing_felt(scheme(name)) for name in ("canonical", "korean-7", "kote", "korean-4", "dair")}
    assert named == {"canonical": "neutral", "korean-7": "중립", "kote": "없음", "korean-4": None, "dair": None}


def test_a_recipe_keeps_its_handling_only_where_it_is_not_the_usual_one() -> None:
    recipe = Recipe("mine", "svm")
    assert "neutral" not in recipe.as_dict()
    assert replace(recipe, neutral="drop").as_dict()["neutral"] == "drop"
    with pytest.raises(TrainingFailed, match="'ignore': use keep, drop, undersample"):
        Recipe("mine", "svm", neutral="ignore")


# --- language -----------------------------------------------------------------------------------------------


def test_the_language_of_a_file_is_that_of_most_letters() -> None:
    assert language_of([unicodedata.normalize("NFD", "슬프다"), "ㅋㅋ ok"]) == "ko"
    assert language_of(["so sad 슬퍼", "really"]) == "en"
    assert language_of(["😭", "42", ""]) == "en"


def test_known_data_has_its_language_and_only_files_are_guessed() -> None:
    korean, english = felt(1), replace(load_known("emotion"), name="emotion")
    assert languages_of(["emotion", "x.csv"], [english, korean]) == (
        ("en", "ko"),
        ["mine was taken for Korean by its letters; say otherwise with --language."],
    )
    assert KNOWN["kote"].languages == KNOWN["keti"].languages == ("ko",)
    assert tuple(name for name, known in KNOWN.items() if known.languages == ("en",)) == corpora.ENGLISH


def test_the_sentences_are_trained_on_and_nothing_else() -> None:
    kote, korean = load_known("kote").in_scheme(scheme("canonical-multi")), load_known("korean")
    assert (korean.validation, korean.test) == (kote.validation, kote.test)
    assert korean.train[: len(kote.train)] == kote.train
    told = Counter(row.text for row in korean.train[len(kote.train) :])
    assert told["죽고 싶다는 생각뿐이야"] == told["죽고싶다는생각뿐이야"] == 1
    assert set(told.values()) == {1}
    assert not set(told) & {row.text for row in (*kote.validation, *kote.test)}
