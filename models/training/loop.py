"""Teaching a network from labelled texts: seeded, stopped early, the best state kept, taken up where it stopped."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import numpy as np
from tqdm import tqdm

from models.engine.memory import is_outage
from models.errors import TrainingFailed
from models.networks.network import Network, padded
from models.training.batching import batches_of, seeded
from models.training.course import Course, mark_of
from models.training.device import device_for
from models.training.options import TrainingOptions
from models.training.rows import History, Rows
from models.training.teacher import Step, Teacher
from models.training.validation import figures_of, logits_of

LOGGED_SECONDS = 30.0  # how often progress is told where nobody watches a bar


def train(
    network: Network,
    pad: int,
    rows: Rows,
    validation: Mapping[str, Rows],
    options: TrainingOptions,
    quiet: bool = False,
    checkpoint: Path | None = None,
) -> History:
    """Train in place; the network ends on the CPU with the weights of its best epoch.

    Best means the mean macro-F1 over the validation sets; training stops when it has not risen for `patience`
    epochs. The same seed, data, thread count and processor give the same weights, whether in one go or taken
    up from the folder `checkpoint`, which is written after each epoch. Raises `TrainingFailed`.
    """
    _check(rows, validation)
    course = _begun(network, rows, options)
    mark = mark_of(network, rows, validation, options)
    if checkpoint:
        course.take_up(checkpoint, mark)
        course.save(checkpoint, mark)  # a folder that cannot be written is found out before the first epoch
    with _progress(course, len(rows.ids), options, quiet) as shown:
        while not course.over:
            course.note(_one_epoch(course, pad, rows, validation, options, shown))
            if checkpoint:
                course.save(checkpoint, mark)
    course.teacher.put(course.best)
    network.cpu().eval()
    return course.history


def _check(rows: Rows, validation: Mapping[str, Rows]) -> None:
    if not rows.ids:
        raise TrainingFailed("There are no rows to train on: name data with labels of the chosen scheme.")
    if not validation or not all(held.ids for held in validation.values()):
        raise TrainingFailed("There are no validation rows to choose by: name data with a validation split.")


def _begun(network: Network, rows: Rows, options: TrainingOptions) -> Course:
    network.to(device_for(options.device))
    shuffle = seeded(options.seed)
    steps = options.epochs * -(-len(rows.ids) // options.batch)
    return Course(Teacher(network, rows.targets, options, steps), shuffle, options)


def _progress(course: Course, rows: int, options: TrainingOptions, quiet: bool) -> "tqdm[NoReturn]":
    """One bar over all epochs, so that the time it says is left is the whole training's."""
    batches = -(-rows // options.batch)
    every = 0.1 if sys.stderr.isatty() else LOGGED_SECONDS
    return tqdm(
        total=options.epochs * batches,
        initial=len(course.history) * batches,
        unit="batch",
        disable=quiet,
        mininterval=every,
        maxinterval=max(every, 10.0),
    )


def _one_epoch(
    course: Course,
    pad: int,
    rows: Rows,
    validation: Mapping[str, Rows],
    options: TrainingOptions,
    shown: "tqdm[NoReturn]",
) -> dict[str, float]:
    """Train on every row once; what was seen of them, and the figures of the averaged weights."""
    teacher, epoch = course.teacher, len(course.history) + 1
    shown.set_description(f"epoch {epoch}/{options.epochs}")
    teacher.network.train()
    steps = []
    for chosen in batches_of(rows.ids, options.batch, course.shuffle):
        steps.append(_step(teacher, pad, rows, chosen, epoch, options))
        shown.update()
    row = {
        "epoch": epoch,
        "loss": sum(step.loss for step in steps) / len(steps),
        "accuracy": sum(step.right for step in steps) / len(rows.ids),
        **_validated(teacher, pad, validation),
    }
    shown.set_postfix(loss=f"{row['loss']:.3f}", macro_f1=f"{row['macro_f1']:.3f}")
    return row


def _step(teacher: Teacher, pad: int, rows: Rows, chosen: list[int], epoch: int, options: TrainingOptions) -> Step:
    try:
        return teacher.step(*padded([rows.ids[i] for i in chosen], pad), rows.targets[chosen])
    except FloatingPointError as error:
        raise TrainingFailed(
            f"The loss became {error} in epoch {epoch}: use a lower learning rate than {options.rate}."
        ) from error
    except (MemoryError, RuntimeError) as error:
        if not is_outage(error):
            raise
        raise TrainingFailed(
            f"The memory of this machine does not hold batches of {options.batch}: use smaller ones."
        ) from error


def _validated(teacher: Teacher, pad: int, validation: Mapping[str, Rows]) -> dict[str, float]:
    with teacher.average_in_place():
        logits = {name: logits_of(teacher.network, pad, rows.ids, teacher.half) for name, rows in validation.items()}
    losses = [teacher.loss_of(logits[name], rows.targets) for name, rows in validation.items()]
    return {"validation_loss": float(np.mean(losses)), **figures_of(logits, validation)}
