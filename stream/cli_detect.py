"""`tideline detect`: spikes or drift in any file of times and numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO

import click
import orjson

from alerts.detect.drifts import SeriesTrend
from alerts.detect.spikes import SeriesSpike
from stream.series_answers import Answer, Counted, Judge, judged
from stream.series_rows import Wanted, read_points

_TOGETHER = 500  # rows written at once
_KINDS: dict[str, Callable[..., Judge]] = {"spike": SeriesSpike, "trend": SeriesTrend}
_UNITS = {"spike": "powers of ten of rarity", "trend": "standard errors"}


def _positive(ctx: click.Context, option: click.Parameter, value: float | None) -> float | None:  # noqa: ARG001
    if value is not None and not 0 < value < float("inf"):
        raise click.BadParameter(f"{value} is no threshold: give a number above 0, such as 3.")
    return value


@click.command()
@click.option("--csv", "path", required=True, metavar="FILE", help="A table of times and numbers; `-` is stdin.")
@click.option("--kind", type=click.Choice(list(_KINDS)), required=True, help="What to look for.")
@click.option("--value", metavar="COL", help="The column of the numbers.  [default: `value`, or the only numbers]")
@click.option("--time", metavar="COL", help="The column of the times.  [default: `timestamp`, or the first times]")
@click.option("--threshold", type=float, callback=_positive, metavar="T", help="The score that alerts.")
@click.option("--day-first", is_flag=True, help="Read 03/04/2020 as the third of April.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for every row instead of the alerts.")
def detect(
    path: str,
    kind: str,
    value: str | None,
    time: str | None,
    threshold: float | None,
    day_first: bool,
    as_json: bool,
) -> None:
    """Look for spikes or slow drift in any series of times and numbers.

    Rows are taken in their order, each judged by those before it alone. With --json every row is answered by one
    line: timestamp (as in the file), value, score, and alert, which is true once per episode. The score of a spike
    is -log10 of the chance of such a value in this series, so 3 is one row in a thousand (default threshold 2.9);
    that of a trend counts standard errors above the series' own past (default threshold 3.5). The first rows teach
    and score 0: 100 for spikes, 60 for trends. A row that cannot be read scores 0 and says why in `problem`.

    \b
    Examples:
      tideline detect --csv mentions.csv --kind spike
      tideline detect --csv mentions.csv --kind spike --value count --time created_at --json > scores.jsonl
      tideline detect --csv sales.csv --kind trend --threshold 5
    """
    detector = _KINDS[kind](threshold) if threshold else _KINDS[kind]()
    counted = Counted()
    answers = judged(read_points(path, Wanted(time, value, day_first)), detector, counted)
    if as_json:
        _write(answers, click.get_binary_stream("stdout"))
    else:
        _tell(answers, _UNITS[kind])
    click.echo(counted.sentence(), err=True)


def _write(answers: Iterable[Answer], out: IO[bytes]) -> None:
    lines: list[bytes] = []
    for answer in answers:
        lines.append(orjson.dumps(answer))
        if len(lines) == _TOGETHER:
            out.write(b"\n".join(lines) + b"\n")
            lines.clear()
    if lines:
        out.write(b"\n".join(lines) + b"\n")
    out.flush()


def _tell(answers: Iterable[Answer], unit: str) -> None:
    """The alerts as a table."""
    told = False
    for answer in answers:
        if answer["alert"]:
            if not told:
                click.echo(f"{'timestamp':<26}{'value':>14}{'score':>10}   ({unit})")
            told = True
            click.echo(f"{answer['timestamp']:<26}{answer['value']:>14,.6g}{answer['score']:>10.2f}")
