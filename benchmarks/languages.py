"""How well the gate tells languages apart: `python -m benchmarks.languages [LANGUAGE=FILE …]`.

Measures the invented posts of the tests, those that no rule was chosen by, and whatever is named besides: files of one
post a line, each with its language. Precision is over all of the posts in the run, so it depends on how many of each
language there are.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from stream.language import LanguageGate
from tests.stream.language_posts import held_out

SCORED = ("en", "ko")
Said = tuple[str, str | None]


def main(arguments: Sequence[str]) -> None:
    posts = held_out() + [pair for argument in arguments for pair in _posts(argument)]
    print("\n".join(table(judged(posts))))


def _posts(argument: str) -> Iterator[tuple[str, str]]:
    language, _, path = argument.partition("=")
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        yield line, language


def judged(posts: Iterable[tuple[str, str]]) -> Counter[Said]:
    """How often each language was called what; posts without any words count for nothing."""
    gate = LanguageGate(frozenset(SCORED))
    found = ((language, *gate.judge(post, None)) for post, language in posts)
    return Counter((language, called) for language, called, abstained in found if abstained != "no_text")


def table(counts: Counter[Said]) -> Iterator[str]:
    """
    >>> print("\\n".join(table(Counter({("en", "en"): 9, ("en", "de"): 1, ("es", "en"): 1, ("es", "es"): 3}))))
    language   posts  as en  as ko
    en            10   .900   .000
    es             4   .250   .000
    en: precision .900, recall .900
    ko: precision 1.000, recall 1.000
    """
    yield f"{'language':<9}{'posts':>7}" + "".join(f"{'as ' + name:>7}" for name in SCORED)
    for language in sorted({language for language, _ in counts}):
        posts = _sum(counts, language=language)
        shares = (_short(_sum(counts, language, name) / posts) for name in SCORED)
        yield f"{language:<9}{posts:>7,}" + "".join(f"{share:>7}" for share in shares)
    for name in SCORED:
        right = _sum(counts, name, name)
        precision, recall = (_of(right, whole) for whole in (_sum(counts, called=name), _sum(counts, language=name)))
        yield f"{name}: precision {precision}, recall {recall}"


def _sum(counts: Counter[Said], language: str | None = None, called: str | None = None) -> int:
    return sum(
        count
        for (is_in, was_called), count in counts.items()
        if language in (None, is_in) and called in (None, was_called)
    )


def _of(part: int, whole: int) -> str:
    return _short(part / whole if whole else 1.0)


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


if __name__ == "__main__":
    main(sys.argv[1:])
