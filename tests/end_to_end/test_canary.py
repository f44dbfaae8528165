"""P6: the words and the author id of planted posts are looked for in everything that leaves the pipeline."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.tour import CANARY_AUTHOR, CANARY_TEXT, Tour

TEXT_MAY_STAND_IN = {"post_texts", "dead_letters"}
AUTHOR_MAY_STAND_IN = {"dead_letters"}


def holds(written: str, canary: str) -> bool:
    """Also as Postgres prints bytes."""
    return canary in written.lower() or canary.encode().hex() in written


def singing_tables(tour: Tour, canary: str) -> set[str]:
    return {name for name, rows in tour.tables.items() if any(holds(row, canary) for row in rows)}


def reports(tour: Tour) -> Iterator[tuple[str, str]]:
    for name, said in tour.said.items():
        yield f"stderr of {name}", said.err
        if name != "dry run":  # whose purpose is to show rows of the operator's own file
            yield f"stdout of {name}", said.out
    yield from ((f"{name} in the data folder", words) for name, words in tour.files.items())
    yield "metrics", tour.metrics
    yield "health file", tour.health
    yield "dead topic headers", "\n".join(tour.headers)
    yield "webhooks", "\n".join(tour.requests)


@pytest.mark.parametrize("canary", [CANARY_TEXT, CANARY_AUTHOR])
def test_no_report_log_metric_header_or_webhook_holds_it(tour: Tour, canary: str) -> None:
    looked_at = dict(reports(tour))
    assert [name for name, words in looked_at.items() if holds(words, canary)] == []
    for name in ("stderr of worker", "metrics", "health file", "dead topic headers", "webhooks", "stdout of dlq show"):
        assert looked_at[name], f"nothing was said in {name}, so the scan would see nothing"


def test_every_command_that_looked_around_worked_and_had_something_to_say(tour: Tour) -> None:
    silent = {name for name, said in tour.said.items() if name != "worker" and not said.out}
    assert (silent, {name for name, said in tour.said.items() if said.code}) == (set(), set())
    assert any("case.escalated" in request for request in tour.requests)


def test_words_are_kept_in_the_texts_and_in_dead_letters_only(tour: Tour) -> None:
    assert singing_tables(tour, CANARY_TEXT) == TEXT_MAY_STAND_IN


def test_an_author_id_is_kept_in_the_payload_of_dead_letters_only(tour: Tour) -> None:
    assert singing_tables(tour, CANARY_AUTHOR) == AUTHOR_MAY_STAND_IN
    for row in tour.tables["dead_letters"]:
        assert CANARY_AUTHOR not in row, "it may stand in the raw message, and nowhere beside it"


def test_the_canaries_did_raise_an_alert(tour: Tour) -> None:
    """Otherwise their absence from alerts and webhooks would show nothing."""
    sung = next(row for row in tour.tables["post_texts"] if CANARY_TEXT in row)
    key = sung.split(",")[0].strip("(")
    person = next(row.split(",")[2] for row in tour.tables["points"] if row.split(",")[1] == key)
    assert any(person in row for row in tour.tables["alerts"])
    assert any(person in request for request in tour.requests)
