"""AI Hub's Korean single-turn dialogue: the user's own download of it, because nobody may pass it on."""

from collections.abc import Sequence
from pathlib import Path

from models.data.columns import find_columns
from models.data.decode import decoded
from models.data.naming import Names
from models.data.rows import Row
from models.data.tables import table_of
from models.errors import DataUnusable
from models.schemes import scheme

FILE = "single_turn.csv"
_TEST, _VALIDATION, _SEED = 0.2, 0.1, 1234


def read_keti(path: Path) -> list[Row]:
    """A CSV file with a text and a label column; its labels are the seven of `korean-7`."""
    if not path.is_file():
        raise DataUnusable(
            "keti is the Korean single-turn dialogue of AI Hub (aihub.or.kr), whose terms forbid passing it on, so it "
            f"is not part of Tideline: download it there and save it as a CSV file of text and label at {path}."
        )
    table = table_of(path, decoded(path).text)
    columns = find_columns(path, table, None, None)
    return _labelled(path, [(row[columns.text], row[columns.label]) for row in table.rows[columns.header :]])


def _labelled(path: Path, cells: Sequence[tuple[str, str]]) -> list[Row]:
    names = Names(scheme("korean-7"))
    found = [Row(text, names(label) or ()) for text, label in cells]
    wrong = next((number for number, row in enumerate(found, start=1) if len(row.labels) != 1), None)
    if wrong is not None:
        known = ", ".join(names.scheme.labels)
        raise DataUnusable(f"{path}, row {wrong} has none of the labels {known}: correct the row.")
    return found


def keti_part(folder: Path, split: str) -> tuple[Row, ...]:
    """Train, validation or test rows; the split of published comparisons, which leaves the rest to choose on.

    A fifth is tested on, drawn by label with seed 1234 over all rows and seven labels; of the rest, a tenth
    validates, drawn in the same way.
    """
    rows = read_keti(folder / FILE)
    try:
        rest, test = _drawn(rows, list(range(len(rows))), _TEST)
        train, validation = _drawn(rows, rest, _VALIDATION)
    except ValueError as error:
        raise DataUnusable(f"{folder / FILE} has too few rows of a label to be split: give the whole file.") from error
    return tuple(rows[place] for place in {"train": train, "validation": validation, "test": test}[split])


def _drawn(rows: list[Row], places: list[int], share: float) -> tuple[list[int], list[int]]:
    from sklearn.model_selection import train_test_split

    labels = [rows[place].labels[0] for place in places]
    kept, drawn = train_test_split(places, test_size=share, stratify=labels, random_state=_SEED)
    return kept, drawn
