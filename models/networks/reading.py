"""What every network read from a folder is asked before it may score anything."""

import math
from typing import TypeVar

from models.manifest import Manifest
from models.networks.network import Network

N = TypeVar("N", bound=Network)


def checked(network: N, manifest: Manifest) -> N:
    """The network, ready to score; raises `ValueError` when it does not fit its labels or is damaged."""
    if network.config.labels != len(manifest.labels):
        raise ValueError("the network's shape is not that of its labels")
    network.eval().requires_grad_(False)
    if not all(math.isfinite(float(value.sum())) for value in network.parameters()):
        raise ValueError("some weight is not a number")
    return network
