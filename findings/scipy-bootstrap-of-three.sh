#!/usr/bin/env bash
# For the mean of three values, scipy 1.17.1's bootstrap with method "percentile" gives as its 95 per cent
# interval nothing else than from the smallest to the largest value (the low end is the smallest in all of
# 2000 samples): one resample in 27 repeats the smallest three times, more than the 2.5 per cent that the
# interval cuts. Such an interval holds the true mean in 75 per cent of cases (normal numbers), and BCa, the
# default method, in fewer, with no warning. One would guess about 95, or a refusal below some n.
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

import numpy as np
from scipy.stats import bootstrap

warnings.simplefilter("error")
samples = np.random.default_rng(1).normal(size=(2000, 3))
for method in ("percentile", "BCa"):
    interval = bootstrap((samples,), np.mean, axis=1, method=method, n_resamples=999, rng=2).confidence_interval
    holds = ((interval.low < 0) & (interval.high > 0)).mean()
    smallest = np.isclose(interval.low, samples.min(1)).mean()
    print(f"{method}: holds the mean in {holds:.1%}; its low end is the smallest value in {smallest:.1%}")
    assert 0.65 < holds < 0.80
    assert smallest > (0.99 if method == "percentile" else 0.4)
EOF
