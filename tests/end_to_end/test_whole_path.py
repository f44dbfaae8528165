"""From a CSV to signed webhooks through the front door, on the embedded services."""

import json

import pytest

from tests.end_to_end.tour import Tour


@pytest.mark.parametrize(
    "name",
    ["up", "first replay", "second replay", "worker", "health", "deliver", "deliver again", "verify", "status", "down"],
)
def test_every_step_succeeds(tour: Tour, name: str) -> None:
    assert tour.said[name].code == 0, tour.said[name]


def test_up_hides_the_password(tour: Tour) -> None:
    shown = tour.said["up"].json
    assert shown["partitions"] == 3
    assert ":***@" in shown["database"]


def test_the_oracle_agrees_with_what_was_stored(tour: Tour) -> None:
    verdict = tour.said["verify"].json
    assert verdict["differences"] == 0, verdict
    assert verdict["compared"]["points"] > 1000
    assert verdict["compared"]["alerts"] >= 3


def test_a_second_replay_adds_nothing(tour: Tour) -> None:
    first, second = tour.said["status after the first"].json, tour.said["status"].json
    for part in ("points", "alerts", "outbox", "waiting"):
        assert second[part] == first[part], part
    assert sum(row["behind"] for row in second["partitions"]) == 0


def test_every_alert_reached_the_receiver_once(tour: Tour) -> None:
    alerts = len(tour.tables["alerts"])
    assert alerts == len(tour.tables["outbox"]) == len(tour.received)
    assert tour.counts == {"verified": alerts}
    assert tour.said["deliver"].json["delivered"] == alerts
    assert tour.said["deliver again"].json["delivered"] == 0


def test_every_alert_computed_again_from_its_evidence_agrees(tour: Tour) -> None:
    screens = [said.out for name, said in tour.said.items() if name.startswith("alerts show ")]
    assert len(screens) > 3
    assert [screen for screen in screens if "DIFFERS" in screen] == []
    assert any("computed again         agrees" in screen and ": high" in screen for screen in screens)


def test_each_reading_of_a_bad_message_is_a_dead_letter_with_its_reason(tour: Tour) -> None:
    listed = tour.said["dlq list as json"].json
    assert listed["open"] == {"bad_field": 2, "bad_row": 2, "future": 2}
    [row, _] = [letter for letter in listed["letters"] if letter["reason"] == "bad_row"]
    assert (row["file"], row["line"]) == ("posts.csv", 52)
    assert len(tour.headers) == 6


def test_the_health_file_says_ready(tour: Tour) -> None:
    assert json.loads(tour.health)["not_ready"] is None


def test_metrics_tell_what_became_of_the_posts(tour: Tour) -> None:
    values = dict(line.rsplit(" ", 1) for line in tour.metrics.splitlines() if not line.startswith("#"))
    points = tour.said["status"].json["points"]["points"]
    scored, abstained, duplicates = (
        float(values[f'tideline_posts_total{{outcome="{name}"}}']) for name in ("scored", "abstained", "duplicates")
    )
    assert scored + abstained == duplicates == points
