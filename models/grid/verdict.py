"""Whether metric learning helps, in one sentence that says no more than the figures do."""

from collections.abc import Sequence

from models.grid.differences import Difference
from models.grid.estimate import Estimate
from models.grid.plan import shown_name


def verdict(differences: Sequence[Difference]) -> str:
    """By macro-F1 on the test rows. It helps only where the interval excludes 0."""
    if not differences:
        return "Nothing can be said of metric learning: no added loss was trained beside cross-entropy alone."
    if min(one.macro_f1.seeds for one in differences) < 2:
        return (
            "One seed cannot show whether metric learning helps, for another seed moves the figures too: train with "
            "at least three, such as --seeds 1,2,3."
        )
    clear = [one for one in differences if one.macro_f1.excludes_zero]
    return _some(clear, len(differences)) if clear else _none(differences)


def _none(differences: Sequence[Difference]) -> str:
    values, count = [one.macro_f1.value for one in differences], len(differences)
    span = signed(values[0]) if count == 1 else f"{signed(min(values))} to {signed(max(values))}"
    within = "the 95 % interval holds 0" if count == 1 else f"in all {count} comparisons the 95 % interval holds 0"
    return (
        f"No difference that these seeds can show: in macro-F1, metric learning differs from cross-entropy alone by "
        f"{span}, and {within}."
    )


def _some(clear: Sequence[Difference], all_of_them: int) -> str:
    parts = []
    for word, sign in (("helps", 1), ("hurts", -1)):
        ours = [one for one in clear if one.macro_f1.value * sign > 0]
        if ours:
            parts.append(
                f"{word} in {len(ours)} of {all_of_them} comparisons ({'; '.join(_told(one) for one in ours)})"
            )
    rest = all_of_them - len(clear)
    if rest:
        parts.append(
            f"makes no difference that these seeds can show in {'the other' if rest == 1 else f'the other {rest}'}"
        )
    return f"In macro-F1, metric learning {_joined(parts)}{_by_luck(all_of_them)}."


def _by_luck(comparisons: int) -> str:
    """What several intervals at once are worth."""
    if comparisons < 2:
        return ""
    return f"; luck alone would show at least one difference in about {luck(comparisons)} of such grids"


def luck(comparisons: int) -> str:
    """The chance that one of so many independent 95 % intervals leaves out 0 where nothing differs.

    >>> luck(1), luck(4)
    ('5 %', '19 %')
    """
    return f"{100 * (1 - 0.95**comparisons):.0f} %"


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _told(one: Difference) -> str:
    return f"{one.what} on {shown_name(one.base)} with {one.within}: {with_interval(one.macro_f1)}"


def with_interval(found: Estimate) -> str:
    return f"{signed(found.value)}, {signed(found.low)} to {signed(found.high)}"


def signed(value: float) -> str:
    """
    >>> signed(0.0123), signed(-0.2), signed(-0.00001)
    ('+0.012', '−0.200', '0.000')
    """
    shown = f"{value:+.3f}".replace("-", "−")
    return shown[1:] if shown[1:] == "0.000" else shown
