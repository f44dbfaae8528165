"""How posts are cut into words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.networks.text import MAX_TOKENS, UNKNOWN, Vocabulary, pieces, text_key, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'm HAPPY", ["im", "happy"]),
        ("It’s don`t", ["its", "dont"]),
        ("@someone_1 hi [NAME]", ["<user>", "hi", "<user>"]),
        ("see https://a.example/b?c=1 or www.a.example", ["see", "<url>", "or", "<url>"]),
        ("at 10:30, 2,000 of them", ["at", "<number>", "<number>", "of", "them"]),
        ("noooooo!!!!! ok...", ["noo", "!!", "ok", ".."]),
        ("😭👍🏽❤️", ["😭", "👍", "❤"]),
        ("<3 :) :(", ["<3", ":)", ":("]),
        ("", []),
        ("\x00", ["\x00"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_long_text_is_read_up_to_a_fixed_number_of_words() -> None:
    assert len(pieces("word " * 50_000)) == MAX_TOKENS
    assert len(pieces("!?" * 50_000)) == 1


def test_a_stretched_word_is_found_under_its_plain_spelling() -> None:
    known = Vocabulary(["happy", "so", "good"])
    assert known.encode("sooo happpppy goood") == [3, 2, 4]


def test_words_seen_twice_are_known_and_frequent_ones_come_first() -> None:
    assert Vocabulary.of(["a b a", "b a c"]).words == ("a", "b")


def test_a_limit_keeps_the_most_frequent_words() -> None:
    assert Vocabulary.of(["a b c a b a"], minimum=1, limit=2).words == ("a", "b")


@pytest.mark.parametrize("known", [[], ["a"], ["a", "b"]])
def test_a_vocabulary_is_read_back_as_it_was_written(known: list[str]) -> None:
    assert Vocabulary.read(Vocabulary(known).files()).words == tuple(known)


def test_a_text_without_words_is_one_unknown_word() -> None:
    assert Vocabulary(["a"]).encode("") == [UNKNOWN]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_what_was_read_before_does_not_change_a_text_s_numbers(texts: list[str]) -> None:
    shared = Vocabulary(["a", "b", "é", "!"])
    assert [shared.encode(text) for text in texts] == [Vocabulary(shared.words).encode(text) for text in texts]


@given(st.text(max_size=80))
def test_the_key_ignores_case_and_spacing_of_letters(text: str) -> None:
    assert text_key(f"  {text}") == text_key(text)
    assert text_key(text_key(text)) == text_key(text)
