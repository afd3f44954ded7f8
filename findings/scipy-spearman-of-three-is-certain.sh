#!/usr/bin/env bash
# scipy 1.17.1's spearmanr gives p = 0.0 for three pairs in the same order, and for four; kendalltau of the
# same pairs gives 1/3 and 1/12, which is what counting the orders gives. spearmanr uses a t distribution
# however few the pairs are and warns of nothing; with five it is 1e-24 where the exact answer is 1/60. One
# would guess that two rank correlations that are both 1 are judged alike.
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
from math import factorial

from scipy.stats import kendalltau, spearmanr

warnings.simplefilter("error")
for n in (3, 4, 5):
    spearman, kendall = spearmanr(range(n), range(n)), kendalltau(range(n), range(n))
    print(n, "pairs: Spearman p", spearman.pvalue, "Kendall p", kendall.pvalue, "exact", 2 / factorial(n))
    assert abs(kendall.pvalue - 2 / factorial(n)) < 1e-9
    assert spearman.pvalue < 1e-12
EOF
