"""`tideline label quality`: whether the labels can be trusted, and what they say about the model."""

from dataclasses import asdict

import click

from stream.output import json_option, print_json
from stream.settings import read_settings


@click.command()
@json_option
def quality(as_json: bool) -> None:
    """Show how well labellers agree, how far each is believed, and what the model gets right and misses.

    Each labeller is weighed by golden posts, by the others, and a little by what the model said. One who turns one
    class into another, answers at random or always says the same gets a weight near zero and is not heard, neither
    here nor in `tideline retrain`. Every figure has its 95 % interval.

    Precision and recall come from the random queue alone: what the other queues ask about was chosen. An emotion
    that is rare needs hundreds of random verdicts before the interval says much.

    \b
    Examples:
      tideline label quality
      tideline label quality --json
    """
    from storage.database import transaction
    from storage.migrate import require_newest
    from stream.labelling.quality import quality as measured
    from stream.labelling.quality_shown import lines
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    with transaction(engine) as connection:
        found = measured(connection)
    engine.dispose()
    if as_json:
        print_json(_plain(asdict(found)))
    else:
        click.echo("\n".join(lines(found)))


def _plain(value: object) -> object:
    """Named tuples as objects with names."""
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
