"""`tideline`: the commands, and the one place that turns errors into a sentence and an exit code."""

import importlib
import os
import sys
from typing import Any

import click

from stream.version import code_version

FAILED = 1
HOME: dict[str, str] = {
    "demo": "stream.cli_demo:demo",
    "up": "stream.cli_services:up",
    "down": "stream.cli_services:down",
    "doctor": "stream.cli_doctor:doctor",
    "migrate": "stream.cli_services:migrate",
    "replay": "stream.cli_replay:replay_command",
    "worker": "stream.cli_worker:worker",
    "health": "stream.cli_worker:health",
    "deliver": "stream.cli_deliver:deliver",
    "receive": "stream.cli_deliver:receive",
    "endpoints": "stream.cli_endpoints:endpoints",
    "deliveries": "stream.cli_deliveries:deliveries",
    "alerts": "stream.cli_cases:alerts",
    "label": "stream.cli_label:label",
    "rules": "stream.cli_rules:rules",
    "backtest": "stream.cli_backtest:backtest",
    "fit-priors": "stream.cli_fit_priors:fit_priors",
    "train": "stream.cli_train:train",
    "retrain": "stream.cli_retrain:retrain_command",
    "reproduce": "stream.cli_reproduce:reproduce",
    "grid": "stream.cli_grid:grid",
    "predict": "stream.cli_predict:predict",
    "evaluate": "stream.cli_evaluate:evaluate",
    "evaluate-alerts": "stream.cli_evaluate_alerts:evaluate_alerts",
    "ensemble": "stream.cli_ensemble:ensemble",
    "recommend": "stream.cli_recommend:recommend",
    "report": "stream.cli_report:report",
    "dashboards": "stream.cli_dashboards:dashboards",
    "status": "stream.cli_status:status",
    "series": "stream.cli_status:series",
    "forecast": "stream.cli_forecast:forecast",
    "dlq": "stream.cli_dlq:dlq",
    "rebuild": "stream.cli_check:rebuild",
    "verify": "stream.cli_check:verify",
    "detect": "stream.cli_detect:detect",
    "drift": "stream.cli_drift:drift",
    "models": "stream.cli_models:models",
    "people": "stream.cli_people:people",
    "expire": "stream.cli_people:expire",
}


class Commands(click.Group):
    """Finds each command in its own module when it is needed, and reports errors as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        return list(HOME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in HOME:
            return None
        module, name = HOME[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(FAILED)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"tideline: {_sentence(error)}", err=True)
            ctx.exit(getattr(error, "exit_code", FAILED))


def _sentence(error: Exception) -> str:
    """Our own errors are sentences already; anything else is a bug, and says how to see it whole."""
    from alerts.errors import AlertError
    from dashboards.errors import DashboardError
    from models.errors import ModelError
    from storage.errors import StorageError
    from stream.errors import StreamError

    if isinstance(error, AlertError | DashboardError | ModelError | StorageError | StreamError):
        return str(error)
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return "something on the command line is not valid UTF-8: type it again"
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}: {error.filename or 'the operating system refused'}"
    return f"unexpected {type(error).__name__}; run again as `tideline --debug …` for the whole story"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show a traceback instead of one sentence when something fails.")
@click.version_option(code_version(), prog_name="tideline")
def main(debug: bool) -> None:
    """Watch a stream of posts for people in decline and communities in anger, and tell human moderators.

    \b
    First steps, all on this machine:
      tideline demo                      everything at once on a bundled sample
    or piece by piece:
      tideline up                        start an embedded Postgres and broker
      tideline migrate                   make the tables
      tideline worker &                  score posts as they arrive
      tideline replay tweets.csv         turn a CSV into a stream
      tideline status                    what arrived, what was set aside, what was raised
      tideline deliver --once            send waiting alerts to TIDELINE_WEBHOOK_URL

    Settings come from TIDELINE_* variables, .env, and tideline.toml; see `tideline doctor`.
    Tideline tells people. It never acts on anybody by itself.
    """


if __name__ == "__main__":
    main()
