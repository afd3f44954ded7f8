#!/usr/bin/env bash
# A column of booleans has a mean, a median and a standard deviation in pandas 3.1.1, but quantile(0.5),
# which is the median, raises a TypeError about the minus operator, from NumPy 2.4.6, whose median of
# booleans works and whose quantile does not. Grouped, it raises another. One would guess that quantile(0.5)
# takes what median takes.
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

right = pd.Series([True, False, True])
print("mean", right.mean(), "median", right.median(), "std", right.std(), "NumPy's median", np.median(right))
assert right.median() == np.median(right) == 1
for name, ask in {
    "Series": lambda: right.quantile(0.5),
    "grouped": lambda: right.groupby([0, 0, 0]).quantile(0.5),
    "NumPy": lambda: np.quantile(right.to_numpy(), 0.5),
}.items():
    try:
        ask()
    except TypeError as error:
        print(f"{name}: {error}")
    else:
        raise SystemExit(f"{name} has a quantile of booleans now")
EOF
