"""Any file with a text and a label column: found out, or refused with what to do."""

import gzip
import json
from pathlib import Path

import pytest

from models.data.read import Labelled, read_rows
from models.data.rows import Row
from models.errors import DataUnusable
from models.schemes import scheme

PLAIN = [Row("so sad", ("sadness",)), Row("so glad", ("joy",))]


def read(tmp_path: Path, content: str | bytes, name: str = "rows.csv", **options: object) -> Labelled:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_rows(file, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        "text,label\nso sad,0\nso glad,1\n",
        "label,text\nsadness,so sad\njoy,so glad\n",
        "id;Tweet;Emotion\n7;so sad;Sadness\n8;so glad;JOY\n",
        "id\tcontent\tsentiment\n7\tso sad\tsadness\n8\tso glad\tjoy\n",
        "sentence|polarity\nso sad|sadness\nso glad|joy\n",
        "text,label\r\nso sad,0.0\r\n\r\nso glad,1.0\r\n",
        'text,label\n"so sad","sadness"\n"so glad","joy"\n',
        "the_text,mood\nso sad,sadness\nso glad,joy\n",
        "so sad;sadness\nso glad;joy\n",
        "sadness\tso sad\njoy\tso glad\n",
    ],
    ids=[
        "numbers",
        "names, other order",
        "semicolon, any case",
        "tab",
        "bar",
        "Windows line ends, numbers with a point",
        "quoted",
        "own column names",
        "no header",
        "no header, label first",
    ],
)
def test_every_common_layout_gives_the_same_rows(tmp_path: Path, content: str) -> None:
    found = read(tmp_path, content, scheme="dair")
    assert found.rows == PLAIN


def test_json_lines_and_json_lists_are_read_with_numbers_names_and_lists(tmp_path: Path) -> None:
    objects = [{"text": "so sad", "label": 0}, {"label": ["joy"], "text": "so glad", "more": None}]
    lines = "\n".join(json.dumps(one) for one in objects)
    assert read(tmp_path, lines, "rows.jsonl", scheme="dair").rows == PLAIN
    assert read(tmp_path, json.dumps(objects), "rows.json", scheme="dair").rows == PLAIN


def test_commas_quotes_and_line_ends_inside_quoted_texts_are_part_of_them(tmp_path: Path) -> None:
    found = read(tmp_path, 'text,label\n"so, ""so""\nsad",sadness\n"well, well",joy\n')
    assert [row.text for row in found.rows] == ['so, "so"\nsad', "well, well"]


def test_backslashes_before_quotes_are_understood(tmp_path: Path) -> None:
    found = read(tmp_path, 'text,label\n"she said \\"no\\", twice",sadness\n"well",joy\n')
    assert found.rows[0].text == 'she said "no", twice'


def test_a_lone_quote_sign_in_a_tab_file_swallows_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, 'text\tlabel\n"open\tsadness\nmore\tjoy\n')
    assert [row.text for row in found.rows] == ['"open', "more"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_unicode_in_any_form_is_read(tmp_path: Path, encoding: str) -> None:
    stated = encoding if encoding == "utf-16-le" else None
    found = read(tmp_path, "text,label\nso sad é 😀,0\nso glad,1\n".encode(encoding), scheme="dair", encoding=stated)
    assert found.rows[0].text == "so sad é 😀"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "le café était fermé, quelle déception “vraiment” à côté de l'hôtel"),
        ("cp949", "오늘은 정말 슬픈 하루였다 그리고 비가 왔다"),
        ("cp1251", "сегодня был очень грустный день и шёл дождь"),
    ],
)
def test_an_older_encoding_is_found_and_told(tmp_path: Path, encoding: str, text: str) -> None:
    found = read(tmp_path, f'text,label\n"{text}",0\nso glad,1\n'.encode(encoding), scheme="dair")
    assert found.rows[0].text == text
    assert any("--encoding" in note for note in found.notes)


