#!/usr/bin/env bash
# Of three values two of which are equal, scipy 1.17.1's shapiro says that they are not normal with p below
# 1e-14, whatever the third is: 0.51, 0.51, 0.52 is as certain a rejection as any. Two equal of three give
# the least W that there is, 0.75, whose p is 0. Three equally spaced values give p = 1. One would guess
# that three rounded measurements can prove nothing either way, or a warning.
set -euo pipefail

packages=(scipy==1.17.1 numpy==2.4.6)
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

from scipy.stats import shapiro

warnings.simplefilter("error")
for values in ([0.51, 0.51, 0.52], [0.51, 0.51, 9.0], [0.51, 0.511, 0.52], [50, 51, 52]):
    result = shapiro(values)
    print(values, "W", round(result.statistic, 4), "p", result.pvalue)
assert shapiro([0.51, 0.51, 0.52]).pvalue < 1e-14
assert shapiro([0.51, 0.51, 9.0]).pvalue < 1e-14
assert shapiro([50, 51, 52]).pvalue > 0.99
EOF
