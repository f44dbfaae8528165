"""What a network makes of texts before it judges them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from models.engine.batches import batches
from models.engine.network import NetworkModel
from models.networks.network import padded

Vectors = npt.NDArray[np.float32]


@torch.inference_mode()
def vectors_and_logits(model: NetworkModel, texts: Sequence[str], device: torch.device) -> tuple[Vectors, Vectors]:
    """(texts, width) and (texts, labels), in the order of the texts. The network ends on the CPU."""
    encoded = model.encoder.encode_all(texts)
    order = list(batches([len(ids) for ids in encoded]))
    network = model.network.to(device).eval()
    parts = []
    for chosen in order:
        ids, lengths = padded([encoded[place] for place in chosen], model.encoder.pad)
        vectors = network.embedded(ids.to(device), lengths.to(device))
        parts.append((vectors.float().cpu().numpy(), network.judged(vectors).float().cpu().numpy()))
    network.cpu()
    back = np.argsort(np.concatenate(order))
    return np.concatenate([part[0] for part in parts])[back], np.concatenate([part[1] for part in parts])[back]