def test_a_stated_encoding_is_believed(tmp_path: Path) -> None:
    content = "text,label\nсегодня грустно,0\nso glad,1\n".encode("koi8-r")
    assert read(tmp_path, content, encoding="koi8-r", scheme="dair").rows[0].text == "сегодня грустно"


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(b"text,label\nso sad,0\nso glad,1\n")
    assert read(tmp_path, packed, "rows.csv.gz", scheme="dair").rows == PLAIN


def test_several_labels_in_a_cell_go_into_a_multi_label_scheme(tmp_path: Path) -> None:
    found = read(tmp_path, 'text,labels\na,"joy, love"\nb,grief|joy\nc,"[\'anger\']"\n')
    assert found.scheme.name == "goemotions"
    assert [row.labels for row in found.rows] == [("joy", "love"), ("grief", "joy"), ("anger",)]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("0", "4"), "binary"),
        (("0", "1"), "binary"),
        (("pos", "NEG"), "binary"),
        (("-1", "1"), "binary"),
        (tuple("012345"), "dair"),
        (("joy", "sadness", "love"), "dair"),
        (("joy", "neutral", "love"), "canonical"),
        (("joy", "disgust", "fear"), "ekman"),
        (("joy", "grief"), "goemotions"),
        (tuple(map(str, range(28))), "goemotions"),
    ],
)
def test_the_scheme_is_found_from_all_of_the_labels(tmp_path: Path, labels: tuple[str, ...], expected: str) -> None:
    rows = "".join(f"this is text {place},{label}\n" for place, label in enumerate(labels * 2))
    assert read(tmp_path, f"text,label\n{rows}").scheme.name == expected


def test_a_preferred_scheme_is_taken_where_all_labels_fit_it(tmp_path: Path) -> None:
    content = "text,label\na,joy\nb,sadness\n"
    assert read(tmp_path, content, prefer=scheme("ekman")).scheme.name == "ekman"
    assert read(tmp_path, "text,label\na,joy\nb,love\n", prefer=scheme("ekman")).scheme.name == "dair"


def test_what_numbers_were_taken_for_is_told(tmp_path: Path) -> None:
    notes = read(tmp_path, "text,label\na,0\nb,4\n").notes
    assert any("0 = negative, 4 = positive" in note for note in notes)


def test_rows_without_text_or_label_are_skipped_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "text,label\nso sad,sadness\n  ,joy\nlost,\nso glad,joy\n")
    assert found.rows == PLAIN
    assert [note.split(": ")[1] for note in found.notes] == [
        "1 rows without text were skipped.",
        "1 rows without label were skipped.",
    ]


def test_columns_can_be_named_or_numbered(tmp_path: Path) -> None:
    content = "text,label,body,feeling\nx,0,so sad,sadness\ny,1,so glad,joy\n"
    assert read(tmp_path, content, text_column="Body", label_column="feeling").rows == PLAIN
    assert read(tmp_path, content, text_column="3", label_column="4").rows == PLAIN
    assert read(tmp_path, "1,so sad,sadness\n2,so glad,joy\n", text_column="2", label_column="3").rows == PLAIN


def test_a_file_sorted_by_label_without_header_is_read_as_well(tmp_path: Path) -> None:
    rows = "".join(f'"{0 if i < 900 else 4}","{i}","NO_QUERY","{"such a day " * 3}{i}"\n' for i in range(1_000))
    found = read(tmp_path, rows)
    assert (found.scheme.name, len(found.rows)) == ("binary", 1_000)
    assert found.rows[0].text.startswith("such a day")


