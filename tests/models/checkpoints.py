"""Tiny encoders with random weights, one for each way in which the BERT families cut texts into pieces."""

import io
import json
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import ByteLevelBPETokenizer, Tokenizer, models, normalizers, pre_tokenizers

SHAPE = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
LETTERS = [chr(code) for code in range(97, 123)]
SAID = ["i feel so sad and lonely today", "what a happy sunny day with my friend", "오늘은 정말 슬프다 그리고 기쁘다"]

KOREAN = [
    "오늘은 정말 슬프다 그리고 외롭다 ㅠㅠ",
    "친구랑 같이 있으니까 너무 기쁘다 ㅋㅋ",
    "왜 자꾸 화가 나는지 모르겠어",
    "내일 시험이 무서워서 잠이 안 와",
    "깜짝 놀랐어 이럴 줄은 몰랐다",
    "그 사람 정말 싫다 역겨워 2,000원도 아깝다",
    "사랑해 고마워 today was a good day!",
]
SPECIAL = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"]


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


def tiny_korean_bert(folder: Path) -> Path:
    """WordPiece over syllables, cases kept, as klue/bert-base has it."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    count = _korean_words(folder, special)
    return _saved(transformers.BertModel, transformers.BertConfig(vocab_size=count, **SHAPE), folder)


def tiny_korean_roberta(folder: Path) -> Path:
    """The same pieces under RoBERTa's weights and positions, as klue/roberta-base has it."""
    count = _korean_words(folder, ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"])
    shape = {**SHAPE, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "tokenizer_class": "BertTokenizer"}
    config = transformers.RobertaConfig(vocab_size=count, max_position_embeddings=130, type_vocab_size=1, **shape)
    return _saved(transformers.RobertaModel, config, folder)


def tiny_sentencepiece(folder: Path, way: str = "unigram") -> Path:
    """A SentencePiece file and the settings of XLNet's tokenizer, as skt/kobert-base-v1 has it."""
    folder.mkdir(parents=True)
    pieces = _spm(folder / "spiece.model", way)
    names = {name: f"[{name.upper()}]" for name in ("unk", "pad", "cls", "sep", "mask")}
    said = {f"{name}_token": token for name, token in names.items()}
    said["mask_token"] = {"content": "[MASK]", "lstrip": True, "__type": "AddedToken"}  # type: ignore[assignment]
    (folder / "tokenizer_config.json").write_text(json.dumps({**said, "tokenizer_class": "XLNetTokenizer"}))
    config = transformers.BertConfig(vocab_size=len(pieces), pad_token_id=1, **SHAPE)
    return _saved(transformers.BertModel, config, folder)


def tiny_two_files(folder: Path) -> Path:
    """A SentencePiece file and a list of words in another order, as monologg/kobert has it."""
    folder.mkdir(parents=True)
    pieces = _spm(folder / "tokenizer_78b3253a26.model", "unigram")
    listed = [*SPECIAL, *reversed(pieces[len(SPECIAL) :])]
    (folder / "vocab.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    program = {"AutoTokenizer": ["tokenization_kobert.KoBertTokenizer", None]}
    (folder / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": False, "auto_map": program}))
    (folder / "tokenization_kobert.py").write_text("raise SystemExit('a base must not run a program')")
    config = transformers.BertConfig(
        vocab_size=len(listed), tokenizer_class="KoBertTokenizer", auto_map=program, **SHAPE
    )
    return _saved(transformers.BertModel, config, folder)


def _korean_words(folder: Path, special: list[str]) -> int:
    folder.mkdir(parents=True)
    words = sorted({word for said in KOREAN for word in said.split()})
    letters = sorted({letter for word in words for letter in word} | set(LETTERS))
    pieces = list(dict.fromkeys([*special, *words, *letters, *(f"##{letter}" for letter in letters)]))
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    said = {"do_lower_case": False, "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(said))
    return len(pieces)


def _spm(file: Path, way: str) -> list[str]:
    """A real file, trained on a few sentences; its pieces in order."""
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(KOREAN * 5),
        model_writer=written,
        vocab_size=120,
        model_type=way,
        unk_id=0,
        pad_id=1,
        bos_id=-1,
        eos_id=-1,
        unk_piece="[UNK]",
        pad_piece="[PAD]",
        control_symbols=["[CLS]", "[SEP]", "[MASK]"],
        hard_vocab_limit=False,
        minloglevel=2,
    )
    file.write_bytes(written.getvalue())
    found = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    return [found.id_to_piece(number) for number in range(len(found))]


def _saved(build: Any, config: Any, folder: Path) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        build(config).save_pretrained(folder)
    return folder
