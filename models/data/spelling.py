"""One spelling of a word for the several that Unicode has: composed or not, full or half width."""

from models.networks.syllables import joined


def one_spelling(word: str) -> str:
    """Composed, in full width, in lower case; half-width Hangul becomes syllables again.

    >>> one_spelling("\\uffb5\\uffda\\uffa9\\uffbd\\uffda\\uffb1"), one_spelling("ＪＯＹ")
    ('슬픔', 'joy')
    """
    return joined(word).casefold()
