from unicodedata import normalize

import pytest

from benchmarks.languages import judged
from stream.language import LanguageGate
from stream.language_words import ENGLISH as WORDS
from stream.language_words import FOREIGN as FOREIGN_WORDS
from tests.stream.language_posts import development, held_out

ENGLISH = [
    "i didnt feel humiliated", "I wanna die", "lol", "im sooo sad", "What the actual hell, you are funny",
    "thanks", "ok", "omg this is so good", "😭😭😭", "i feel sooo gooood 😂", "im fine", "Im in!", "die", "So tired",
    "unhappy", "nervous 😭", "whatever",
    "ｉ ｆｅｅｌ ｅｍｐｔｙ", "𝓲 𝔀𝓪𝓷𝓽 𝓽𝓸 𝓭𝓲𝓮", "café with mom", "12345", "10 / 10", "!!!",
]  # fmt: skip
KOREAN = [
    "오늘 너무 슬퍼요", "ㅋㅋ", "ㅠㅠ", "ㄹㅇ", "헐", "죽고 싶다 😭", "#오운완", normalize("NFD", "죽고 싶어요"),
    normalize("NFD", "헐"), "ﾡﾡﾡ", "ﾾￂﾰￂ", "ㅜㅜ 😭😭", "@민지 ㅋㅋㅋ https://t.co/x",
]  # fmt: skip
FOREIGN = {
    "estoy muy triste hoy y no quiero salir": "es",
    "hola": "es",
    "ich bin heute so traurig": "de",
    "danke": "de",
    "je suis tellement fatigué aujourd'hui": "fr",
    "今日はとても悲しいです": "ja",
    "我今天很难过": "zh",
    "мне очень грустно": "ru",
    "أنا حزين جدا اليوم": "ar",
}
MIXED = {
    "오늘 너무 happy 해요 ㅋㅋ": "ko",
    "iPhone 새로 샀다": "ko",
    "BTS 콘서트 가고 싶다": "ko",
    "lol 진짜? i can't believe this happened today": "en",
    "i love this song 사랑": "en",
    "omg 오빠 please come back to us": "en",
    "今日は very happy です": "ja",
    "大好き 사랑해요 오늘도 고마워요": "ko",
}


@pytest.fixture(scope="module")
def gate() -> LanguageGate:
    return LanguageGate({"en", "ko"})


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_scored_however_short_or_slangy(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == ("en", None)


@pytest.mark.parametrize("text", KOREAN)
def test_korean_is_scored_however_short_decomposed_or_narrow(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == ("ko", None)


@pytest.mark.parametrize("text", FOREIGN)
def test_a_language_the_models_do_not_know_is_not_guessed_at(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == (FOREIGN[text], "language")


@pytest.mark.parametrize("text", MIXED)
def test_a_mixed_post_is_in_the_language_that_says_more_of_it(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None)[0] == MIXED[text]
    assert gate.judge(normalize("NFD", text), None)[0] == MIXED[text]


def test_a_syllable_of_hangul_weighs_as_much_as_three_latin_letters(gate: LanguageGate) -> None:
    assert gate.judge("hihi 샀다", None)[0] == "ko"
    assert gate.judge("hihihi 샀다", None)[0] == "en"


@pytest.mark.parametrize("text", ["", "   ", "@somebody", "https://t.co/x", "RT @somebody"])
def test_a_post_without_words_is_not_scored(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == (None, "no_text")


def test_emoji_and_numbers_alone_are_in_a_language_that_is_scored() -> None:
    assert LanguageGate({"ko"}).judge("😭😭", None) == ("ko", None)
    assert LanguageGate({"ko"}).judge("2026 12 31", None) == ("ko", None)
    assert LanguageGate({"ko", "en"}).judge("😭😭", None) == ("en", None)
    assert LanguageGate({"ko", "en"}).judge("😭😭", "ko") == ("ko", None)


def test_a_declared_language_is_believed(gate: LanguageGate) -> None:
    assert gate.judge("hello there", "de-AT") == ("de", "language")
    assert gate.judge("hello there my friend", "und") == ("en", None)
    assert gate.judge("hola", "eng") == ("en", None)


def test_a_declaration_that_the_script_contradicts_about_korean_is_not_believed(gate: LanguageGate) -> None:
    assert gate.judge("죽고 싶어요", "en") == ("ko", None)
    assert gate.judge("i want to die", "ko") == ("en", None)
    assert gate.judge("ㅋㅋ", "ja") == ("ko", None)


def test_words_for_a_declared_language_say_nothing_and_go_nowhere(gate: LanguageGate) -> None:
    assert gate.judge("i feel so sad today", "i am a canary") == ("en", None)
    assert gate.judge("너무 슬퍼요", "English") == ("ko", None)


def test_only_korean_asked_for_leaves_english_alone() -> None:
    gate = LanguageGate({"ko"})
    assert gate.judge("i feel so sad and hopeless today", None) == ("en", "language")
    assert gate.judge("너무 슬퍼요", None) == ("ko", None)


def test_a_huge_text_is_judged_quickly_by_its_beginning(gate: LanguageGate) -> None:
    assert gate.judge("estoy muy triste " * 10_000, None) == ("es", "language")


def test_no_word_speaks_for_english_and_for_another_language() -> None:
    assert not set(WORDS.split()) & {word for words in FOREIGN_WORDS.values() for word in words.split()}


@pytest.mark.parametrize("posts", [development(), held_out()], ids=["development", "held out"])
def test_invented_posts_of_five_languages_are_told_apart(posts: list[tuple[str, str]]) -> None:
    counts = judged(posts)
    called = {language: {name: counts[language, name] / 30 for name in ("en", "ko")} for language, _ in counts}
    assert called["en"]["en"] >= 0.98
    assert called["ko"]["ko"] >= 0.98
    assert max(called[language]["ko"] for language in ("en", "es", "de", "ja")) == 0
    assert called["ja"]["en"] == called["ko"]["en"] == 0
    assert called["es"]["en"] + called["de"]["en"] <= 0.07
