"""Every layout that people have on disk is recognised by what is in it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stream.csv import describe, read_records
from stream.errors import FileUnreadable
from stream.mapping import Mapping
from stream.rows import BadLine, Row

V1 = {
    "created_at": "Wed Aug 27 13:08:45 +0000 2008",
    "id_str": "901",
    "text": "a fine day",
    "user": {"id_str": "77", "screen_name": "amber_otter"},
    "lang": "en",
}
V2 = {
    "id": "902",
    "text": "a fine day",
    "author_id": "78",
    "created_at": "2021-05-06T07:08:09.000Z",
    "lang": "en",
}
POST = {
    "source": "forum",
    "id": "1",
    "author": "olive-yak",
    "text": "hello",
    "sent_at": "2024-01-02T03:04:05Z",
}


def write(folder: Path, text: str, name: str = "file.txt", encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return str(path)


def posts(path: str, mapping: Mapping | None = None) -> list[Row]:
    found = list(read_records(path, mapping))
    assert all(isinstance(row, Row) for row in found), found
    return [row for row in found if isinstance(row, Row)]


def test_sentiment140_is_read_with_its_zones_and_its_latin_1(tmp_path: Path) -> None:
    text = (
        '"0","1467810369","Mon Apr 06 22:19:45 PDT 2009","NO","amber_otter","café is shut, ""again"""\n'
        '"4","1467810370","Tue Jan 06 22:19:45 PST 2009","NO_QUERY","olive_yak","&quot;hi&quot;"\n'
    )
    path = write(tmp_path, text, encoding="latin-1")
    first, second = posts(path)
    assert (first.id, first.author, first.source) == ("1467810369", "amber_otter", "twitter")
    assert first.text == 'caf\xe9 is shut, "again"'
    assert first.sent_at == datetime(2009, 4, 7, 5, 19, 45, tzinfo=UTC)
    assert second.sent_at == datetime(2009, 1, 7, 6, 19, 45, tzinfo=UTC)
    assert describe(path).layout == "Sentiment140"
    assert describe(path).encoding == "Latin-1"


def test_the_bundled_tweets_are_sentiment140_and_hold_300_posts() -> None:
    path = str(Path(__file__).parents[2] / "data" / "tweets" / "sentiment140_invented.csv")
    assert describe(path).layout == "Sentiment140"
    assert len(posts(path)) == 300


def test_crowdflower_has_authors_and_ids_but_no_times(tmp_path: Path) -> None:
    text = '"tweet_id","sentiment","author","content"\n1956967341,"empty","amber_otter","@olive_yak i know"\n'
    path = write(tmp_path, text)
    (row,) = posts(path)
    assert (row.id, row.author, row.text, row.filled) == (
        "1956967341",
        "amber_otter",
        "@olive_yak i know",
        True,
    )
    assert describe(path).layout == "CrowdFlower text_emotion"
    assert "no times: filled in order, one step apart" in describe(path).notes


