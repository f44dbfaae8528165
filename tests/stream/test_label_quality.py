"""`tideline label quality` on stored verdicts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from storage.database import transaction
from storage.golden import Golden, add_golden
from storage.label_reading import KnownPost, known_posts
from storage.labels import PostVerdict, add_post_verdicts
from tests.stream.labelled import POSTS, key, label, told

AT = datetime(2026, 6, 2, tzinfo=UTC)
CAREFUL = ("ada", "bea", "cem", "dan")


def judge(engine: Engine, hostile: bool = True, queue: str = "random") -> None:
    """Four people agree with the model; a fifth calls all sadness joy."""
    with transaction(engine) as connection:
        posts = known_posts(connection, [key(number) for number in range(POSTS)])
        said = [_verdict(post, who, post.shown, queue) for post in posts.values() for who in CAREFUL]
        if hostile:
            said += [
                _verdict(post, "eve", "joy" if post.shown == "sadness" else post.shown, queue)
                for post in posts.values()
            ]
        assert add_post_verdicts(connection, said, AT) == len(said)


def _verdict(post: KnownPost, who: str, emotion: str | None, queue: str) -> PostVerdict:
    verdict = "right" if emotion == post.shown else "wrong"
    return PostVerdict(
        post.key, verdict, emotion, who, AT, shown=post.shown, score=post.score, model=post.model, queue=queue
    )


def test_it_names_the_labeller_who_turns_a_class_and_does_not_hear_them(labels: Engine) -> None:
    judge(labels)
    found = told("quality")
    weights = {each["name"]: each["weight"] for each in found["labellers"]}
    assert weights["eve"] < 0.02
    assert min(weights[who] for who in CAREFUL) > 0.8
    assert found["disputes"] == [{"one": "joy", "other": "sadness", "posts": found["disputes"][0]["posts"]}]
    assert found["alpha"]["low"] < found["alpha"]["value"] < found["alpha"]["high"]
    sad = next(each for each in found["found"] if each["emotion"] == "sadness")
    assert sad["precision"]["value"] == sad["recall"]["value"] == 1.0
    assert 0.3 < sad["recall"]["low"] < 1.0
    lines = label("quality").output
    assert "not heard" in lines
    assert "joy or sadness" in lines


def test_each_labeller_is_held_against_golden_posts(labels: Engine) -> None:
    judge(labels)
    with transaction(labels) as connection:
        posts = known_posts(connection, [key(number) for number in range(POSTS)]).values()
        for post in [post for post in posts if post.shown == "sadness"][:3]:
            assert add_golden(connection, Golden(post.key, "sadness", "lead", AT))
    golden = {each["name"]: each["golden"] for each in told("quality")["labellers"]}
    assert golden["eve"]["value"] == 0.0
    assert golden["ada"]["value"] == 1.0
    assert golden["ada"]["items"] == golden["eve"]["items"] == 3


def test_recall_is_estimated_from_the_random_queue_alone(labels: Engine) -> None:
    judge(labels, hostile=False, queue="uncertain")
    assert all(each["recall"] is None for each in told("quality")["found"])


def test_what_is_disputed_later_stays_in_the_random_sample(labels: Engine) -> None:
    judge(labels, hostile=False)
    before = told("quality")["found"]
    with transaction(labels) as connection:
        posts = known_posts(connection, [key(number) for number in range(10)])
        again = [_verdict(post, "zoe", post.shown, "disputed") for post in posts.values()]
        add_post_verdicts(connection, [PostVerdict(**_later(each)) for each in again], AT + timedelta(days=2))
    assert told("quality")["found"] == before


def test_who_corrects_a_random_post_elsewhere_does_not_take_it_from_the_sample(labels: Engine) -> None:
    with transaction(labels) as connection:
        posts = list(known_posts(connection, [key(number) for number in range(POSTS)]).values())
        add_post_verdicts(connection, [_verdict(post, "ada", post.shown, "random") for post in posts], AT)
    before = _judged_at_random()
    with transaction(labels) as connection:
        corrected = [PostVerdict(**_later(_verdict(post, "ada", "anger", "desk"))) for post in posts[::2]]
        add_post_verdicts(connection, corrected, AT + timedelta(days=2))
    assert _judged_at_random() == before > len(corrected)


def _judged_at_random() -> int:
    return max(each["recall"]["items"] for each in told("quality")["found"] if each["recall"])


def _later(verdict: PostVerdict) -> dict[str, object]:
    return {name: getattr(verdict, name) for name in PostVerdict.__slots__} | {"at": AT + timedelta(days=1)}


def test_without_verdicts_it_says_so_and_fails_at_nothing(labels: Engine) -> None:
    with transaction(labels) as connection:
        assert connection.execute(text("SELECT count(*) FROM post_verdicts")).scalar() == 0
    assert told("quality")["verdicts"] == 0
    assert "0 verdicts" in label("quality").output
