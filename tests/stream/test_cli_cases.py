"""`tideline alerts` and `tideline expire`, as a moderator uses them."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from alerts.casework.dispatch import dispatch_due
from alerts.casework.policy import Policy
from alerts.types import Alert
from storage.database import transaction
from storage.endpoints import NewEndpoint, add_endpoint
from storage.report import read_alert_lines
from stream.cli import main
from stream.desk import desk_round, policy_of
from stream.outgoing import record_alerts
from stream.settings import read_settings
from tests.storage.test_cases import ADA, BEA, an_alert, put

KEYS = [str(uuid.UUID(int=900 + number)) for number in range(2)]
WORDS = "i cannot sleep\x1b[31m any more"
EVIDENCE = {
    "baseline": 0.12,
    "now": 0.41,
    "effective_posts": 7.2,
    "baseline_posts": 33.1,
    "standard_error": 0.08,
    "slope_per_week": [0.06, 0.02, 0.1],
    "since": "2024-01-01T00:00:00+00:00",
    "false_alerts_a_year": 0.31,
    "posts": [
        {"key": KEYS[0], "seen_at": "2024-01-01T00:00:00+00:00", "score": 0.93, "contribution": 1.25},
        {"key": KEYS[1], "seen_at": "2024-01-01T01:00:00+00:00", "score": 0.81, "contribution": 0.75},
    ],
    "rest": 0.5,
}


@pytest.fixture(autouse=True)
def _desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    monkeypatch.setenv("TIDELINE_MODERATOR", "mia")


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["alerts", *arguments])
    assert result.exit_code == code, result.output
    return result


def said(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").output)


def listed(*arguments: str) -> list[str]:
    return [case["id"] for case in said("list", *arguments)["cases"]]


def explained(number: int = 1) -> Alert:
    return replace(an_alert(number), evidence=EVIDENCE)


def put_words(engine: Engine, key: str, words: str) -> None:
    with transaction(engine) as connection:
        values = {"key": key, "text": words, "until": datetime.now(UTC) + timedelta(days=1)}
        connection.execute(text("INSERT INTO post_texts (key, text, expires_at) VALUES (:key, :text, :until)"), values)


def test_the_longest_open_case_is_first_with_its_age_and_who_has_it(engine: Engine) -> None:
    old, new = put(engine, an_alert(2)), put(engine, an_alert(1, BEA))
    run("claim", old)
    lines = run("list").output.splitlines()
    assert [line.split()[0] for line in lines] == ["case", old[:8], new[:8]]
    assert "0 min" in lines[1]
    assert "claimed    mia" in lines[1]


def test_a_list_is_narrowed_by_state_rule_severity_person_time_and_mine(engine: Engine) -> None:
    first = put(engine, an_alert(1, severity="high"))
    second = put(engine, an_alert(2, BEA))
    third = put(engine, an_alert(3, BEA, "fear-trend"))
    run("claim", first)
    run("claim", second, "--by", "noa")
    run("close", third, "--reason", "helped")
    assert listed() == [first, second]
    assert listed("--state", "all") == [first, second, third]
    assert listed("--state", "closed") == [third]
    assert listed("--state", "all", "--rule", "fear-trend") == [third]
    assert listed("--severity", "high") == [first]
    assert listed("--person", BEA) == [second]
    assert listed("--mine") == [first]
    assert listed("--mine", "--by", "noa") == [second]
    assert listed("--since", "2999-01-01") == []
    assert "1 more" in run("list", "--limit", "1").output
    assert run("list", "--since", "2999-01-01").output == "no such case\n"


def test_a_case_goes_from_hand_to_hand_by_the_beginning_of_its_id(engine: Engine) -> None:
    case_id = put(engine, an_alert(1))
    short = case_id[:8]
    assert run("claim", short).output == f"case {short} (sadness-trend, medium) is yours, mia\n"
    refused = run("claim", short, "--by", "noa", code=1).output
    assert refused.startswith(f"tideline: case {case_id} was claimed by mia at ")
    assert said("claim", short, "--by", "noa", "--force")["claimed_by"] == "noa"
    assert "open again" in run("release", short, "--by", "noa", "--note", "end of shift").output
    assert "no endpoint takes messages for the lead" in run("escalate", short).output
    assert said("close", short, "--reason", "helped")["state"] == "closed"
    assert "open again" in run("reopen", short).output
    history = said("show", short)["history"]
    assert [line["event"] for line in history] == [
        "opened", "claimed", "claimed", "released", "escalated", "closed", "reopened",
    ]  # fmt: skip


def test_an_id_that_names_nothing_or_several_or_is_none_is_refused_with_what_to_do(engine: Engine) -> None:
    put(engine, an_alert(1), an_alert(2, BEA))
    assert "2 ids begin with 0000 (00000001, 00000002): give more" in run("claim", "0000", code=1).output
    assert "there is no case or alert abcd" in run("claim", "abcd", code=1).output
    for wrong in ("abc", "xyzw", "'; --", "%%%%", "a" * 33):
        assert "is no id: give its first 4" in run("claim", wrong, code=1).output


def test_the_id_of_an_alert_that_joined_names_its_case(engine: Engine) -> None:
    case_id = put(engine, an_alert(1))
    joined = put(engine, an_alert(2))
    assert said("claim", joined[:8])["id"] == case_id
    assert said("show", joined[:8])["alert"]["id"] == joined
    assert said("show", case_id)["alert"]["id"] == joined, "the newest"


def test_an_alert_without_a_case_can_be_shown_but_not_claimed(engine: Engine) -> None:
    with transaction(engine) as connection:
        record_alerts(connection, [replace(explained(), shadow=True)], "model-1")
    shown = said("show", an_alert().id)
    assert (shown["case"], shown["alert"]["outbox"]) == (None, "held")
    assert "has no case" in run("claim", an_alert().id, code=1).output
    assert "leave out --text" in run("show", an_alert().id, "--text", code=1).output


def test_one_screen_shows_all_a_moderator_needs(engine: Engine) -> None:
    put(engine, explained())
    with transaction(engine) as connection:
        add_endpoint(connection, NewEndpoint("desk", None, "h", "generic", ["moderators"]), datetime.now(UTC))
        dispatch_due(connection, datetime.now(UTC), Policy())
        connection.execute(text('UPDATE alerts SET tags = \'{"rank": 3, "q": 0.04}\''))
    shown = run("show", an_alert().id[:8]).output
    for expected in (
        "state                  open, nobody has it",
        f"person                 {ADA}",
        "2.50, 1.25 × the threshold of 2: medium",
        "12.0% → 41.0%, from 7.2 effective posts against 33.1",
        "since                  2024-01-01 00:00 UTC",
        "slope a week           +6.0% (+2.0% to +10.0%)",
        "false alerts a year    0.31",
        "q 0.04",
        f"{KEYS[0]}  2024-01-01 00:00 UTC  score 0.930  contributes +1.250",
        "all others contribute +0.500",
        "sadness-trend, version abcd1234",
        "model                  model-1",
        "alert.raised to desk: pending",
        "tideline opened",
    ):
        assert expected in shown
    assert len(shown.splitlines()) < 40
    assert max(map(len, shown.splitlines())) < 120


def test_the_words_are_shown_only_when_asked_and_each_look_is_written_down(engine: Engine) -> None:
    put(engine, explained())
    put_words(engine, KEYS[0], WORDS)
    assert "sleep" not in run("show", an_alert().id).output
    assert said("show", an_alert().id)["words"] == []
    shown = run("show", an_alert().id, "--text", "--by", "noa").output
    assert "i cannot sleep [31m any more" in shown, "no escape sequence reaches the terminal"
    assert "the words are no longer kept" in shown
    history = said("show", an_alert().id)["history"]
    assert [(line["who"], line["event"], line["note"]) for line in history[1:]] == [
        ("noa", "read", "the words of 1 posts")
    ]


def test_words_whose_time_is_over_are_not_shown(engine: Engine) -> None:
    put(engine, explained())
    put_words(engine, KEYS[0], WORDS)
    with transaction(engine) as connection:
        connection.execute(text("UPDATE post_texts SET expires_at = now() - interval '1 second'"))
    assert "sleep" not in run("show", an_alert().id, "--text").output


def test_a_note_that_is_too_long_and_a_reason_that_is_none_are_refused(engine: Engine) -> None:
    put(engine)
    assert "500 at most" in run("release", "0000", "--note", "x" * 501, code=2).output
    assert "helped" in run("close", "0000", "--reason", "bored", code=2).output
    assert "use --by NAME" in run("claim", "0000", "--by", " ", code=1).output
    assert "use --by NAME" in run("claim", "0000", "--by", "m\x07", code=1).output
    assert "use another name" in run("claim", "0000", "--by", "tideline", code=1).output
    assert "not valid UTF-8" in run("close", "0000", "--reason", "other", "--note", "\udcff", code=1).output


def test_a_silence_is_made_for_a_case_a_person_a_channel_or_a_rule_listed_and_removed(engine: Engine) -> None:
    case_id = put(engine)
    of_case = said("silence", case_id[:8], "--for", "7d", "--reason", "in touch")
    assert (of_case["rule"], of_case["subject"], of_case["author"]) == ("sadness-trend", ADA, "mia")
    every = said("silence", case_id[:8], "--every-rule", "--for", "90m", "--reason", "in touch")
    assert (every["rule"], every["subject"]) == (None, ADA)
    channel = said(
        "silence", "--channel", "football", "--rule", "anger-spike-channel", "--for", "6h", "--reason", "cup"
    )
    assert (channel["subject_kind"], channel["subject"]) == ("channel", "football")
    run("silence", "--rule", "fear-trend", "--for", "12h", "--reason", "review")
    run("silence", "--person", BEA, "--until", f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}", "--reason", "away")
    assert len(said("silences")["silences"]) == 5
    assert "anger-spike-channel about football  (mia: cup; kept back 0)" in run("silences").output
    run("unsilence", str(channel["id"]), "--by", "noa")
    assert channel["id"] not in [each["id"] for each in said("silences")["silences"]]
    assert "removed by noa" in run("silences", "--all").output
    assert "no silence" in run("unsilence", str(channel["id"]), code=1).output


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["--rule", "fear-trend"], 2, "say how long"),
        (["--rule", "fear-trend", "--for", "7d", "--until", "2999-01-01"], 2, "say how long"),
        (["--rule", "fear-trend", "--for", "91d"], 1, "90 days at most"),
        (["--rule", "fear-trend", "--until", "2020-01-01"], 1, "ends in the future"),
        (["--rule", "fear-trend", "--for", "soon"], 2, "write"),
        (["--rule", "feer-trend", "--for", "7d"], 1, "there is no rule 'feer-trend': use one of"),
        (["--for", "7d"], 1, "name one"),
        (["--person", "ada", "--for", "7d"], 2, "pseudonym"),
        (["--person", ADA, "--channel", "c", "--for", "7d"], 2, "not both"),
        (["0000", "--person", ADA, "--for", "7d"], 2, "leave out"),
        (["--rule", "fear-trend", "--every-rule", "--for", "7d"], 2, "leave it out"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(engine: Engine, arguments: list[str], code: int, why: str) -> None:
    put(engine)
    refused = " ".join(run("silence", *arguments, "--reason", "r", code=code).output.split())
    assert why in refused


def test_status_and_report_say_how_far_the_telling_of_each_alert_has_come(engine: Engine) -> None:
    now = datetime.now(UTC)
    put(engine, an_alert(1), an_alert(2, BEA))
    with transaction(engine) as connection:
        assert [line.delivery for line in read_alert_lines(connection)] == ["pending", "pending"]
        add_endpoint(connection, NewEndpoint("desk", None, "h", "generic", ["moderators"]), now)
        dispatch_due(connection, now, Policy())
        assert [line.delivery for line in read_alert_lines(connection)] == ["on its way", "on its way"]
        for state, alert in (("delivered", an_alert(1)), ("failed", an_alert(2))):
            values = {"state": state, "id": alert.id}
            connection.execute(text("UPDATE deliveries SET state = :state WHERE message_id = :id"), values)
        assert [line.delivery for line in read_alert_lines(connection)] == ["delivered", "failed"]
        connection.execute(text("DELETE FROM deliveries"))
        assert [line.delivery for line in read_alert_lines(connection)] == ["dispatched", "dispatched"]


def test_expire_deletes_old_closed_cases_when_asked(engine: Engine) -> None:
    case_id = put(engine)
    run("close", case_id, "--reason", "no-concern")
    with transaction(engine) as connection:
        connection.execute(text("UPDATE cases SET closed_at = closed_at - interval '40 days'"))
    for days, left in (("60", 1), ("30", 0)):
        result = CliRunner().invoke(main, ["expire", "--cases-older-than", days, "--json"])
        assert json.loads(result.output)["cases"] == 1 - left
    assert said("show", case_id)["case"] is None, "its alert stays"


def test_expire_deletes_old_messages_that_were_delivered_when_asked(engine: Engine) -> None:
    put(engine)
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        add_endpoint(connection, NewEndpoint("desk", None, "h", "generic", ["moderators"]), now)
        dispatch_due(connection, now, Policy())
        connection.execute(text("UPDATE deliveries SET state = 'delivered', created_at = now() - interval '40 days'"))
    for days, gone in (("60", 0), ("30", 1)):
        result = CliRunner().invoke(main, ["expire", "--deliveries-older-than", days, "--json"])
        assert json.loads(result.output)["deliveries"] == gone
    assert said("list")["total"] == 1, "its case stays"


def test_the_settings_say_budget_escalation_and_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_ALERT_BUDGET", "7")
    monkeypatch.setenv("TIDELINE_ALERT_BUDGET_HOURS", "1")
    monkeypatch.setenv("TIDELINE_ESCALATE_MINUTES", '{"high": 5, "low": 0}')
    monkeypatch.setenv("TIDELINE_DESK_URL", "https://desk.example/")
    policy = policy_of(read_settings())
    assert (policy.budget, policy.stretch, policy.link_base) == (7, timedelta(hours=1), "https://desk.example/")
    assert policy.unclaimed == {"high": timedelta(minutes=5)}


@pytest.mark.parametrize("value", ["soon", "[]", '{"grave": 5}', '{"high": -1}'])
def test_escalation_times_that_are_none_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TIDELINE_ESCALATE_MINUTES", value)
    assert "TIDELINE_ESCALATE_MINUTES" in run("claim", "0000", code=1).output


def test_a_round_of_a_deliverer_dispatches_everything_and_escalates(engine: Engine) -> None:
    people = [str(uuid.UUID(int=number)) for number in range(1, 8)]
    put(engine, *(an_alert(number, person, severity="high") for number, person in enumerate(people, 1)))
    now = [datetime.now(UTC)]
    with transaction(engine) as connection:
        add_endpoint(connection, NewEndpoint("desk", None, "h", "generic", ["moderators", "lead"]), now[0])
    go = desk_round(engine, Policy(batch=3), lambda: now[0])
    go()
    now[0] += timedelta(hours=1)
    go()
    with transaction(engine) as connection:
        counts = connection.execute(text("SELECT kind, count(*) FROM deliveries GROUP BY 1 ORDER BY 1")).all()
        assert connection.execute(text("SELECT count(*) FROM outbox WHERE state = 'pending'")).scalar() == 0
    assert [tuple(row) for row in counts] == [("alert.raised", 7), ("case.escalated", 3)], "three at a time"
