"""The transformer that starts from nothing: learned pieces, the same every time, in a folder that needs no other."""

import json
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.classify import ModelClassifier
from models.data.rows import Corpus, Row
from models.engine.network import NetworkModel
from models.engine.paths import has_paths, in_16_bits
from models.errors import TrainingFailed
from models.networks.learned_pieces import learned_tokenizer
from models.networks.scratch import ScratchOptions, build_scratch
from models.networks.transformer import TransformerConfig
from models.saved import load_model, save_model
from models.schemes import scheme
from models.training.fit import fit
from models.training.models import recipe_for
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from tests.models.checkpoints import KOREAN
from tests.models.feelings import feelings

SMALL = {"base": "scratch", "layers": 2, "hidden": 32, "heads": 2, "wide": 2, "pieces": 400, "length": 32}
QUICK = TrainingOptions(epochs=2, batch=32, rate=5e-3, average=0.5)
TEXTS = ["나는 정말 슬프다 ㅠㅠ", "i feel so sad", "", "뷁쀍😭", "\ud800 \x00", "기쁘다 ㅋㅋㅋ " * 40]
WORDS = {"sadness": "슬프다 외롭다 눈물", "joy": "기쁘다 신난다 웃음", "anger": "화난다 짜증 열받아"}


def korean(first: int, count: int) -> tuple[Row, ...]:
    """A word that tells the label, between two that tell which row it is."""
    labels = list(WORDS)
    found = []
    for place in range(first, first + count):
        label = labels[place % 3]
        word = WORDS[label].split()[place // 3 % 3]
        found.append(Row(f"{chr(0xAC00 + place)} {word} 그래 {chr(0xB000 + place // 2)}", (label,)))
    return tuple(found)


def corpus() -> Corpus:
    return Corpus("말", scheme("canonical"), korean(0, 90), korean(90, 30), korean(120, 30))


def recipe(**options: Any) -> Recipe:
    return Recipe("scratch", "transformer", scheme="canonical", options={**SMALL, **options}, training=QUICK)


def network_of(**options: Any) -> NetworkModel:
    """Untrained, but whole."""
    torch.manual_seed(3)
    shape = {**{name: SMALL[name] for name in ("layers", "hidden", "heads", "wide", "pieces")}, "minimum": 1, **options}
    network, encoder = build_scratch(TransformerConfig("scratch", 3, length=32), ScratchOptions(**shape), KOREAN * 3)
    return NetworkModel("transformer", network.eval(), encoder)


@pytest.mark.parametrize("cut", ["syllables", "jamo"])
def test_a_folder_scores_alike_wherever_it_is_read(cut: str, tmp_path: Path) -> None:
    saved = fit(recipe(cut=cut), [corpus()], quiet=True)
    save_model(tmp_path / "made", saved, card="made")
    moved = Path(shutil.move(tmp_path / "made", tmp_path / "moved"))
    loaded = ModelClassifier(load_model(moved))
    trained = ModelClassifier(saved)
    assert loaded.emotions(TEXTS).tobytes() == trained.emotions(TEXTS).tobytes()
    assert np.array_equal(loaded.predict(TEXTS).own, trained.predict(TEXTS).own)
    held = {path.name for path in moved.iterdir()}
    assert {"model.safetensors", "tokenizer.json", "config.json"} <= held


def test_it_learns_what_words_tell() -> None:
    longer = replace(recipe(), training=replace(QUICK, batch=8, epochs=12, patience=12))
    assert fit(longer, [corpus()], quiet=True).manifest.metrics["test"]["말"]["accuracy"] > 0.9


def test_the_same_rows_and_seed_give_the_same_model() -> None:
    files = [fit(recipe(), [corpus()], quiet=True).model.files() for _ in range(2)]
    assert files[0] == files[1]
    other = fit(recipe().seeded(2), [corpus()], quiet=True).model.files()
    assert other["tokenizer.json"] == files[0]["tokenizer.json"]
    assert other["model.safetensors"] != files[0]["model.safetensors"]


def test_another_process_learns_the_same_pieces() -> None:
    program = (
        "import hashlib\n"
        "from models.networks.learned_pieces import learned_tokenizer\n"
        "from tests.models.checkpoints import KOREAN\n"
        "learned = learned_tokenizer(KOREAN * 3, 400, 2, 'syllables')\n"
        "print(hashlib.sha256(learned.backend_tokenizer.to_str().encode()).hexdigest())"
    )
    root = Path(__file__).parents[2]
    said = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=root).stdout
        for _ in range(2)
    }
    assert len(said) == 1


def test_with_its_defaults_it_weighs_less_than_eight_megabytes() -> None:
    texts = [f"{left}{right} {right}{left}" for left in map(chr, range(0xAC00, 0xAD00)) for right in "가나다라마바사아"]
    network, encoder = build_scratch(TransformerConfig("scratch", 7), ScratchOptions(), texts * 3)
    lacking = (8000 - len(encoder)) * 192
    weights = 2 * (sum(value.numel() for value in network.parameters()) + max(0, lacking))
    assert weights + 1_000_000 < 8_000_000  # the pieces' own file is .7 MB at most


def test_it_has_the_fast_path_in_16_bits() -> None:
    model = network_of()
    assert has_paths(model)
    fast = in_16_bits(model, torch.device("cpu"))
    assert fast.logits(TEXTS) == pytest.approx(model.logits(TEXTS), abs=0.1)


