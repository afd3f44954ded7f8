#!/usr/bin/env bash
# A tie makes the p-value of scipy 1.17.1's mannwhitneyu smaller. Three against three, wholly apart, has an
# exact p of 0.1, the least that six values allow. If values within a group are equal, the test silently
# changes to the normal approximation and says 0.077 for one tie, 0.047 where all of each group are equal:
# "significant", with no more evidence. Rounding accuracies to two digits is enough to get there. One would
# guess that the exact least p is a floor.
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

from scipy.stats import mannwhitneyu

samples = {"no tie": ([1, 2, 3], [4, 5, 6]), "one tie": ([1, 2, 2], [4, 5, 6]), "all tied": ([1, 1, 1], [4, 4, 4])}
p = {name: mannwhitneyu(*pair).pvalue for name, pair in samples.items()}
print(p)
assert abs(p["no tie"] - 0.1) < 1e-12
assert 0.07 < p["one tie"] < 0.08
assert p["all tied"] < 0.05
EOF
