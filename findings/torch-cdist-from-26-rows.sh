#!/usr/bin/env bash
# torch.cdist (2.14.1, Euclidean, float32) says that a colour lies 0.1 to 0.5 away from itself as soon as
# one side has more than 25 rows: it then computes |a|^2 + |b|^2 - 2ab, whose terms cancel. Up to 25 rows
# the diagonal is exactly 0. So the distances of a palette of 24 colours to itself are exact, and one more
# picture beside them makes the same pairs inexact. One would guess that a pair's distance does not depend
# on how many others are asked for, and that it is as exact as (a - b).norm().
set -euo pipefail

packages=(torch==2.14.1)
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

import torch

colours = torch.rand(100, 3, generator=torch.Generator().manual_seed(0)) * 255
for rows in (24, 25, 26, 100):
    own = torch.cdist(colours[:rows], colours[:rows]).diagonal().max().item()
    print(rows, "rows: the farthest from itself is", own)
    assert own == 0 if rows <= 25 else True
    exact = torch.cdist(colours[:rows], colours[:rows], compute_mode="donot_use_mm_for_euclid_dist")
    assert exact.diagonal().max() == 0
assert own > 0.01
EOF
