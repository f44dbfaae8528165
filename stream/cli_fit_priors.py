"""`tideline fit-priors`: a snapshot of what the population usually scores."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from stream.output import json_option, print_json
from stream.settings import read_settings


@click.command("fit-priors")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the snapshot here (TOML).")
@json_option
def fit_priors(out: Path | None, as_json: bool) -> None:
    """Fit, from the stored points, what people of each language usually score on each emotion.

    Trend rules shrink a young baseline to this snapshot. It never changes by itself: name the file in your
    rules file (`priors = "priors.toml"`, beside it) and the version of every trend rule changes with it.
    Fit it again when the model or your community has changed, look at the difference with `tideline backtest`,
    and then use it. At least 50 people are needed, and 50 who posted twice to tell people from their posts.

    \b
    Examples:
      tideline fit-priors                       print what would be written, beside what ships
      tideline fit-priors --out priors.toml
    """
    from alerts.fitting import PersonSums
    from alerts.fitting import fit_priors as fit
    from alerts.priors import shipped_priors
    from models.writing import written
    from storage.database import transaction
    from storage.overview import count_versions
    from storage.person_sums import read_person_sums
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        models = ", ".join(count_versions(connection))
        people = (PersonSums(*row) for row in read_person_sums(connection))
        found = fit(people, f"{datetime.now(UTC):%Y-%m-%d} from stored points scored by {models}")
    if out:
        written(out, _toml(found).encode())
    if as_json:
        print_json({"version": found.version, **found.model_dump(mode="json")})
        return
    _table(found, shipped_priors())
    click.echo(f"version {found.version}" + (f", written to {out}" if out else "; keep it with --out FILE"))


def _toml(priors: Any) -> str:
    lines = [f"fitted = {json.dumps(priors.fitted)}"]
    for language, emotions in priors.languages.items():
        lines += ["", f"[languages.{json.dumps(language)}]"]
        lines += [
            f"{name} = {{ mean = {p.mean:g}, between = {p.between:g}, posts = {p.posts:g}, contrast = {p.contrast:g} }}"
            for name, p in emotions.items()
        ]
    return "\n".join(lines) + "\n"


def _table(found: Any, shipped: Any) -> None:
    click.echo(f"{'language':<9}{'emotion':<10}{'mean':>7}{'shipped':>9}{'between':>9}{'posts':>7}{'contrast':>10}")
    for language, emotions in found.languages.items():
        for name, prior in emotions.items():
            before = shipped.languages.get(language, {}).get(name)
            shown = f"{before.mean:.3f}" if before else "-"
            click.echo(
                f"{language:<9}{name:<10}{prior.mean:>7.3f}{shown:>9}{prior.between:>9.3f}{prior.posts:>7.0f}{prior.contrast:>10.2f}"
            )
