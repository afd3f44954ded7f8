#!/usr/bin/env bash
# In code that numba 0.68.1 compiles, the difference of two uint8 pixels is an unsigned 64-bit number: 3 - 5
# gives 18446744073709551614, and abs() of it the same; yet the difference of two uint8 arrays is uint8,
# 254, as in NumPy, and the square of the difference is right, 4, since it wraps back. So |a - b| summed
# pixel by pixel is wrong by twenty digits where (a - b)**2 is right. One would guess 254 as NumPy 2.4.6
# says of the scalars, or -2 as C does.
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

import warnings

import numba
import numpy as np

warnings.simplefilter("ignore")
dark, light = np.array([3], np.uint8), np.array([5], np.uint8)
scalar = numba.njit(lambda a, b: a[0] - b[0])(dark, light)
size = numba.njit(lambda a, b: abs(a[0] - b[0]))(dark, light)
array = numba.njit(lambda a, b: a - b)(dark, light)
square = numba.njit(lambda a, b: (a[0] - b[0]) * (a[0] - b[0]))(dark, light)
print("pixel:", scalar, "its abs:", size, "its square:", square)
print("array:", array, array.dtype, "NumPy's scalar:", dark[0] - light[0])
assert scalar == size == 2**64 - 2
assert square == 4
assert array.dtype == np.uint8 and array[0] == 254 == dark[0] - light[0]
EOF
