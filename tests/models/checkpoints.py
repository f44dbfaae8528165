"""Tiny encoders with random weights, one for each way in which the BERT families cut texts into pieces."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import ByteLevelBPETokenizer, Tokenizer, models, normalizers, pre_tokenizers

SHAPE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
LETTERS = [chr(code) for code in range(97, 123)]
SAID = ["i feel so sad and lonely today", "what a happy sunny day with my friend", "오늘은 정말 슬프다 그리고 기쁘다"]


def tiny_bert(folder: Path) -> Path:
    """WordPiece, lower case, as BERT and MiniLM do it."""
    folder.mkdir(parents=True)
    words = sorted({word for said in SAID[:2] for word in said.split()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(pieces)), encoding="utf-8")
    transformers.BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    return _saved(transformers.BertModel, transformers.BertConfig(vocab_size=len(pieces), **SHAPE), folder)


def tiny_roberta(folder: Path) -> Path:
    """Byte-level byte pairs, for which no text is unknown; positions are counted from 2."""
    folder.mkdir(parents=True)
    trained = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator(SAID, vocab_size=300, special_tokens=special, show_progress=False)
    trained.save_model(str(folder))
    tokenizer = transformers.RobertaTokenizerFast(vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"))
    tokenizer.save_pretrained(folder)
    config = transformers.RobertaConfig(vocab_size=len(tokenizer), pad_token_id=1, max_position_embeddings=130, **SHAPE)
    return _saved(transformers.RobertaModel, config, folder)


def tiny_unigram(folder: Path) -> Path:
    """SentencePiece's unigram pieces, as Korean and multilingual models use them."""
    folder.mkdir(parents=True)
    pieces = [("<pad>", 0.0), ("<unk>", 0.0), ("▁", -3.0), *((letter, -5.0) for letter in LETTERS)]
    pieces += [(f"▁{word}", -4.0) for said in SAID for word in sorted(set(said.split())) if len(word) > 1]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=1))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", pad_token="<pad>", model_max_length=64
    )
    wrapped.save_pretrained(folder)
    return _saved(transformers.BertModel, transformers.BertConfig(vocab_size=len(pieces), **SHAPE), folder)


def _saved(build: Any, config: Any, folder: Path) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        build(config).save_pretrained(folder)
    return folder
