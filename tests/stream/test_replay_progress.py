"""Progress is a bar where a person watches, a plain line elsewhere, and nothing when not wanted."""

import io

import pytest

from stream.progress import progress_bar


def drawn(show: bool | None) -> str:
    out, now = io.StringIO(), iter((0.0, 2.0))
    with progress_bar("Replaying", 3, show=show, out=out, clock=lambda: next(now)) as bar:
        bar.advance()
        bar.advance(2)
    return out.getvalue()


def test_a_bar_has_the_total_and_the_name() -> None:
    assert "Replaying" in drawn(True)
    assert "3/3" in drawn(True)


def test_without_a_terminal_there_is_one_line_with_the_rate() -> None:
    assert drawn(None) == "Replaying: 3 posts in 2.0 s (2/s)\n"


def test_nothing_is_said_when_not_wanted() -> None:
    assert drawn(False) == ""


def test_a_failure_inside_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="inside"), progress_bar("Replaying", show=True, out=io.StringIO()):
        raise ValueError("inside")
