"""The epochs of each run as plain arrays, cut from the table of all epochs: a table for each run takes long to make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The epochs of one run: a column each, in the order in which they are stored."""

    columns: Mapping[str, NDArray[Any]]

    @property
    def last(self) -> int:
        """The last epoch."""
        return int(self.columns["epoch"].max())

    def at(self, column: str, epoch: int) -> float:
        """A column at one epoch.

        Raises:
            IndexError: that epoch is not there.
        """
        return float(self.columns[column][self.columns["epoch"] == epoch][0])

    def until(self, column: str, epoch: int) -> Numbers:
        """A column up to an epoch."""
        return np.asarray(self.columns[column][self.columns["epoch"] <= epoch], np.float64)


def group_by_run(epochs: pd.DataFrame) -> dict[str, Rows]:
    """The epochs of each run by its id."""
    columns = {str(name): epochs[name].to_numpy() for name in epochs.columns if name != "run"}
    places = epochs.groupby("run", sort=False).indices
    return {str(run): Rows({name: column[at] for name, column in columns.items()}) for run, at in places.items()}