@pytest.mark.parametrize("cut", ["syllables", "jamo"])
@pytest.mark.parametrize("text", ["슬프다 ㅠㅠ", "ㅋㅋㅋㅋ", "뷁쀍", "😭👍🏽", "today 좋아", "", " "], ids=ascii)
def test_decomposed_and_half_width_letters_are_the_usual_ones(cut: str, text: str) -> None:
    encoder = network_of(cut=cut).encoder
    narrow = text.replace("ㅋ", "\uffbb").replace("ㅠ", "\uffd7")
    wanted = encoder.encode_all([text])
    assert encoder.encode_all([unicodedata.normalize("NFD", text)]) == wanted
    assert encoder.encode_all([narrow]) == wanted


@pytest.mark.parametrize("cut", ["syllables", "jamo"])
def test_no_syllable_is_unknown(cut: str) -> None:
    encoder = network_of(cut=cut).encoder
    tokenizer: Any = encoder._tokenizer  # type: ignore[attr-defined]
    strange = encoder.encode_all(["뷁", "쀍", "𪚥", "🫠"])
    assert all(tokenizer.unk_token_id not in ids for ids in strange)
    assert len({tuple(ids) for ids in strange}) == 4


def test_jamo_of_a_new_syllable_are_pieces_it_has_learned() -> None:
    encoder = network_of(cut="jamo").encoder
    shown = encoder._tokenizer.convert_ids_to_tokens(encoder.encode_all(["덞"])[0])  # type: ignore[attr-defined]
    assert [piece for piece in shown if not piece.startswith("<0x")][1:] != ["[SEP]"]


def test_names_of_special_pieces_in_a_text_are_words() -> None:
    encoder = network_of().encoder
    plain = encoder.encode_all([""])[0]
    assert not set(plain) & set(encoder.encode_all(["[CLS] [SEP] <0x41>"])[0][1:-1])


def test_a_hundred_kilobytes_are_read_up_to_the_length_and_alone_as_in_company() -> None:
    model = network_of()
    long = ["슬프다 " * 30_000, "가" * 100_000, "ㅋ뷁" * 50_000]
    assert all(len(ids) <= 32 for ids in model.encoder.encode_all(long))
    alone = np.concatenate([model.logits([text]) for text in [*long, *TEXTS]])
    assert model.logits([*long, *TEXTS]) == pytest.approx(alone, abs=1e-5)


def test_an_interrupted_training_is_taken_up_to_the_same_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.training import course

    whole = fit(recipe(), [corpus()], quiet=True).model.files()
    note = course.Course.note

    def interrupted(self: Any, row: dict[str, float]) -> None:
        if row["epoch"] == 2:
            raise KeyboardInterrupt
        note(self, row)

    with monkeypatch.context() as patch:
        patch.setattr(course.Course, "note", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fit(recipe(), [corpus()], quiet=True, checkpoint=tmp_path / "kept")
    assert fit(recipe(), [corpus()], quiet=True, checkpoint=tmp_path / "kept").model.files() == whole


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rank": 4}, "A transformer from scratch has no learned weights to keep: leave out rank."),
        ({"frozen": 1}, "A transformer from scratch has no learned weights to keep: leave out frozen."),
        ({"heads": 3}, "hidden is 32: use a multiple of heads, which is 3."),
        ({"cut": "words"}, "cut is 'words': use one of syllables, jamo."),
        ({"pieces": 10}, "pieces is 10: use a whole number from 300 to 1000000."),
        ({"minimum": 100_000}, "No letter occurs 100000 times: give more rows, or a lower minimum."),
        ({"base": "minilm"}, "The encoder 'minilm' has its own layers: leave the option out, or use base scratch."),
    ],
)
def test_options_that_cannot_be_are_refused_in_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TrainingFailed) as failure:
        fit(recipe(**options), [feelings(60)], quiet=True)
    assert str(failure.value) == sentence


def test_its_usual_recipe_takes_larger_steps_than_a_fine_tune() -> None:
    assert recipe_for("bert", {"base": "scratch"}).training.rate > recipe_for("bert").training.rate


def test_the_command_trains_one_from_a_file(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from stream.cli import main

    lines = [f"{row.text}\t{row.labels[0]}" for row in korean(0, 300)]
    Path("rows.tsv").write_text("text\tlabel\n" + "\n".join(lines), encoding="utf-8")
    shape = [f"--set={name}={SMALL[name]}" for name in ("heads", "wide", "pieces", "length")]
    said = ["train", "--model", "bert", "--base", "scratch", "--data", "rows.tsv", "--layers", "1", "--hidden", "32"]
    done = CliRunner().invoke(main, [*said, *shape, "--epochs", "1", "--out", "made", "--json", "--quiet"])
    assert done.exit_code == 0, done.output
    assert json.loads(Path("made/model.json").read_text())["config"]["base"] == "scratch"


def test_letters_too_rare_to_learn_are_spelled_in_bytes() -> None:
    learned = learned_tokenizer(["가 가 가 나"], 300, 2, "syllables")
    assert "나" not in learned.get_vocab()
    assert learned.tokenize("나") == ["▁", "<0xEB>", "<0x82>", "<0x98>"]
