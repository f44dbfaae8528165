"""`tideline recommend`: songs that fit a person's emotion, or resources for a moderator to offer."""

from pathlib import Path
from typing import Any

import click

from stream.output import json_option, print_json

_NEAREST = 25
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--items", "source", type=Path, required=True, metavar="FILE", help="The list: title, artist, genre, lyrics."
)
@click.option("--like", metavar="TITLE", help="The liked item: its title, or 'TITLE – ARTIST'.")
@click.option("--artist", metavar="NAME", help="Whose, where several items of the list have that title.")
@click.option("--emotion-of", metavar="TEXT|PERSON|MIX", help="For whom: a text, a pseudonym, or 'sadness=.7,joy=.1'.")
@click.option("--count", type=click.IntRange(min=1), default=5, show_default=True, help="How many to suggest.")
@click.option(
    "--nearest",
    type=click.IntRange(min=1),
    help=f"Out of how many of the most alike.  [default: {_NEAREST}, or a larger --count]",
)
@click.option("--genre-weight", type=float, default=0.3, show_default=True, help="What alike genres count.")
@click.option("--lyrics-weight", type=float, default=1.0, show_default=True, help="What alike lyrics count.")
@click.option("--days", type=click.IntRange(min=1), default=14, show_default=True, help="How much of a PERSON counts.")
@click.option("--model", metavar="NAME", help="Read lyrics with this model.  [default: TIDELINE_MODEL]")
@click.option("--supportive", is_flag=True, help="The list holds resources for support; it needs a column `for`.")
@click.option("--by-genre", is_flag=True, help="Instead: the mean of each emotion in each genre of the list.")
@click.option("--plot", type=_FILE, metavar="FILE.png", help="With --by-genre: also draw it.")
@click.option("--encoding", metavar="NAME", help="How the list is encoded. [default: found]")
@json_option
def recommend(source: Path, as_json: bool, **wishes: Any) -> None:
    """Suggest the songs of a list that are like one and fit a person's emotion, for a person to judge.

    Likeness is 0.3 × the cosine of genre counts + 1.0 × the cosine of lyrics (TF-IDF). Of the --nearest by
    likeness, the --count whose emotions are closest (cosine of the seven) to those of --emotion-of are told. A
    song's emotions are the mean over its lines, each read by the model of its language, and are kept in the data
    folder until its lyrics or the model change. A song without lyrics that can be read comes last.

    --emotion-of is a mix where it is written `emotion=number,...`, a person where it is a pseudonym (the mean of
    their last days in the database), and else a text; - reads a text from stdin, and out of the shell's history.
    Texts are scored and forgotten.

    With --supportive the list holds resources. They are chosen by the column `for`, the emotions that each is
    meant to help with, not by how they sound; those for `any` are always told. Nothing is ever sent.

    \b
    Examples:
      tideline recommend --items songs.csv --like "Low Tide Letter" --emotion-of "sadness=.7,joy=.1"
      tideline recommend --items songs.csv --like "Low Tide Letter" --emotion-of "i miss you so much"
      tideline recommend --items support.csv --supportive --emotion-of -
      tideline recommend --items songs.csv --by-genre --plot genres.png
    """
    _check(wishes)
    from stream.recommending import emotions_by_genre, songs, support

    wishes["nearest"] = wishes["nearest"] or max(_NEAREST, wishes["count"])
    make = emotions_by_genre if wishes["by_genre"] else support if wishes["supportive"] else songs
    found, lines = make(source, wishes)
    for note in found["notes"]:
        click.echo(f"note: {note}", err=True)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines))


def _check(wishes: dict[str, Any]) -> None:
    """Options that mean nothing together are a mistake to be told of."""
    if wishes["by_genre"]:
        for name in ("like", "artist", "emotion_of", "supportive", "nearest"):
            _refuse(wishes[name], name, "means nothing with --by-genre: leave it out.")
    elif wishes["emotion_of"] is None:
        raise click.UsageError("say for whom with --emotion-of: a text, a pseudonym, or 'sadness=.7,joy=.1'.")
    elif wishes["supportive"]:
        _refuse(wishes["nearest"], "nearest", "means nothing with --supportive: every resource is looked at.")
    elif wishes["like"] is None:
        raise click.UsageError("name a liked item of the list with --like.")
    elif wishes["nearest"] is not None and wishes["nearest"] < wishes["count"]:
        raise click.UsageError("--nearest is less than --count: look at as many songs as are to be suggested, or more.")
    _refuse(wishes["artist"] and not wishes["like"], "artist", "goes with --like: name a title.")
    _refuse(wishes["plot"] and not wishes["by_genre"], "plot", "goes with --by-genre.")
    if wishes["plot"] and wishes["plot"].suffix.lower() != ".png":
        raise click.UsageError("--plot writes a PNG: name a file that ends in .png.")


def _refuse(given: object, name: str, why: str) -> None:
    if given:
        raise click.UsageError(f"--{name.replace('_', '-')} {why}")
