#!/usr/bin/env bash
# torch 2.14.1's Adam on float16 parameters makes NaN of every weight whose gradient is 0 and infinity of
# those whose gradient is small (1e-4): its eps of 1e-8 and the squares are below the smallest float16. With
# fused=True the same optimizer on the same CPU leaves all three weights finite and the first as it was. One
# would guess that fused is a matter of speed, and that a weight without a gradient stays.
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


def step(**options):
    weights = torch.nn.Parameter(torch.ones(3, dtype=torch.float16))
    optimizer = torch.optim.Adam([weights], lr=0.1, **options)
    weights.grad = torch.tensor([0.0, 1.0, 1e-4], dtype=torch.float16)
    optimizer.step()
    return weights.detach().float()


plain, fused = step(), step(fused=True)
print("gradients 0, 1, 1e-4: plain", plain.tolist(), "fused", fused.tolist())
assert plain[0].isnan() and plain[2].isinf()
assert fused.isfinite().all() and fused[0] == 1
EOF
