"""Tables of pandas made from plain records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def make_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Plain records as a table indexed by their "run", its text Python's own: left to itself pandas hands text to
    pyarrow where that is installed, which refuses what is no UTF-8.
    """
    names = dict.fromkeys(name for row in rows for name in row if name != "run")
    columns = {name: [row.get(name, math.nan) for row in rows] for name in names}
    index = pd.Index([row["run"] for row in rows], dtype=object, name="run")
    return pd.DataFrame(
        {
            name: pd.Series(values, index, object if any(isinstance(value, str) for value in values) else None)
            for name, values in columns.items()
        },
        index,
    )
