"""`tideline label next`: questions to a labeller, in the terminal or for a program that asks them."""

from typing import TYPE_CHECKING, Any

import click
import orjson

from stream.label_options import agreed, as_option, consent_option, keep_of, labeller, open_labels
from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from stream.labelling.answers import Typed
    from stream.labelling.session import Session
    from stream.labelling.tasks import Task

QUEUES = ("uncertain", "random", "disputed", "golden")


@click.command("next")
@click.option("--queue", type=click.Choice(QUEUES), help="Only such posts.  [default: a mix of all]")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many posts at most.")
@click.option("--blind", is_flag=True, help="Do not show what the model says.")
@as_option
@consent_option
@click.option("--answers", type=click.File("rb"), help="JSON lines that answer posts handed out by --json; - is stdin.")
@json_option
def next_(
    queue: str | None,
    count: int,
    blind: bool,
    name: str | None,
    consent: bool | None,
    answers: Any,
    as_json: bool,
) -> None:
    """Judge posts, one after the other.

    It asks about posts the model was unsure of, random ones (which tell what it misses: a post is unflagged for every
    emotion that the model did not put first), those about which labellers differ from each other or from the model,
    and golden ones, whose answer is known. Nobody else is asked about the same post, but for a share that a second
    labeller sees as well (TIDELINE_LABEL_SECOND_SHARE).

    Each answer is stored at once: Ctrl-C loses nothing. Words are shown here and in `alerts show --text` alone.

    For programs, --json hands out posts without asking, and --answers takes lines such as
    {"key": "…", "emotion": "fear", "reason": "…"}, {"key": "…", "verdict": "skip"} or {"key": "…", "answer": "5"};
    a post is theirs for half an hour.

    \b
    Examples:
      tideline label next
      tideline label next --queue random --count 50 --blind --as heron
      tideline label next --json --count 20 > tasks.json
      tideline label next --answers answers.jsonl
    """
    session = _session(queue, blind, name, consent)
    if answers:
        _take(session, answers, as_json)
    elif as_json:
        tasks = [_shown(task) for task in session.tasks(count, _tell)]
        print_json({"labeller": session.asking.who, "tasks": tasks, "without_words": session.expired})
    else:
        _ask(session, count)
    session.engine.dispose()


def _session(queue: str | None, blind: bool, name: str | None, consent: bool | None) -> "Session":
    from stream.labelling.session import Session
    from stream.labelling.tasks import Asking

    settings = read_settings()
    asking = Asking(labeller(name, settings), queue, blind, settings.label_second_share)
    return Session(open_labels(), asking, agreed(consent, settings), keep_of(settings))


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


# --- a person -----------------------------------------------------------------------------------------------


def _ask(session: "Session", count: int) -> None:
    from stream.labelling.answers import help_line

    click.echo(help_line(session.asking.blind))
    for nth, task in enumerate(session.tasks(count, _tell), 1):
        try:
            given = _asked(task, f"{nth}/{count}")
        except click.Abort:  # Ctrl-C, or the end of what is piped in
            given = None
        if given is None or given.stop:
            session.give_back(task)
            break
        session.answer(task, given)
    _sum_up(session)


def _asked(task: "Task", place: str) -> "Typed":
    from stream.case_lines import plain
    from stream.labelling.answers import help_line, typed

    click.echo(f"\n{place}  {task.post.sent_at:%Y-%m-%d %H:%M}  {task.post.language or ''}")
    click.echo(f"  {plain(task.text or '')}")
    if not task.blind and task.post.shown:
        click.echo(f"  the model says {task.post.shown}, {(task.post.score or 0) / 1000:.2f}")
    while True:
        found = typed(click.prompt(">", prompt_suffix=" ", default="", show_default=False), task.blind)
        if found is not None:
            return found
        click.echo(help_line(task.blind))


def _sum_up(session: "Session") -> None:
    total = session.done.total()
    if not total:
        click.echo("\nnothing was judged" if session.asking.passed else "nothing to judge here now")
        return
    parts = ", ".join(f"{session.done[verdict]} {verdict}" for verdict in session.done)
    click.echo(f"\n{total} judged by {session.asking.who}: {parts}")


# --- a program ----------------------------------------------------------------------------------------------


def _shown(task: "Task") -> dict[str, Any]:
    """What a labeller may see. The queue is not told: nobody should know which posts are golden."""
    post = task.post
    seen: dict[str, Any] = {"key": post.key, "sent_at": post.sent_at, "language": post.language, "text": task.text}
    if not task.blind:
        seen |= {"shown": post.shown, "score": None if post.score is None else post.score / 1000, "model": post.model}
    return seen


def _take(session: "Session", answers: Any, as_json: bool) -> None:
    fates = session.answer_all(_lines(answers))
    if as_json:
        print_json({"labeller": session.asking.who, "answers": fates})
        return
    for fate in fates:
        if fate["fate"] != "added":
            click.echo(f"{fate['key']}: {fate['why']}", err=True)
    _sum_up(session)


def _lines(answers: Any) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(answers, 1):
        if line.strip():
            found.append(_object(line, number))
    return found


def _object(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise click.BadParameter(f"line {number} is not a JSON object; nothing was stored", param_hint="--answers")
    return value
