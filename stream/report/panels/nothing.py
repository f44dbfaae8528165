"""The sentence where a drawing would be, and whether a panel's view leaves out small groups."""

from html import escape

from dashboards.panel import Panel

_HIDING = ("community_hours", "community_days", "channel_hours", "channel_days", "model_hours", "abstentions")


def may_hide(panel: Panel) -> bool:
    """Whether rows about few people are left out of what this panel reads."""
    return any(f"dashboard.{view}" in query.sql for query in panel.queries for view in _HIDING)


def nothing(panel: Panel) -> str:
    if may_hide(panel):
        return sentence("Nothing to draw: in this time nobody wrote, or too few people to be shown.")
    return sentence("Nothing in this time.")


def sentence(words: str) -> str:
    return f'<p class="nothing">{escape(words)}</p>'
