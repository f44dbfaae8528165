"""Korean BERTs by their ways of cutting texts: what their makers' own programs would cut, from any way of typing."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sentencepiece

from models.errors import ModelUnusable
from models.networks.bases import base_hash
from models.networks.pieces import Pieces
from models.networks.transformer import TransformerConfig
from models.networks.transformer_model import build_transformer
from tests.models.checkpoints import (
    KOREAN,
    tiny_korean_bert,
    tiny_korean_roberta,
    tiny_sentencepiece,
    tiny_two_files,
)

TYPED = [
    "오늘은 정말 슬프다 ㅠㅠ",
    "ㅋㅋㅋㅋ",
    "기쁘다😭👍🏽 today 2,000원",
    "뷁쀍 그 사람",
    "``화''가 나\n무서워",
    "",
    "   ",
]


def tiny_pairs(folder: Path) -> Path:
    return tiny_sentencepiece(folder, "bpe")


SPM = [tiny_sentencepiece, tiny_pairs, tiny_two_files]
ALL = [tiny_korean_bert, tiny_korean_roberta, *SPM]


@pytest.fixture(scope="module", params=ALL, ids=lambda build: build.__name__)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build: Callable[[Path], Path] = request.param
    return build(tmp_path_factory.mktemp("korean") / "base")


def encoder_of(base: Path) -> Pieces:
    return build_transformer(TransformerConfig(str(base), 2, length=64))[1]


@pytest.mark.parametrize("build", SPM, ids=lambda build: build.__name__)
def test_pieces_are_those_of_the_sentencepiece_program(build: Callable[[Path], Path], tmp_path: Path) -> None:
    base = build(tmp_path / "base")
    spm = sentencepiece.SentencePieceProcessor(str(next(base.glob("*.model"))))
    listed = base / "vocab.txt"
    order = listed.read_text().split("\n") if listed.exists() else [spm.id_to_piece(i) for i in range(len(spm))]
    texts = [*TYPED, *KOREAN]
    said = [spm.encode(text.replace("``", '"').replace("''", '"'), out_type=str) for text in texts]
    wanted = [[piece if piece in order else "[UNK]" for piece in ("[CLS]", *pieces, "[SEP]")] for pieces in said]
    assert encoder_of(base).encode_all(texts) == [[order.index(piece) for piece in pieces] for pieces in wanted]


def test_a_text_begins_with_the_piece_for_the_whole_and_ends_with_the_one_that_parts(base: Path) -> None:
    found = encoder_of(base).encode_all(["슬프다", ""])
    first, last = found[1]
    assert (found[0][0], found[0][-1]) == (first, last)
    assert first != last


@pytest.mark.parametrize("text", TYPED, ids=ascii)
def test_decomposed_and_half_width_letters_are_the_usual_ones(base: Path, text: str) -> None:
    encoder = encoder_of(base)
    apart = unicodedata.normalize("NFD", text)
    narrow = text.replace("ㅋ", "\uffbb").replace("ㅠ", "\uffd7")
    assert encoder.encode_all([apart, narrow]) == encoder.encode_all([text, text])


def test_hangul_is_known_and_syllables_never_seen_have_a_number(base: Path) -> None:
    encoder = encoder_of(base)
    known, strange = encoder.encode_all(["친구랑 너무", "뷁쀍"])
    unknown = set(strange) - set(encoder.encode_all([""])[0])
    assert not unknown & set(known) or len(known) > 4
    assert all(0 <= number < len(encoder) for number in (*known, *strange))


def test_a_hundred_kilobytes_of_korean_are_cut_to_the_length(base: Path) -> None:
    long = [unit * (100_000 // len(unit)) for unit in ("슬프다 ", "ㅋ", "뷁", unicodedata.normalize("NFD", "슬프다"))]
    assert all(len(ids) <= 64 for ids in encoder_of(base).encode_all(long))


def test_neighbours_do_not_matter(base: Path) -> None:
    from models.engine.network import NetworkModel

    network, encoder = build_transformer(TransformerConfig(str(base), 3, length=64))
    model = NetworkModel("transformer", network.eval(), encoder)
    alone = np.concatenate([model.logits([text]) for text in TYPED])
    assert model.logits(TYPED) == pytest.approx(alone, abs=1e-5)


def test_a_change_of_the_sentencepiece_file_makes_another_base(tmp_path: Path) -> None:
    base = tiny_two_files(tmp_path / "base")
    before = base_hash(base)
    file = base / "tokenizer_78b3253a26.model"
    file.write_bytes(file.read_bytes() + b"\x1a\x00")
    assert base_hash(base) != before


@pytest.mark.parametrize("content", [b"", b"no protocol buffer", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"])
def test_what_is_no_sentencepiece_file_is_refused(tmp_path: Path, content: bytes) -> None:
    base = tiny_sentencepiece(tmp_path / "base")
    (base / "spiece.model").write_bytes(content)
    with pytest.raises(ModelUnusable, match=r"spiece\.model (is no SentencePiece model|holds no pieces)"):
        encoder_of(base)


def test_a_sentencepiece_file_cut_short_is_refused(tmp_path: Path) -> None:
    base = tiny_sentencepiece(tmp_path / "base")
    file = base / "spiece.model"
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(ModelUnusable, match="no SentencePiece model"):
        encoder_of(base)


def test_a_list_of_words_without_the_special_pieces_is_refused(tmp_path: Path) -> None:
    base = tiny_two_files(tmp_path / "base")
    (base / "vocab.txt").write_text("▁\n가\n", encoding="utf-8")
    with pytest.raises(ModelUnusable, match=r"has no piece \[CLS\], which a BERT needs"):
        encoder_of(base)


def test_no_program_of_a_base_is_run(tmp_path: Path) -> None:
    base = tiny_two_files(tmp_path / "base")
    assert "auto_map" in json.loads((base / "config.json").read_text())
    assert encoder_of(base).encode_all(["슬프다"])  # the program would end this process
