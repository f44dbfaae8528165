"""A vocabulary of pieces learned from texts: byte pairs over letters, for a transformer trained from scratch.

Byte pairs are counted in whole numbers and ties go to the letters that come first, so the same texts give the same
pieces in every process; the library's training of WordPiece and Unigram does not promise that.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from models.errors import TrainingFailed
from models.networks.hangul import readable

PAD, UNKNOWN, FIRST, LAST, HIDDEN = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL = [PAD, UNKNOWN, FIRST, LAST, HIDDEN]
BYTES = [f"<0x{number:02X}>" for number in range(256)]
"""What a letter that is no piece is spelled in, so that no text is unknown."""

CUTS = ("syllables", "jamo")


def learned_tokenizer(texts: Sequence[str], pieces: int, minimum: int, cut: str) -> Any:
    """At most `pieces` of them, over the letters that occur `minimum` times; rarer letters are spelled in bytes.

    `cut` says what a letter of Korean is: a syllable, or each jamo of it, so that no syllable is ever new.
    """
    from transformers import PreTrainedTokenizerFast

    tokenizer = _trained(texts, pieces, minimum, cut)
    tokenizer.post_processor = _ends(tokenizer)
    names = {"pad": PAD, "unk": UNKNOWN, "cls": FIRST, "sep": LAST, "mask": HIDDEN}
    tokens = {f"{name}_token": token for name, token in names.items()}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **tokens)  # type: ignore[no-untyped-call]


def _trained(texts: Sequence[str], pieces: int, minimum: int, cut: str) -> Any:
    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer

    learner = _over_letters(BPE(), cut)
    shown = [learner.normalizer.normalize_str(readable(text)) for text in texts]
    letters = _letters(shown, minimum)
    known = [*SPECIAL, *BYTES]
    trainer = BpeTrainer(
        vocab_size=max(pieces, len(known) + len(letters)),
        special_tokens=known,
        min_frequency=minimum,
        show_progress=False,
    )
    learner.train_from_iterator(("".join(one if one in letters else " " for one in text) for text in shown), trainer)
    found = json.loads(learner.to_str())["model"]
    merges = [tuple(pair) for pair in found["merges"]]
    return _over_letters(BPE(found["vocab"], merges, unk_token=UNKNOWN, byte_fallback=True), cut)


def _over_letters(model: Any, cut: str) -> Any:
    from tokenizers import Tokenizer, normalizers, pre_tokenizers

    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.NFD() if cut == "jamo" else normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation(behavior="contiguous")]
    )
    return tokenizer


def _letters(texts: Sequence[str], minimum: int) -> set[str]:
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(text)
    letters = {letter for letter, count in counted.items() if count >= minimum}
    if not letters - {" "}:
        raise TrainingFailed(f"No letter occurs {minimum} times: give more rows, or a lower minimum.")
    return letters


def _ends(tokenizer: Any) -> Any:
    from tokenizers.processors import TemplateProcessing

    ends = [(one, tokenizer.token_to_id(one)) for one in (FIRST, LAST)]
    return TemplateProcessing(single=f"{FIRST} $A {LAST}", special_tokens=ends)
