#!/usr/bin/env bash
# torchvision 0.29.1 turns white into grey 254: rgb_to_grayscale on uint8 weighs by 0.2989, 0.587 and 0.114,
# which add up to 0.9999, and cuts the fraction off. Every grey level but 0 loses one, and doing it again
# loses another. White of a float picture becomes 0.9999. One would guess that what is grey already stays as
# it is, as with Pillow's convert("L").
set -euo pipefail

packages=(torch==2.14.1 torchvision==0.29.1)
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
from torchvision.transforms.v2.functional import rgb_to_grayscale

levels = torch.arange(256, dtype=torch.uint8)
picture = levels.expand(3, 1, 256)
once = rgb_to_grayscale(picture)
twice = rgb_to_grayscale(once.expand(3, 1, 256))
print("white becomes", once[0, 0, 255].item(), "then", twice[0, 0, 255].item())
print("white of floats:", rgb_to_grayscale(torch.ones(3, 1, 1)).item())
assert once[0, 0, 255] == 254 and twice[0, 0, 255] == 253
assert (once[0, 0, 1:].int() == levels[1:].int() - 1).all() and once[0, 0, 0] == 0
EOF
