"""Korean as people type it, and the network that reads it by groups of letters."""

import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.data.rows import Corpus, Row
from models.engine.network import NetworkModel
from models.errors import TrainingFailed
from models.networks.gram_network import GramConfig, GramNetwork, GramVectors
from models.networks.grams import LONGEST, MAX_LETTERS, NONE, UNKNOWN, Grams, groups
from models.networks.hangul import LINK, MENTION, WIDTHS, composed, readable
from models.schemes import scheme
from models.training.fit import fit
from models.training.options import TrainingOptions
from models.training.recipe import Recipe

SAD = ["너무 슬프다", "눈물이 난다 ㅠㅠ", "슬퍼서 울었어", "외롭고 슬픈 밤", "마음이 아프고 슬퍼요"]
GLAD = ["정말 기쁘다", "신난다 ㅋㅋ", "기뻐서 웃었어", "즐겁고 기쁜 날", "행복하고 기뻐요"]
QUICK = TrainingOptions(epochs=12, batch=4, rate=2e-2, average=0.5, patience=12)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (unicodedata.normalize("NFD", "오늘 너무 슬프다"), "오늘 너무 슬프다"),
        ("ㅋㅋㅋㅋㅋㅋ", "ㅋㅋ"),
        ("ㅠㅠㅋㅋ", "ㅠㅠㅋㅋ"),
        ("\uffa1\uffa2\uffa4", "ㄱㄲㄴ"),
        ("\uffa4\uffc6\uffb1\uffd3 \uffb5\uffda\uffa9\uffbd\uffda\uffa7\uffc2", "너무 슬프다"),
        ("\uffbb\uffbb \uffd7\uffd7", "ㅋㅋ ㅠㅠ"),
        ("\uffb1\uffc2\uffb9\uffb9 \uffa3\uffc2", "마ㅉㅉ ㄳㅏ"),
        ("ㄱㅏ ㄴㅓㅁㅜ", "ㄱㅏ ㄴㅓㅁㅜ"),
        ("ＨＡＰＰＹ！！！！", "happy!!"),
        ("좋아 👍🏽👍🏻", "좋아 👍👍"),
        ("@someone 봐 https://example.org/x?y=1", f"{MENTION} 봐 {LINK}"),
        ("1,234원 3:45", "0원 0"),
        ("  많은\t\n빈칸  ", "많은 빈칸"),
        ("", ""),
        ("깨진 \ud83d 글자", "깨진 \ufffd 글자"),
    ],
)
def test_spellings_that_look_alike_become_one(typed: str, read: str) -> None:
    assert readable(typed) == read


@given(st.text(max_size=60))
def test_reading_twice_is_reading_once_composed_or_not(text: str) -> None:
    assert readable(unicodedata.normalize("NFD", text)) == readable(text)


def test_every_syllable_in_half_width_letters_is_read_as_the_syllable() -> None:
    narrow = {usual: chr(code) for code, usual in WIDTHS.items() if 0xFFA1 <= code <= 0xFFDC}
    narrow_of = {unicodedata.normalize("NFKC", usual): letter for usual, letter in narrow.items()}
    initials = [narrow_of[chr(code)] for code in range(0x1100, 0x1113)]
    vowels = [narrow_of[chr(code)] for code in range(0x1161, 0x1176)]
    finals = ["", *(narrow[letter] for letter in "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")]
    spelled = "".join(first + vowel + last for first in initials for vowel in vowels for last in finals)
    assert composed(spelled) == "".join(map(chr, range(0xAC00, 0xD7A4)))


@given(
    st.text(st.sampled_from("\uffa1\uffa3\uffa8\uffb1\uffbb\uffc2\uffda\u1100\u1161\u11a8가ㅋㅏ \u0301"), max_size=20)
)
def test_composing_twice_is_composing_once_with_half_width_letters(text: str) -> None:
    assert composed(composed(text)) == composed(text)


def test_a_text_without_letters_still_has_its_two_ends() -> None:
    assert Grams(["슬"]).encode("") == Grams(["슬"]).encode("   ")
    assert len(Grams(["슬"]).encode("")) == 2 * LONGEST


def test_every_letter_brings_itself_with_the_one_and_the_two_before() -> None:
    assert list(groups("가나"))[-6:-3] == ["나", "가나", "\x02가나"]
    encoded = Grams(["가", "나", "가나"]).encode("가나")
    assert encoded == [UNKNOWN, NONE, NONE, 2, UNKNOWN, NONE, 3, 4, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_hundred_kilobytes_are_read_up_to_a_fixed_length() -> None:
    assert len(Grams(["가"]).encode("가나다라" * 30_000)) == (MAX_LETTERS + 2) * LONGEST


def test_groups_are_kept_by_frequency_and_survive_being_written() -> None:
    known = Grams.of(["가나 가나", "가나"], minimum=2, limit=4)
    assert set(known.known) <= set(groups("가나 가나")) | set(groups("가나"))
    assert len(known) == 6
    again = Grams.read(known.files())
    assert again.known == known.known
    assert again.encode_all(["나가", "가나"]) == known.encode_all(["나가", "가나"])


def test_a_text_is_read_the_same_whatever_stands_beside_it() -> None:
    torch.manual_seed(1)
    encoder = Grams.of(SAD + GLAD, minimum=1)
    network = GramNetwork(GramConfig(len(encoder), 3, embedding=8, hidden=8))
    torch.nn.init.normal_(network.output.weight)
    model = NetworkModel("grams", network.eval(), encoder)
    alone = np.concatenate([model.logits([text]) for text in SAD])
    together = model.logits([*SAD, "아주 긴 글이 옆에 있어도 " * 8])[: len(SAD)]
    assert np.abs(alone - together).max() < 1e-5
    assert np.ptp(alone, axis=0).max() > 1e-3


def test_hidden_groups_are_made_up_for_by_the_others() -> None:
    torch.manual_seed(1)
    vectors = GramVectors(50, 8, hidden=0.5).train()
    ids = torch.randint(1, 50, (1, 1, 400))
    seen = torch.stack([vectors(ids) for _ in range(400)]).mean(dim=0)
    assert torch.allclose(seen, vectors.eval()(ids), atol=1.0)
    assert not torch.equal(vectors.train()(ids), vectors(ids))


def test_a_few_invented_rows_are_enough_to_tell_sad_from_glad() -> None:
    rows = [Row(text, ("슬픔",)) for text in SAD] + [Row(text, ("기쁨",)) for text in GLAD]
    told = [Row(f"어제 {row.text} 참말로", row.labels) for row in rows]
    recipe = Recipe("g", "grams", ("made-up",), "korean-3", ("ko",), {"minimum": 1, "words": 500}, QUICK)
    apart = Corpus("made-up", scheme("korean-3"), tuple(rows), tuple(told), (Row("슬픈 밤이다", ("슬픔",)),))
    saved = fit(recipe, [apart], quiet=True)
    guessed = [saved.manifest.labels[row.argmax()] for row in saved.model.logits(["슬픈 밤", "기쁜 날"])]
    assert guessed == ["슬픔", "기쁨"]


def test_no_group_often_enough_is_said() -> None:
    rows = (Row("가", ("슬픔",)), Row("나", ("기쁨",)))
    corpus = Corpus("made-up", scheme("korean-3"), rows, (Row("다", ("슬픔",)),), (Row("라", ("기쁨",)),))
    recipe = Recipe("g", "grams", ("made-up",), "korean-3", ("ko",), {"minimum": 9})
    with pytest.raises(TrainingFailed, match="lower minimum"):
        fit(recipe, [corpus], quiet=True)
