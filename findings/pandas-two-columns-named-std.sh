#!/usr/bin/env bash
# In pandas 3.1.1, agg(["std", np.std]) gives two columns that are both named std and hold other numbers:
# the word divides by n - 1, the function by n. And Series.agg(np.std) is one number where
# Series.apply(np.std) is the spread of each single value, zeros. One would guess that the column's name
# tells its formula, and that agg and apply of one function that reduces agree.
set -euo pipefail

packages=(pandas==3.1.1 numpy==2.4.6)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python=${FINDINGS_PYTHON:-} # an interpreter that has these very packages already; without it a new one is made
if [[ -z $python ]]; then
  python3 -m venv venv
  venv/bin/pip install --quiet --disable-pip-version-check "${packages[@]}"
  python=venv/bin/python
fi

"$python" - "${packages[@]}" <<'EOF'
import sys
from importlib.metadata import version

for package in sys.argv[1:]:
    name, _, pinned = package.partition("==")
    print(name, version(name))
    assert version(name) == pinned, f"{name} {pinned} is what this finding is about"

import numpy as np
import pandas as pd

frame = pd.DataFrame({"network": ["unet"] * 3, "loss": [1.0, 2.0, 4.0]})
table = frame.groupby("network").loss.agg(["std", np.std])
print(table)
assert list(table.columns) == ["std", "std"]
assert abs(table.iloc[0, 0] - np.std([1, 2, 4], ddof=1)) < 1e-12
assert abs(table.iloc[0, 1] - np.std([1, 2, 4])) < 1e-12
print("agg:", frame.loss.agg(np.std), "apply:", frame.loss.apply(np.std).tolist())
assert frame.loss.apply(np.std).tolist() == [0, 0, 0]
EOF
