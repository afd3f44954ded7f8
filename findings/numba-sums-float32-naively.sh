#!/usr/bin/env bash
# numba 0.68.1 compiles a.sum() and a.mean() of a float32 array to one running float32 total. Twenty million
# values of 0.1 sum to 2097152 (the total is then so large that adding 0.1 changes nothing) and have a mean
# of 0.1049, a fault of five per cent; NumPy 2.4.6, which adds in pairs, says 2000000 and 0.1 of the same
# array. One would guess that the same method of the same array is as exact compiled as not. A mean over
# many pixels needs dtype float64 inside compiled code.
set -euo pipefail

packages=(numba==0.68.1 numpy==2.4.6)
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

import numba
import numpy as np

values = np.full(20_000_000, 0.1, np.float32)
add = numba.njit(lambda a: a.sum())
average = numba.njit(lambda a: a.mean())
print("sum:  NumPy", values.sum(), "numba", add(values))
print("mean: NumPy", values.mean(), "numba", average(values))
assert abs(values.mean() - 0.1) < 1e-6
assert add(values) == 2097152.0
assert average(values) > 0.104
EOF
