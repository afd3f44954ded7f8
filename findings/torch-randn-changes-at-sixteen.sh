#!/usr/bin/env bash
# On the CPU, torch 2.14.1 draws normal numbers in another way from sixteen values on: after the same seed,
# randn(15) and randn(16) share not one number, although randn(8) and randn(15) begin alike. From there on
# the last sixteen are drawn anew if the length is no multiple of sixteen, so randn(17) agrees with
# randn(16) in its first value only. One would guess that a longer draw begins with the shorter one, as rand
# does (and NumPy's standard_normal); a layer with one weight more gets other weights throughout.
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


def draw(what, n):
    torch.manual_seed(0)
    return what(n)


for n in (8, 15, 16, 17):
    print(n, [round(value, 3) for value in draw(torch.randn, n)[:4].tolist()])
assert torch.equal(draw(torch.randn, 15)[:8], draw(torch.randn, 8))
assert not (draw(torch.randn, 16)[:15] == draw(torch.randn, 15)).any()
same = draw(torch.randn, 17)[:16] == draw(torch.randn, 16)
print("of the first 16 of 17, as in 16 alone:", same.sum().item())
assert same[0] and same.sum() == 1
assert torch.equal(draw(torch.rand, 17)[:15], draw(torch.rand, 15))
EOF
