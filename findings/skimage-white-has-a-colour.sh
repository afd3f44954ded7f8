#!/usr/bin/env bash
# In scikit-image 0.26.0, rgb2lab gives white and every grey a small colour (white: a* -0.0025, b* 0.0047),
# because the white of its sRGB matrix and its tabulated D65 agree in four digits only. Small, but the hue
# angle of each grey is then a definite 118 degrees, where one would guess 0 or undefined; a mask "has no
# colour" by a* == b* == 0 finds black pixels alone.
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
from skimage.color import lab2lch, rgb2lab

greys = np.repeat(np.linspace(0.1, 1, 10)[:, None], 3, axis=1)
lab = rgb2lab(greys)
hue = np.degrees(lab2lch(lab)[:, 2])
print("white:", lab[-1].round(5).tolist(), "hues of ten greys:", hue.round(1).tolist())
assert 0.002 < abs(lab[-1, 1]) < 0.003 and 0.004 < abs(lab[-1, 2]) < 0.005
assert (lab[:, 1:] != 0).all()
assert (abs(hue - 117.8) < 0.5).all()
EOF
