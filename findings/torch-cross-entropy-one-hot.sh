#!/usr/bin/env bash
# In torch 2.14.1, cross_entropy with class weights gives another mean loss for the same targets when they
# are written as one-hot probabilities: class numbers divide the sum by the weights of the targets,
# probabilities by the number of pictures. The sums agree, the means differ (here 0.850 against 1.913), and
# so does the step of a plain optimizer. One would guess that a class number and its one-hot row are two
# spellings of one thing.
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
from torch.nn.functional import cross_entropy, one_hot

scores = torch.tensor([[2.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
classes = torch.tensor([0, 1, 2, 2])
weight = torch.tensor([1.0, 2, 3])
rows = one_hot(classes, 3).float()
for reduction in ("sum", "mean"):
    numbers = cross_entropy(scores, classes, weight, reduction=reduction)
    probabilities = cross_entropy(scores, rows, weight, reduction=reduction)
    print(reduction, "class numbers", numbers.item(), "one-hot", probabilities.item())
    ratio = (probabilities / numbers).item()
    assert abs(ratio - (1 if reduction == "sum" else weight[classes].sum().item() / 4)) < 1e-5
EOF
