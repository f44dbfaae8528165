"""Whose posts a challenger scores: a share of the people, by a hash, the same on every worker and in every batch."""

import hashlib

WHOLE = 2**64


def is_chosen(challenger: str, share: float, person: str) -> bool:
    """Whether this person's posts are in the share.

    Each challenger has people of its own, so that not always the same ones are looked at; a larger share of the same
    challenger holds the smaller one.

    >>> people = [f"00000000-0000-4000-8000-{number:012}" for number in range(10_000)]
    >>> tenth = {person for person in people if is_chosen("lstm@1", 0.1, person)}
    >>> 900 < len(tenth) < 1100, tenth <= {person for person in people if is_chosen("lstm@1", 0.2, person)}
    (True, True)
    """
    return share >= 1 or _place(challenger, person) < share * WHOLE


def _place(challenger: str, person: str) -> int:
    digest = hashlib.blake2b(person.encode(), key=challenger.encode()[-64:], digest_size=8).digest()
    return int.from_bytes(digest)
