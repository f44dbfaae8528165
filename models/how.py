"""How a model is run: what is computed with, not what is computed."""

from dataclasses import dataclass, replace

PRECISIONS = ("single", "half", "auto")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class How:
    """`auto` measures the precisions once and takes the fastest that agrees with 32 bits; as a device, it is a GPU
    where there is one. `cache_bytes` above 0 remembers the scores of so many bytes of texts."""

    precision: str = "single"
    device: str = "auto"
    cache_bytes: int = 0


def split(name: str, how: How) -> tuple[str, How]:
    """A version says which precision scored it, unless it was the usual one; that outranks `how`.

    >>> split("minilm-en-1@abc123+half", How())[1].precision
    'half'
    """
    plain = name.removesuffix("+half")
    return (name, how) if plain == name else (plain, replace(how, precision="half"))


def whole(version: str) -> str:
    """Without the precision.

    >>> whole("minilm-en-1@abc123+half")
    'minilm-en-1@abc123'
    """
    return split(version, How())[0]
