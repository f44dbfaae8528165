import pytest

from stream.language import LanguageGate

ENGLISH = [
    "i didnt feel humiliated", "I wanna die", "lol", "im sooo sad", "What the actual hell, you are funny",
    "thanks", "ok", "omg this is so good", "😭😭😭", "i feel sooo gooood 😂",
]  # fmt: skip
FOREIGN = {
    "estoy muy triste hoy y no quiero salir": "es",
    "ich bin heute so traurig": "de",
    "je suis tellement fatigué aujourd'hui": "fr",
    "오늘 너무 슬퍼요": "ko",
    "今日はとても悲しいです": "ja",
    "我今天很难过": "zh",
    "мне очень грустно": "ru",
    "أنا حزين جدا اليوم": "ar",
}


@pytest.fixture(scope="module")
def gate() -> LanguageGate:
    return LanguageGate({"en"})


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_scored_however_short_or_slangy(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == ("en", None)


@pytest.mark.parametrize("text", FOREIGN)
def test_a_language_the_model_does_not_know_is_not_guessed_at(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == (FOREIGN[text], "language")


@pytest.mark.parametrize("text", ["", "   ", "@somebody", "https://t.co/x", "RT @somebody"])
def test_a_post_without_words_is_not_scored(gate: LanguageGate, text: str) -> None:
    assert gate.judge(text, None) == (None, "no_text")


def test_a_declared_language_is_believed(gate: LanguageGate) -> None:
    assert gate.judge("hello there", "de-AT") == ("de", "language")
    assert gate.judge("hello there my friend", "und") == ("en", None)


def test_a_foreign_word_in_an_english_sentence_changes_nothing(gate: LanguageGate) -> None:
    assert gate.judge("i love this song 사랑", None) == ("en", None)


def test_a_huge_text_is_judged_quickly_by_its_beginning(gate: LanguageGate) -> None:
    assert gate.judge("estoy muy triste " * 10_000, None) == ("es", "language")
