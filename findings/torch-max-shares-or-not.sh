#!/usr/bin/env bash
# Where several values are the largest, torch 2.14.1 sends the gradient of x.max() to all of them in equal
# parts, that of x.max(dim=0) and of max pooling to one alone, although the three are the same number. And
# argmax points at the first of equals while topk(1) may point at another: for 24 equal scores, the
# fifteenth place. One would guess that a maximum has one gradient however it is spelled, and that topk(1)
# is max.
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
from torch.nn.functional import max_pool1d

ways = {
    "max()": lambda x: x.max(),
    "amax()": lambda x: x.amax(),
    "max(dim=0)": lambda x: x.max(dim=0).values,
    "max_pool1d": lambda x: max_pool1d(x[None, None], 4).sum(),
}
for name, take in ways.items():
    x = torch.ones(4, requires_grad=True)
    take(x).backward()
    print(f"{name:11}", x.grad.tolist())
    assert sorted(x.grad.tolist()) == ([0.25] * 4 if name in ("max()", "amax()") else [0, 0, 0, 1])
scores = torch.zeros(24)
print("24 equal scores: argmax", scores.argmax().item(), "topk(1)", scores.topk(1).indices.item())
assert scores.argmax() == 0 != scores.topk(1).indices.item()
EOF
