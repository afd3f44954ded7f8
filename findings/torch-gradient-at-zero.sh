#!/usr/bin/env bash
# torch 2.14.1 has several ways to cut off what is below zero that give the same values and other gradients
# at exactly 0: relu and clamp(min=0) pass nothing back, maximum(x, zeros) and clamp(min=tensor of zero)
# pass half. The very same method thus has two gradients, by whether its bound is a number or a tensor.
# Exact zeros are common (black pixels, zero biases, the output of another relu). One would guess one
# convention for all.
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

ways = {
    "relu": (torch.relu, 0.0),
    "clamp(min=0)": (lambda x: x.clamp(min=0), 0.0),
    "clamp(min=tensor)": (lambda x: x.clamp(min=torch.zeros(1)), 0.5),
    "maximum": (lambda x: torch.maximum(x, torch.zeros(1)), 0.5),
}
for name, (cut, expected) in ways.items():
    x = torch.zeros(1, requires_grad=True)
    cut(x).sum().backward()
    print(f"{name:18}", x.grad.item())
    assert x.grad.item() == expected
EOF
