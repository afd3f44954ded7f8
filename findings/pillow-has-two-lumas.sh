#!/usr/bin/env bash
# Pillow 13.0.0 computes the luma 0.299 R + 0.587 G + 0.114 B of ITU-R 601 in two places, and they differ on
# half of all 16.7 million colours: convert("L") rounds to the nearest level, the first channel of
# convert("YCbCr") cuts the fraction off and so is one lower. One would guess that a grey picture and the Y
# of YCbCr are the same numbers.
set -euo pipefail

packages=(pillow==13.0.0 numpy==2.4.6)
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
from PIL import Image

level = np.arange(256, dtype=np.uint8)
colours = np.stack(np.meshgrid(level, level, level, indexing="ij"), -1).reshape(4096, 4096, 3)
picture = Image.fromarray(colours)
grey = np.asarray(picture.convert("L")).astype(int)
luma = np.asarray(picture.convert("YCbCr"))[..., 0].astype(int)
differences, counts = np.unique(grey - luma, return_counts=True)
print("L - Y:", dict(zip(differences.tolist(), counts.tolist(), strict=True)))
exact = colours @ np.array([0.299, 0.587, 0.114])
assert abs(grey - exact).max() < 0.51
assert differences.tolist() == [0, 1]
assert 0.45 < counts[1] / counts.sum() < 0.55
EOF