@pytest.mark.parametrize(
    "text",
    [
        "text,label\ni feel fine,1\ni feel low,0\n",
        "text\tlabel\ni feel fine\t1\ni feel low\t0\n",
        "i feel fine;joy\ni feel low;sadness\n",
    ],
)
def test_dair_ai_is_recognised_with_comma_tab_and_semicolon(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    assert [row.text for row in posts(path)] == ["i feel fine", "i feel low"]
    assert describe(path).layout == "dair-ai emotion"


def test_goemotions_keeps_a_text_that_opens_a_quote_and_never_closes_it(tmp_path: Path) -> None:
    lines = [
        "what a day\t27\teebbqej",
        '"open and gone\t2,3\teezlygj',
        '"both ""ways"""\t0\ted00q6i',
        "end\t27\ted0bdzj",
    ]
    text = "\n".join(lines)
    path = write(tmp_path, text)
    assert describe(path).layout == "GoEmotions"
    assert [row.id for row in posts(path)] == ["eebbqej", "eezlygj", "ed00q6i", "ed0bdzj"]


def test_twitter_v1_reads_whole_texts_retweets_and_skips_deletions(tmp_path: Path) -> None:
    retweet = V1 | {
        "id_str": "903",
        "text": "RT @olive_yak: cut o…",
        "retweeted_status": {"user": {"screen_name": "olive_yak"}, "full_text": "cut off no more"},
    }
    long = V1 | {"id_str": "904", "extended_tweet": {"full_text": "all of it"}, "lang": "und"}
    lines = [V1, {"delete": {"status": {"id": 1}}}, retweet, long]
    path = write(tmp_path, "\n".join(map(json.dumps, lines)))
    first, second, third = posts(path)
    assert (first.author, first.language, first.source) == ("77", "en", "twitter")
    assert first.sent_at == datetime(2008, 8, 27, 13, 8, 45, tzinfo=UTC)
    assert second.text == "RT @olive_yak: cut off no more"
    assert (third.text, third.language) == ("all of it", None)


def test_twitter_v2_reads_bare_posts_envelopes_and_pages(tmp_path: Path) -> None:
    lines = [V2, {"data": V2 | {"id": "5"}, "includes": {}}, {"data": [V2 | {"id": "6"}, V2 | {"id": "7"}]}]
    path = write(tmp_path, "\n".join(map(json.dumps, lines)))
    assert [row.id for row in posts(path)] == ["902", "5", "6", "7"]
    assert describe(path).layout == "Twitter API v2"
    assert posts(path)[0].sent_at == datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_our_own_posts_come_back_the_same_from_json_and_csv(tmp_path: Path) -> None:
    as_json = posts(write(tmp_path, json.dumps(POST) + "\n", "a.jsonl"))
    table = ",".join(POST) + ",channel,language\n" + ",".join(POST.values()) + ",,\n"
    as_table = posts(write(tmp_path, table, "a.csv"))
    assert as_json[0].value() == as_table[0].value()
    assert json.loads(as_json[0].value()) == POST | {"sent_at": "2024-01-02T03:04:05+00:00"}


def test_obvious_column_names_are_guessed(tmp_path: Path) -> None:
    text = "Created At;User Name;Subreddit;Body\n2020-01-02 03:04;amber;tea;one\n1577934240;olive;tea;two\n"
    path = write(tmp_path, text)
    first, second = posts(path)
    assert (first.author, first.channel, first.text) == ("amber", "tea", "one")
    assert first.sent_at == second.sent_at == datetime(2020, 1, 2, 3, 4, tzinfo=UTC)
    assert describe(path).columns["text"] == "Body"


def test_columns_can_be_named_numbered_and_dotted(tmp_path: Path) -> None:
    table = write(tmp_path, "when,who,what\n2020-01-01,amber,one\n", "a.csv")
    plain = write(tmp_path, "2020-01-01|amber|one\n2020-01-02|olive|two\n", "b.csv")
    nested = write(tmp_path, json.dumps({"a": {"b": "one"}, "by": {"n": 7}}), "c.jsonl")
    assert posts(table, Mapping.parse("text=what,user=who,time=when"))[0].author == "amber"
    assert [row.text for row in posts(plain, Mapping.parse("text=3,user=2,time=1"))] == ["one", "two"]
    assert posts(nested, Mapping.parse("text=a.b,user=by.n"))[0].author == "7"


def test_day_first_dates_are_noticed_for_the_whole_file(tmp_path: Path) -> None:
    text = "date,text\n03/04/2020 10:00,one\n25/12/2020 10:00,two\n"
    path = write(tmp_path, text)
    assert posts(path)[0].sent_at.month == 4
    assert "dates with signs are read day first" in describe(path).notes


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n1,2\n", "--map text="),
        (b'{"a": 1}\n', "'a'"),
        (b'[{"text": "x"}]', "one JSON array"),
        (b"PK\x03\x04rest", "unpack it"),
        ("text\nx\n".encode("utf-16"), "UTF-16"),
        (b"\x1f\x8bnothing", "broken"),
    ],
)
def test_what_is_no_file_of_posts_is_refused_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match="file") as caught:
        list(read_records(str(path)))
    assert told in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_missing_files_directories_and_wrong_maps_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "text,label\nx,1\n")
    for wrong in (str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(FileUnreadable):
            list(read_records(wrong))
    for written in ("text", "text=", "size=3,text=1", "user=1", "text=9", "text=nope"):
        with pytest.raises(FileUnreadable, match=r"--map|no column"):
            list(read_records(path, Mapping.parse(written)))


def test_a_bad_row_names_its_file_without_folders_and_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "id,author,text,sent_at\n1,amber,hi,2020-01-01\n2,amber,hi,never\n3,amber\n", "a.csv")
    good, time, width = read_records(path)
    assert isinstance(good, Row)
    assert time == BadLine("a.csv", 3, "the time cannot be read", "2,amber,hi,never\n")
    assert width == BadLine("a.csv", 4, "expected 4 columns, found 2", "3,amber\n")
