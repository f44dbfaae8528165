"""What speaks against a promotion. Each is a sentence; with force they are stored beside it instead."""

from sqlalchemy import Connection

from models.manifest import Manifest
from storage.decisions import Decision
from storage.retained import count_scored
from stream.promotion.hands import Hands, lost
from stream.transfers import Scale


def of_decision(found: Decision | None, version: str, hands: Hands) -> list[str]:
    """A model goes into use only after it was compared with what it replaces, and was no worse."""
    used = sorted({old for old, _ in hands.changing.values()})
    if found is None:
        return [f"no decision compares {version} with {' or '.join(used)}, which is in use"]
    if found.champion not in used:
        return [f"it was compared with {found.champion}, but {' and '.join(used)} is in use"]
    if found.worse:
        return [f"it was found worse than {found.champion}: {'; '.join(found.reasons) or 'see the decision'}"]
    return []


def of_languages(hands: Hands, manifest: Manifest) -> list[str]:
    """Choosing a model for one language must not quietly change another's."""
    return [
        f"{language}, which it does not know, would go from {hands.before[language]} back to {hands.after[language]} "
        "(`tideline models use default` and a route for it in TIDELINE_ROUTES keep it)"
        for language in lost(hands, manifest)
    ]


def of_history(connection: Connection, language: str, new: str) -> list[str]:
    """What detectors have heard raw cannot be unheard: curves would differ from what their states hold."""
    count = count_scored(connection, new, language)
    if not count:
        return []
    return [
        f"it scored {count:,} stored posts in {language} while its scores were heard as they are; with --force run "
        "`tideline rebuild` afterwards, which hears them anew"
    ]


def comes_back(connection: Connection, scale: Scale, language: str, old: str, new: str) -> bool:
    """True for a version whose place on the scale of the baselines is known: it has a transfer, or it is the one
    on whose own scale they are, which what replaced it was measured against."""
    if scale.transfer_of(new, language) is not None:
        return True
    return scale.transfer_of(old, language) is not None and count_scored(connection, new, language) > 0
