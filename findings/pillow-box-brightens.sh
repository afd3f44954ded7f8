#!/usr/bin/env bash
# Pillow 13.0.0 has two ways to halve a picture by averaging squares of four pixels: resize with BOX, and
# reduce(2). They disagree on three pixels of eight, because resize rounds to 8 bits after its horizontal
# pass and again after its vertical one, each time half upward. On random grey levels BOX comes out half a
# grey level too bright on average, reduce an eighth. One would guess that both round the mean of the four
# once.
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

levels = np.random.default_rng(0).integers(0, 256, (512, 512), dtype=np.uint8)
mean = levels.reshape(256, 2, 256, 2).mean((1, 3))
boxed = np.asarray(Image.fromarray(levels).resize((256, 256), Image.Resampling.BOX)).astype(float)
reduced = np.asarray(Image.fromarray(levels).reduce(2)).astype(float)
print("too bright by: resize", (boxed - mean).mean(), "reduce", (reduced - mean).mean())
print("share of pixels that differ:", (boxed != reduced).mean())
assert (reduced == np.floor(mean + 0.5)).all()
assert 0.48 < (boxed - mean).mean() < 0.52
assert 0.36 < (boxed != reduced).mean() < 0.39
EOF
