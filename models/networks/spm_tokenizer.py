"""A tokenizer from a SentencePiece file, as the Korean BERTs have it: [CLS] text [SEP].

`skt/kobert-base-v1` names the tokenizer of XLNet, which would put the first piece last; `monologg/kobert` brings a
program of its own, which is not run here, and numbers its pieces by a `vocab.txt`. Both are built from their files.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.errors import ModelUnusable
from models.networks.spm_file import BYTE_PAIRS, SpmFile, read_spm

_FAMILIES = ("bert", "albert", "distilbert", "electra")
"""Whose texts begin with a piece that stands for the whole and end with one that parts."""

_NAMES = {
    "cls": ("[CLS]",),
    "sep": ("[SEP]",),
    "pad": ("[PAD]", "<pad>"),
    "unk": ("[UNK]", "<unk>"),
    "mask": ("[MASK]", "<mask>"),
}
_NUMBERS = "vocab.txt"


def spm_file_of(folder: Path) -> Path | None:
    """The SentencePiece file of a BERT that has no tokenizer in the library's own form."""
    found = sorted(folder.glob("*.model"))
    if not found or (folder / "tokenizer.json").is_file():
        return None
    return found[0] if _json(folder / "config.json").get("model_type") in _FAMILIES else None


def tokenizer_from(file: Path) -> Any:
    """Pieces are numbered by `vocab.txt` where it lies beside the file, else in the file's own order."""
    from transformers import PreTrainedTokenizerFast

    spm, said = read_spm(file), _json(file.parent / "tokenizer_config.json")
    scored = _numbered(spm, file.parent / _NUMBERS)
    special = _special(said, [text for text, _score in scored], file)
    tokenizer = _cutting(spm, scored, special["unk"])
    _dress(tokenizer, spm, special, said)
    names = {f"{name}_token": one for name, one in special.items()}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)  # type: ignore[no-untyped-call]


def _numbered(spm: SpmFile, numbers: Path) -> list[tuple[str, float]]:
    """Every piece with its score, in the order of their numbers; what only `vocab.txt` has is never the best cut."""
    scores = {piece.text: piece.score for piece in spm.pieces}
    if not numbers.is_file():
        return [(piece.text, piece.score) for piece in spm.pieces]
    least = min(scores.values()) - 10
    lines = numbers.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return [(line.strip(), scores.get(line.strip(), least)) for line in lines]


def _special(said: Mapping[str, Any], known: Sequence[str], file: Path) -> dict[str, str]:
    """The pieces that are no text, as the base names them or by their usual names."""
    found = {}
    for name, usual in _NAMES.items():
        stated = said.get(f"{name}_token")
        content = stated.get("content") if isinstance(stated, dict) else stated
        names = [one for one in (content, *usual) if one in known]
        if not names:
            raise ModelUnusable(f"{file} has no piece {usual[0]}, which a BERT needs: use another base.")
        found[name] = str(names[0])
    return found


def _cutting(spm: SpmFile, scored: Sequence[tuple[str, float]], unknown: str) -> Any:
    from tokenizers import Tokenizer
    from tokenizers.models import BPE, Unigram

    numbers = {text: number for number, (text, _score) in enumerate(scored)}
    if spm.way == BYTE_PAIRS:
        return Tokenizer(BPE(numbers, _merges(dict(scored)), unk_token=unknown, fuse_unk=True))
    return Tokenizer(Unigram(list(scored), unk_id=numbers[unknown]))


def _merges(scores: Mapping[str, float]) -> list[tuple[str, str]]:
    """Every pair of pieces that makes a piece, the earliest learned first."""
    pairs = [
        (score, text[:at], text[at:])
        for text, score in scores.items()
        for at in range(1, len(text))
        if text[:at] in scores and text[at:] in scores
    ]
    return [(left, right) for _score, left, right in sorted(pairs, key=lambda one: -one[0])]


def _dress(tokenizer: Any, spm: SpmFile, special: Mapping[str, str], said: Mapping[str, Any]) -> None:
    """What happens before the cutting, and the pieces around a text."""
    from tokenizers import Regex, normalizers, pre_tokenizers
    from tokenizers.processors import TemplateProcessing

    steps: list[Any] = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    if not said.get("keep_accents"):
        steps += [normalizers.NFKD(), normalizers.StripAccents()]
    if said.get("do_lower_case"):
        steps.append(normalizers.Lowercase())
    steps.append(normalizers.NFKC())
    if spm.rules:
        steps.append(normalizers.Precompiled(spm.rules))
    tokenizer.normalizer = normalizers.Sequence([*steps, normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    ends = [(special[name], tokenizer.token_to_id(special[name])) for name in ("cls", "sep")]
    tokenizer.post_processor = TemplateProcessing(single=f"{special['cls']} $A {special['sep']}", special_tokens=ends)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
