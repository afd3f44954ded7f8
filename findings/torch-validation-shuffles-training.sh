#!/usr/bin/env bash
# Iterating a torch 2.14.1 DataLoader that neither shuffles nor starts workers draws one number from the
# global generator (a seed for workers that do not exist). So looking at the validation set between epochs
# changes the order of the training pictures from the second epoch on, and every dropout after it. One would
# guess that reading a fixed sequence in order uses no randomness; a loader with a generator of its own
# leaves the global one alone.
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
from torch.utils.data import DataLoader


def list_orders(validate, **options):
    torch.manual_seed(0)
    training = DataLoader(range(8), batch_size=8, shuffle=True)
    validation = DataLoader(range(2), **options)
    orders = []
    for _ in range(2):
        orders.append(next(iter(training)).tolist())
        if validate:
            list(validation)
    return orders


for validate in (False, True):
    print("validation" if validate else "none", list_orders(validate))
assert list_orders(False)[0] == list_orders(True)[0]
assert list_orders(False)[1] != list_orders(True)[1]
assert list_orders(False) == list_orders(True, generator=torch.Generator())
EOF
