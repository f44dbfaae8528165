from pathlib import Path

import pytest

from alerts.errors import RulesInvalid
from alerts.monitor import apply_person
from alerts.rules import load_rules, parse_rules
from tests.alerts.histories import hours_of

GOOD = """\
# a comment
[[rules]]
name = "one"
detector = "trend"
subject = "person"
emotion = "fear"
threshold = 2.5
prior = 0.1

[[rules]]
name = "two"
detector = "spike"
subject = "channel"
emotion = "anger"
threshold = 5
prior = 0.1
"""
CUSUM = """\
[[rules]]
name = "three"
detector = "cusum"
subject = "person"
emotion = "fear"
threshold = 5
mean = 0.1
sd = 0.2
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"fear"', '"dread"', "line 6: emotion: there is no emotion 'dread'; use one of sadness"),
        ('"trend"', '"cussum"', "line 4: detector: there is no such detector; did you mean 'cusum'?; use one of trend"),
        ("threshold = 5", "threshold = -5", "line 15: threshold: it must be more than 0, not -5; correct it"),
        ("threshold = 2.5", "threshold = 1000", "line 7: threshold: it must be at most 100, not 1000; correct it"),
        ("threshold = 2.5", "threshold = nan", "line 7: threshold: it must be an ordinary number, not nan"),
        ("threshold = 5", "threshold = inf", "line 15: threshold: it must be an ordinary number, not inf"),
        ("prior = 0.1\n\n", "prior = 0.1\nprior_posts = inf\n\n", "line 9: prior_posts: it must be an ordinary number"),
        ("threshold = 2.5", 'threshold = "2.5"', "line 7: threshold: it must be a number such as 2.5, without quotes"),
        ("threshold = 2.5", "threshold = [1]", "line 7: threshold: it must be a number such as 2.5, without quotes"),
        ("threshold = 2.5", "threshold = 2.5\nshadow = 1", "line 8: shadow: it must be true or false"),
        ("threshold = 2.5", "threshold = 2.5\nmin_days = 2.5", "line 8: min_days: it must be a whole number"),
        ("prior = 0.1\n\n", "prior = 1.5\n\n", "line 8: prior: it must be less than 1, not 1.5"),
        ("prior = 0.1\n\n", "priors = { en = 0.1 }\n\n", "line 8: priors: it needs a mean score between 0 and 1"),
        ("prior = 0.1\n\n", "priors = { any = 7 }\n\n", "line 8: priors: it needs a mean score between 0 and 1"),
        ('name = "two"', "name = 2", "line 11: name: it must be a text in quotes"),
        ('name = "two"', 'name = "Two rules"', "line 11: name: 'Two rules' is no good name; use small letters"),
        ('name = "two"', f'name = "{"x" * 41}"', "line 11: name: it is longer than 40 characters"),
        ('name = "two"', 'name = "one"', "line 11: name: two rules are named 'one' (the first on line 3); rename one"),
        ("prior = 0.1\n\n", "prior = 0.1\nfsat_days = 3\n\n", "line 9: fsat_days: a trend rule has no such key; did"),
        ("prior = 0.1\n\n", "prior = 0.1\nfast_hours = 3\n\n", "(it belongs to spike and cohort); correct"),
        ("threshold = 2.5\n", "", "line 2: threshold: a trend rule needs it and it is missing; add it"),
        ('detector = "trend"\n', "", "line 2: detector: a rule needs a detector: one of trend"),
        ('subject = "person"', 'subject = "channel"', "line 5: subject: a trend rule is not for a channel; write"),
        ('subject = "person"', 'subject = "group"', "line 5: subject: 'group' is not known; write \"person\""),
        ("prior = 0.1\n\n", "prior = \n\n", "line 8: file: it is not valid TOML (Invalid value"),
        ("prior = 0.1\n\n", "prior = 0.1\nprior = 0.2\n\n", "line 9: file: it is not valid TOML (Cannot overwrite"),
        ("[[rules]]", "[[rulez]]", "line 2: rulez: a rules file has [[rules]] blocks and nothing else"),
        ("[[rules]]", "[rules]", "not valid TOML"),
        ("# a comment", '# a comment\nversion = "3"', "line 2: version: a rules file has [[rules]] blocks and nothing"),
    ],
)
def test_a_wrong_rules_file_names_the_file_the_line_the_fault_and_what_to_do(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = tmp_path / "mine.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1 if old != "threshold = 5" else -1))
    with pytest.raises(RulesInvalid) as caught:
        load_rules(path)
    assert str(caught.value).startswith(f"{path}, line ")
    assert says in str(caught.value)


def test_every_fault_is_told_in_the_order_of_the_file() -> None:
    wrong = GOOD.replace('"fear"', '"dread"').replace("threshold = 5", "treshold = 5").replace("2.5", "-1")
    with pytest.raises(RulesInvalid, match="3 more: `tideline rules check` lists all") as caught:
        parse_rules(wrong)
    assert [(fault.line, fault.field) for fault in caught.value.faults] == [
        (6, "emotion"), (7, "threshold"), (10, "threshold"), (15, "treshold"),
    ]  # fmt: skip


def test_an_empty_or_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"\n# nothing\n", b"rules = []", b"rules = 3", b"\xff\xfe\x00"):
        (tmp_path / "r.toml").write_bytes(content)
        with pytest.raises(RulesInvalid, match=r"write at least one \[\[rules\]\]|a list of|is not UTF-8"):
            load_rules(tmp_path / "r.toml")
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(RulesInvalid, match="cannot be read"):
            load_rules(path)


def test_a_file_written_by_windows_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_rules(path).version == parse_rules(GOOD).version


def test_lines_are_right_beside_texts_of_several_lines() -> None:
    text = GOOD.replace('"one"', '"""\none"""').replace("threshold = 5", "threshold = 0")
    with pytest.raises(RulesInvalid, match=r"line 16: threshold: it must be more than 0, not 0"):
        parse_rules(text.replace('"""\none"""', '"""\\\none"""'))


def test_the_version_follows_the_meaning_and_not_the_words() -> None:
    rules = parse_rules(GOOD)
    reworded = GOOD.replace("# a comment", "# another").replace("threshold = 5", "threshold = 5.0 # five")
    assert parse_rules(reworded).version == rules.version
    assert parse_rules(GOOD.replace("2.5", "2.6")).version != rules.version
    assert parse_rules(GOOD.replace("2.5", "2.6")).all[1].key == rules.all[1].key


def test_a_rule_that_leaves_its_trial_keeps_what_it_learned() -> None:
    rules, trial = parse_rules(GOOD), parse_rules(GOOD.replace("threshold = 2.5", "threshold = 2.5\nshadow = true"))
    assert [rule.key for rule in rules.all] == [rule.key for rule in trial.all]
    assert [rule.version for rule in rules.all] == [rule.version for rule in trial.all]
    assert rules.version != trial.version, "a worker that still holds back is not like one that sends"


def test_alerts_of_a_rule_on_trial_are_the_same_but_marked() -> None:
    import random

    def alerts(text: str) -> list[object]:
        rules, state, found = parse_rules(text), None, []
        shares = (lambda day: {"fear": 0.05}, lambda day: {"fear": 0.95})
        for hour in hours_of(random.Random(3), "p", 60, lambda day: 4, lambda day: shares[day > 40](day)):
            state, raised = apply_person(rules, "p", state, hour)
            found += [(alert.id, alert.statistic, alert.shadow) for alert in raised]
        return found

    sent, held = alerts(CUSUM), alerts(CUSUM + "shadow = true\n")
    assert sent
    assert held == [(name, statistic, True) for name, statistic, _ in sent]


def test_the_shipped_rules_are_those_of_the_mission() -> None:
    names = {rule.options.name for rule in load_rules(None).all}
    assert names >= {"sadness-trend", "fear-trend", "anger-spike-channel", "anger-spike-person"}


def test_a_rules_file_may_name_the_priors_beside_it(tmp_path: Path) -> None:
    from importlib.resources import files

    snapshot = files("alerts").joinpath("priors.toml").read_text()
    (tmp_path / "mine.toml").write_text(snapshot)
    (tmp_path / "other.toml").write_text(snapshot.replace("mean = 0.", "mean = 0.0"))
    bare = GOOD.replace("prior = 0.1\n\n", "\n")
    path = tmp_path / "rules.toml"
    versions = {}
    for text in (bare, 'priors = "mine.toml"\n' + bare, 'priors = "other.toml"\n' + bare):
        path.write_text(text)
        versions[text] = [rule.version for rule in load_rules(path).all]
    shipped, mine, other = versions.values()
    assert shipped == mine
    assert (mine[0] != other[0], mine[1] == other[1]) == (True, True), "only trends rest on the snapshot"
    path.write_text('priors = "none.toml"\n' + bare)
    with pytest.raises(RulesInvalid, match=r"rules\.toml, line 1: priors: .*none\.toml cannot .*tideline fit-priors"):
        load_rules(path)


def test_a_value_of_any_shape_is_a_fault_and_no_crash() -> None:
    for value in ("[1]", "{ a = 1 }", "true", "1979-05-27", '"x"', "-1", "[[]]"):
        for key in ("name", "detector", "subject", "emotion", "threshold", "prior", "priors", "shadow", "leave"):
            lines = [line for line in GOOD.splitlines()[:8] if not line.startswith(key)]
            with pytest.raises(RulesInvalid, match=r"line \d+: \w+"):
                parse_rules("\n".join([*lines, f"{key} = {value}", 'emotion = "x"' if key != "emotion" else ""]))
