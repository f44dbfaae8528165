"""The model that is measured, and transformers' own way of running the same encoder."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from models.data.corpora import canonical_corpora
from models.engine.network import NetworkModel
from models.load import load_saved
from models.networks.bases import base_folder
from models.networks.network import padded
from models.networks.transformer import Transformer, TransformerConfig
from models.networks.transformer_model import build_transformer

_ROWS = 600


def model(name: str) -> NetworkModel:
    """By its name, or MiniLM with a last layer fitted to a few rows: labels of a random one agree or not by luck."""
    if name:
        found = load_saved(name).model
        if not isinstance(found, NetworkModel):
            raise SystemExit(f"{name} is no network: name a BERT-shaped model.")
        return found
    network, encoder = build_transformer(TransformerConfig("minilm", 7))
    _fit_head(network.eval().requires_grad_(False), encoder)
    return NetworkModel("transformer", network, encoder)


def pipeline(model: NetworkModel, size: int, device: torch.device) -> Callable[[Sequence[str]], Any]:
    """`pipeline("text-classification")` over the same encoder; one by one is how its examples call it."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging
    from transformers import pipeline as make

    logging.set_verbosity_error()  # its head is untrained, which changes no time
    logging.disable_progress_bar()
    folder = base_folder(model.config["base"])
    network = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=model.config["labels"])
    run = make("text-classification", model=network, tokenizer=AutoTokenizer.from_pretrained(folder), device=device)
    cut = {"truncation": True, "max_length": model.config["length"]}
    if size == 1:
        return lambda texts: [run(text, **cut) for text in texts]
    return lambda texts: run(list(texts), batch_size=size, **cut)


@torch.inference_mode()
def _fit_head(network: Transformer, encoder: Any) -> None:
    from sklearn.linear_model import LogisticRegression

    rows = [row for row in canonical_corpora()[0].validation if len(row.labels) == 1][:_ROWS]
    head, network.output = network.output, torch.nn.Identity()  # type: ignore[assignment]
    states = torch.cat([network(*padded(encoder.encode_all([row.text]), encoder.pad)) for row in rows])
    fitted = LogisticRegression(max_iter=300).fit(states.numpy(), [row.labels[0] for row in rows])
    known = len(fitted.coef_)
    head.bias[known:] = -1e3  # labels that no row carries
    head.weight[:known] = torch.from_numpy(fitted.coef_).float()
    head.bias[:known] = torch.from_numpy(fitted.intercept_).float()
    network.output = head
