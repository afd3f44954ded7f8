#!/usr/bin/env bash
# scikit-image 0.26.0 returns an SSIM that is not the mean of the map it returns with it (full=True): the
# score leaves out a rim of half a window. On a picture of 32 x 32 the Gaussian form (radius 5) averages 22
# x 22 of its pixels, 47 per cent, so that the score speaks of less than half of the places. One would guess
# score == map.mean(); comparing the two here gives 0.98 and 0.87 where the rim alone is spoilt.
set -euo pipefail

packages=(scikit-image==0.26.0 numpy==2.4.6)
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
from skimage.metrics import structural_similarity

rng = np.random.default_rng(0)
picture = rng.integers(0, 256, (32, 32)) / 255
other = picture.copy()
other[:, :5] = rng.random((32, 5))
score, where = structural_similarity(picture, other, data_range=1, gaussian_weights=True, full=True)
inner = where[5:-5, 5:-5]
print("score", score, "mean of the map", where.mean(), "of its inner", inner.shape, inner.mean())
assert abs(score - inner.mean()) < 1e-12
assert abs(score - where.mean()) > 0.01
EOF