def test_the_shipped_samples_read_the_same_by_path_as_by_name() -> None:
    from models.data.corpora import DATA

    by_path, by_name = read_rows(DATA / "emotion" / "test.csv"), read_rows("emotion")
    assert (by_path.scheme, by_path.rows) == (by_name.scheme, by_name.rows)
    assert len(read_rows("goemotions", split="validation").rows) == 5_426


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"", {}, "is empty"),
        (b"\n \n", {}, "is empty"),
        (b"text,label\n", {}, "holds no row with a text and a label"),
        (b"text,label\n,0\n ,1\n", {}, "holds no row with a text and a label"),
        (b"text\nhello\nworld\n", {}, "only one column"),
        (
            b"text,label\na,joy\nb,sadness\nc,bored\n",
            {},
            "row 3: label 'bored' is not in the scheme 'dair' .sadness, joy",
        ),
        (b"text,label\na,0\nb,6\n", {"scheme": "dair"}, "row 2: label '6' is not in the scheme"),
        (b"text,label\na,-1\nb,1\n", {"scheme": "dair"}, "row 1: label '-1'"),
        (b"text,label\na,rain\nb,sun\n", {}, "fit none of the schemes binary, dair"),
        (b"text,label\na,joy|fear\nb,joy\n", {"scheme": "dair"}, "row 1 has several labels"),
        (b"text,label\na,joy\n", {"text_column": "body"}, "no column 'body': use one of text, label"),
        (b"a b c;joy\nd e f;fear\n", {"label_column": "mood"}, "has no header, so no column 'mood'"),
        (b"when,who,what\n1,2,so sad\n3,4,so glad\n", {}, "no column that is plainly the text; it has when, who, what"),
        (b"text,label\nwell, well,joy\nno,fear\n", {"delimiter": ","}, "row 1 has 3 cells where 2"),
        (b"\x89PNG\r\n\0\0\0", {}, "is not text"),
        (b"\x80\x04\x95\0\0", {}, "is not text"),
        (b"text,label\ncaf\xe9,joy\n", {"encoding": "utf-8"}, "is not utf-8: name its encoding with --encoding"),
        (b"text,label\na,joy\n", {"encoding": "klingon"}, "no encoding 'klingon'"),
        (b"\x1f\x8b\x08\0broken", {}, "broken gzip"),
        (b'{"text": "a", "label": "joy"}\n{"text": \n', {}, "line 2 is not JSON"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_remedy(
    tmp_path: Path, content: bytes, options: dict[str, str], reason: str
) -> None:
    with pytest.raises(DataUnusable, match=reason) as refused:
        read(tmp_path, content, **options)
    assert ": " in str(refused.value)
    assert str(refused.value).endswith(".")


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="does not exist"):
        read_rows(tmp_path / "none.csv")
    with pytest.raises(DataUnusable, match="is a folder"):
        read_rows(tmp_path)


def test_a_refusal_shows_no_text_of_a_post(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable) as refused:
        read(tmp_path, "a very private confession of mine,whatever\nand a second private one,else\n")
    assert "private" not in str(refused.value)


WESTERN = [
    "El ni\u00f1o est\u00e1 triste y a\u00f1ora el ma\u00f1ana",
    "Tengo miedo de la oscuridad, se\u00f1or",
    "L'\u00e9t\u00e9 a \u00e9t\u00e9 si triste \u00e0 c\u00f4t\u00e9 de la for\u00eat",
    "Le c\u0153ur bris\u00e9, elle pleure \u00e0 No\u00ebl",
    "Ich bin so gl\u00fccklich \u00fcber die sch\u00f6nen Bl\u00fcten",
    "Die Stra\u00dfe ist gro\u00df und d\u00fcster",
]


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize("text", WESTERN)
def test_western_texts_of_windows_keep_their_letters_however_few(tmp_path: Path, text: str, times: int) -> None:
    found = read(tmp_path, ("text,label\n" + f'"{text}",joy\nglad,fear\n' * times).encode("cp1252"))
    assert found.rows[0].text == text


@pytest.mark.parametrize(
    "text",
    [
        "Jestem bardzo szcz\u0119\u015bliwy, \u017c\u00f3\u0142\u0107",
        "Dnes jsem \u0161\u0165astn\u00fd \u010dlov\u011bk",
    ],
)
def test_central_european_texts_of_windows_keep_theirs(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, f'text,label\n"{text}",joy\nglad,fear\n'.encode("cp1250"))
    assert found.rows[0].text == text


def test_a_file_of_control_signs_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="is not text"):
        read(tmp_path, bytes(range(1, 256)) * 4)
