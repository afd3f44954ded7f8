"""What others got who did the same assignment: rows of public notebooks with their sources, as they stand there.

No verdict rests on them. What each row is, and what makes rows incomparable, stands in ``docs/others.md``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from runs.specs.spec import RunSpec

FILE = Path(__file__).with_name("public-results.csv")
#: What a run of ours is called there.
MODELS = {"regression": "RegressionCNN", "cnn": "CNN", "unet": "UNet"}
TASKS = {"colourize": "colourization", "upscale": "super-resolution"}
#: A regression's task is called by the model there, for it has no other.
REGRESSION = "regression"


@dataclass(frozen=True)
class Result:
    """One run of somebody else.

    Attributes:
        label: its name in the file, a letter for each notebook.
        model, task: in the file's words.
        batch, lr, epochs: what it was trained with.
        train_loss, val_loss: as printed; NaN where none was. A regression's training loss is that of the last batch.
        val_accuracy: 0..1; NaN where none was printed.
        floored: whether the accuracy was rounded down to a whole percent.
        pools_first: whether pooling comes before BatchNorm; None where the notebook's layers were not read.
        course: which course, and in which year.
        repository, commit: where it stands, on GitHub.
    """

    label: str
    model: str
    task: str
    batch: int
    lr: float
    epochs: int
    train_loss: float
    val_loss: float
    val_accuracy: float
    floored: bool
    pools_first: bool | None
    course: str
    repository: str
    commit: str

    @property
    def mark(self) -> str:
        """Its name, with an asterisk where its layers are in the order that the handout draws."""
        return self.label + ("*" if self.pools_first else "")

    def bounds(self, column: str) -> tuple[float, float]:
        """The least and the greatest value that a printed number stands for: a floored one may be a percent more."""
        value = float(getattr(self, column))
        return value, value + 0.01 if self.floored and column == "val_accuracy" else value


@cache
def read_results() -> tuple[Result, ...]:
    """Every row of the file, in its order."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_read_row(row) for row in csv.DictReader(file))


def _read_row(row: dict[str, str]) -> Result:
    note = row["architecture_note"]
    return Result(
        row["label"],
        row["model"],
        row["task"],
        int(row["batch"]),
        float(row["lr"]),
        int(row["epochs"]),
        _to_number(row["train_loss"]),
        _to_number(row["val_loss"]),
        _to_number(row["val_acc_pct"]) / 100,
        row["acc_rounding"].startswith("floor"),
        "Conv-MaxPool" in note if "Conv" in note else None,
        row["course"],
        row["repository"],
        row["commit"],
    )


def _to_number(text: str) -> float:
    return float(text) if text else math.nan


def list_notebooks() -> list[Result]:
    """The first row of each notebook, in the order of the letters that they go by."""
    first = {one.label[0]: one for one in reversed(read_results())}
    return [first[letter] for letter in sorted(first)]


def find_results(spec: RunSpec, epochs: int, column: str) -> list[Result]:
    """The rows with the model, task, batch, learning rate and number of epochs of a run that have a column."""
    return [
        one
        for one in read_results()
        if (one.model, one.task) == (MODELS[spec.model], REGRESSION if spec.model == REGRESSION else TASKS[spec.task])
        and (one.batch, one.lr, one.epochs) == (spec.batch_size, spec.learning_rate, epochs)
        and math.isfinite(getattr(one, column))
    ]


def span_results(results: Sequence[Result], column: str) -> tuple[float, float] | None:
    """The range of a column over some rows; None below two of them, of which no range can be made."""
    if len(results) < 2:
        return None
    bounds = [one.bounds(column) for one in results]
    return min(low for low, _ in bounds), max(high for _, high in bounds)
