from pathlib import Path

import pytest

from alerts.errors import RulesInvalid
from alerts.rules import load_rules, parse_rules

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


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"fear"', '"dread"', "line 6: emotion: there is no emotion 'dread'; use one of sadness"),
        ('"trend"', '"cusum"', "line 4: detector: there is no such detector; use one of trend, spike, level"),
        ("threshold = 5", "threshold = -5", "line 15: threshold: "),
        ("threshold = 2.5", "threshold = nan", "line 7: threshold: "),
        (
            'name = "two"',
            'name = "one"',
            "line 11: two rules are named 'one' (the first on line 3); rename one",
        ),
        ("prior = 0.1\n\n", "prior = 0.1\nfsat_days = 3\n\n", "line 9: fsat_days: Extra inputs"),
        ("threshold = 2.5\n", "", "line 2: threshold: Field required"),
        ('detector = "trend"\n', "", "line 2: rule: a rule needs a detector"),
        ('subject = "person"', 'subject = "channel"', "line 5: subject: "),
        ("prior = 0.1\n\n", "prior = \n\n", "not valid TOML: Invalid value (at line 8"),
        ("[[rules]]", "[[rulez]]", "rules"),
    ],
)
def test_a_wrong_rules_file_names_the_file_the_line_and_the_fault(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1 if old != "threshold = 5" else -1))
    with pytest.raises(RulesInvalid) as caught:
        load_rules(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)


def test_an_empty_or_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"rules = []", b"\xff\xfe\x00"):
        (tmp_path / "r.toml").write_bytes(content)
        with pytest.raises(RulesInvalid):
            load_rules(tmp_path / "r.toml")
    with pytest.raises(RulesInvalid, match="cannot be read"):
        load_rules(tmp_path / "none.toml")


def test_the_version_follows_the_meaning_and_not_the_words() -> None:
    rules = parse_rules(GOOD)
    reworded = GOOD.replace("# a comment", "# another").replace("threshold = 5", "threshold = 5.0 # five")
    assert parse_rules(reworded).version == rules.version
    assert parse_rules(GOOD.replace("2.5", "2.6")).version != rules.version
    assert parse_rules(GOOD.replace("2.5", "2.6")).all[1].key == rules.all[1].key


def test_the_shipped_rules_are_those_of_the_mission() -> None:
    names = {rule.options.name for rule in load_rules(None).all}
    assert names >= {"sadness-trend", "fear-trend", "anger-spike-channel", "anger-spike-person"}
