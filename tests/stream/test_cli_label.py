"""`tideline label` as a labeller, a program and a moderator use it."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.labels import PostVerdict, add_post_verdicts
from stream.cli import main
from stream.labelling.judging import LabelRefused
from stream.labelling.recording import Answer, record_alert_verdict, record_verdict
from stream.labelling.tasks import Asking
from tests.storage.test_cases import an_alert, put
from tests.stream.labelled import POSTS, key, label, rows, told

GIVEN = "SELECT verdict, emotion, reason, labeller, blind, queue, consent FROM post_verdicts ORDER BY id"
NOW = datetime.now(UTC)


def alerts(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["alerts", *arguments])
    assert result.exit_code == code, result.output
    return result.output


def handed(*arguments: str) -> list[str]:
    return [task["key"] for task in told("next", *arguments)["tasks"]]


def say(engine: Engine, number: int, emotion: str, who: str, queue: str = "random", verdict: str = "wrong") -> None:
    with transaction(engine) as connection:
        add_post_verdicts(connection, [PostVerdict(key(number), verdict, emotion, who, NOW, queue=queue)], NOW)


# --- the terminal -------------------------------------------------------------------------------------------


def test_answers_are_stored_one_by_one_with_what_was_shown(labels: Engine) -> None:
    said = label("next", "--queue", "random", said="\n5 quotes a film\nw\nu\ns\nhuh\njoy\nq\n", code=0).output
    assert "the model says" in said
    assert "6 judged by mia" in said
    stored = rows(labels, GIVEN)
    assert [row[0] for row in stored[2:5]] == ["wrong", "unsure", "skip"]
    assert stored[0][0] == "right"
    assert stored[1][1:3] == ("fear", "quotes a film")
    assert {row[3:] for row in stored} == {("mia", False, "random", False)}
    seen = (
        "SELECT count(*) FROM post_verdicts AS v JOIN points AS p USING (key) WHERE v.score = p.scores[array_position("
    )
    match = seen + "ARRAY['sadness','joy','love','anger','fear','surprise','neutral'], v.shown)] AND v.model = p.model"
    assert rows(labels, match) == [(6,)]


def test_ctrl_c_and_the_end_of_input_lose_nothing_and_give_the_post_back(labels: Engine) -> None:
    assert "2 judged" in label("next", "--queue", "random", said="2\n3\n").output
    assert len(rows(labels, GIVEN)) == 2
    assert rows(labels, "SELECT count(*) FROM label_leases") == [(0,)]
    assert "nothing was judged" in label("next", "--count", "3", said="q\n").output


def test_blind_hides_what_the_model_says_and_takes_emotions_alone(labels: Engine) -> None:
    said = label("next", "--blind", "--consent", "--count", "1", said="\nr\njoy\n").output
    assert "the model says" not in said
    [(_, emotion, _, _, blind, _, consent)] = rows(labels, GIVEN)
    assert (emotion, blind, consent) == ("joy", True, True)
    [task] = told("next", "--blind", "--count", "1")["tasks"]
    assert set(task) == {"key", "sent_at", "language", "text"}


def test_the_uncertain_queue_asks_about_the_least_sure_first(labels: Engine) -> None:
    scores = [task["score"] for task in told("next", "--queue", "uncertain", "--count", "5")["tasks"]]
    assert scores == sorted(scores)
    assert scores[0] < 0.9


def test_judging_uncertain_posts_takes_none_from_the_random_ones(labels: Engine) -> None:
    uncertain, drawn = (handed("--queue", queue, "--count", str(POSTS)) for queue in ("uncertain", "random"))
    assert uncertain
    assert drawn
    assert not set(uncertain) & set(drawn)


def test_what_is_disputed_is_what_labellers_or_the_model_differ_about(labels: Engine) -> None:
    say(labels, 1, "joy", "noa")
    say(labels, 2, "fear", "noa", verdict="right")
    say(labels, 2, "joy", "ada", verdict="right")
    say(labels, 3, "joy", "noa", verdict="right")
    assert handed("--queue", "disputed") == [key(2), key(1)], "where labellers differ comes first"
    assert handed("--queue", "disputed", "--as", "noa") == []


def test_golden_posts_come_unmarked_once_for_each_labeller_and_in_no_other_queue(labels: Engine) -> None:
    assert "is golden: joy" in label("golden", "add", key(1), "joy", "--reason", "agreed").output
    assert "golden already" in label("golden", "add", key(1), "fear", code=1).output
    [task] = told("next", "--queue", "golden")["tasks"]
    assert "queue" not in task
    assert key(1) not in handed("--queue", "random", "--count", str(POSTS))
    label("next", "--queue", "golden", said="2\n")
    label("next", "--queue", "golden", "--as", "noa", said="2\n")
    assert "nothing to judge" in label("next", "--queue", "golden").output
    assert told("golden", "list")["golden"][0]["key"] == key(1)
    label("golden", "remove", key(1))
    assert "no golden post" in label("golden", "remove", key(1), code=1).output


def test_a_post_whose_words_have_expired_is_told_and_passed_over(labels: Engine) -> None:
    say(labels, 1, "joy", "noa")
    say(labels, 2, "joy", "noa")
    with transaction(labels) as connection:
        connection.execute(text("DELETE FROM post_texts WHERE key = :key"), {"key": key(1)})
    said = label("next", "--queue", "disputed", said="joy\njoy\n").output
    assert f"post {key(1)[:8]}: its words are no longer kept; going on" in said
    assert "1 judged" in said


def test_words_cannot_move_the_cursor(labels: Engine) -> None:
    with transaction(labels) as connection:
        connection.execute(text("UPDATE post_texts SET text = E'a\\x1b[31m\\nb'"))
    assert "a [31m b" in label("next", "--count", "1", said="q\n").output


# --- several labellers --------------------------------------------------------------------------------------


def test_two_labellers_at_once_are_asked_about_different_posts(labels: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDELINE_LABEL_SECOND_SHARE", "0")

    def take(who: str) -> list[str]:
        asking, found = Asking(who, "random", share=0), []
        for _ in range(8):
            with transaction(labels) as connection:
                task = asking.next_task(connection, NOW)
                assert task is not None
                found.append(task.post.key)
        return found

    with ThreadPoolExecutor(3) as pool:
        keys = [key for taken in pool.map(take, ("ada", "noa", "mia")) for key in taken]
    assert len(set(keys)) == len(keys) == 24
    assert not set(handed("--queue", "random", "--as", "bea", "--count", str(POSTS))) & set(keys)


def test_a_share_of_the_posts_goes_to_a_second_labeller_and_to_no_third(
    labels: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for share, voices in (("0", 1), ("1", 2)):
        monkeypatch.setenv("TIDELINE_LABEL_SECOND_SHARE", share)
        for who in ("ada", "noa", "mia"):
            label("next", "--queue", "random", "--count", "10", "--as", who, said="skip\n" + "joy\n" * 9)
        counts = (
            "SELECT max(n) FROM (SELECT count(*) AS n FROM post_verdicts WHERE verdict <> 'skip' GROUP BY key) AS c"
        )
        assert rows(labels, counts) == [(voices,)]


# --- programs -----------------------------------------------------------------------------------------------


def test_a_program_takes_posts_as_json_and_answers_them_by_key(labels: Engine) -> None:
    first, second, third = handed("--count", "3")
    answers = [
        {"key": first, "emotion": "fear", "reason": "x"}, {"key": second, "answer": "u"},
        {"key": third, "emotion": "bliss"}, {"key": key(9999), "emotion": "joy"}, {"key": third, "answer": "q"},
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, answers))
    fates = told("next", "--answers", "-", said=lines)["answers"]
    assert [fate["fate"] for fate in fates] == ["added", "added", "unknown-emotion", "not-asked", "bad-value"]
    assert [row[0] for row in rows(labels, GIVEN)][1] == "unsure"
    assert "line 1 is not a JSON object" in label("next", "--answers", "-", said="[]", code=2).output
    told("next", "--answers", "-", said=json.dumps({"key": third, "emotion": "joy"}))
    assert len(rows(labels, GIVEN)) == 3


def test_the_function_for_a_console_says_what_holds_now_and_what_is_refused(labels: Engine) -> None:
    stored = record_verdict(labels, key(1), Answer("mia", emotion="fear", reason=" quotes a film "))
    assert (stored.verdict.reason, stored.verdict.queue) == ("quotes a film", "web")
    assert stored.holds is not None
    assert stored.holds.emotion == "fear"
    for fate, answer in {
        "missing": Answer("mia"), "unknown-emotion": Answer("mia", emotion="bliss"),
        "unknown-verdict": Answer("mia", verdict="yes"), "contradiction": Answer("mia", verdict="skip", emotion="joy"),
        "too-long": Answer("mia", emotion="joy", reason="x" * 501), "bad-value": Answer(" ", emotion="joy"),
    }.items():  # fmt: skip
        with pytest.raises(LabelRefused) as refused:
            record_verdict(labels, key(1), answer)
        assert refused.value.fate == fate
    for strange in (key(9999), "5b1c", ""):
        with pytest.raises(LabelRefused, match="there is no alert"):
            record_alert_verdict(labels, strange, "right", "mia")
        with pytest.raises(LabelRefused, match="there is no post"):
            record_verdict(labels, strange, Answer("mia", emotion="joy"))
    assert record_verdict(labels, key(1).upper(), Answer("noa", emotion="joy")).verdict.key == key(1)
    given = record_alert_verdict(labels, put(labels), "right", " mia ", reason="\x00 called ")
    assert (given.labeller, given.reason) == ("mia", "called")


# --- one post, one alert ------------------------------------------------------------------------------------


def test_one_post_is_judged_by_its_key(labels: Engine) -> None:
    assert told("post", key(1), "fear", "--as", "noa", "--reason", "film")["emotion"] == "fear"
    assert "unsure" in label("post", key(1), "unsure").output
    assert "there is no post" in label("post", key(9999), "joy", code=1).output
    assert "a key is a UUID" in label("post", "p1", "joy", code=2).output
    assert [(row[0], row[3], row[5]) for row in rows(labels, GIVEN)] == [
        ("wrong", "noa", "desk"), ("unsure", "mia", "desk"),
    ]  # fmt: skip


def test_an_alert_is_judged_by_the_beginning_of_its_id(labels: Engine) -> None:
    alert = put(labels)
    assert label("alert", alert[:8], "wrong", "--reason", "lyrics").output == f"alert {alert[:8]} is wrong, says mia\n"
    kept = "SELECT verdict, reason, labeller, queue, statistic, threshold, model FROM alert_verdicts"
    assert rows(labels, kept) == [("wrong", "lyrics", "mia", "desk", 2.5, 2.0, "model-1")]
    assert "no case or alert" in label("alert", "abcd", "right", code=1).output


def test_closing_a_case_is_a_verdict_about_its_alerts(labels: Engine) -> None:
    endings = {
        ("helped",): "right", ("false-alarm",): "wrong", ("duplicate",): None,
        ("no-concern", "--verdict", "unsure"): "unsure", ("helped", "--verdict", "none"): None,
    }  # fmt: skip
    for number, (chosen, verdict) in enumerate(endings.items()):
        person = str(uuid.UUID(int=100 + number))
        case = put(labels, an_alert(2 * number + 1, person), an_alert(2 * number + 2, person))
        alerts("close", case, "--reason", *chosen)
        alerts("close", case, "--reason", "helped", code=1)  # a refused move says nothing
        given = rows(labels, f"SELECT verdict FROM alert_verdicts WHERE person = '{person}'")
        assert given == ([] if verdict is None else [(verdict,), (verdict,)])


def test_expire_deletes_words_of_labels_whose_time_is_over(labels: Engine) -> None:
    label("post", key(1), "joy", "--consent")
    with transaction(labels) as connection:
        connection.execute(text("UPDATE label_texts SET expires_at = now() - interval '1 second'"))
    gone = json.loads(CliRunner().invoke(main, ["expire", "--json"]).output)
    assert gone["label_texts"] == 1
    assert rows(labels, "SELECT count(*) FROM label_texts") == [(0,)]
