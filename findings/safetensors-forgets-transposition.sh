#!/usr/bin/env bash
# safetensors.numpy 0.8.0 saves a transposed array (or any other in Fortran order) with its shape right and
# its values in the wrong places, without a word: it writes memory as it lies. The PyTorch half of the same
# package refuses such tensors. One would guess a copy, as numpy.save makes, or that refusal.
# np.ascontiguousarray before saving avoids it.
set -euo pipefail

packages=(safetensors==0.8.0 numpy==2.4.6)
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

import numpy as np
from safetensors.numpy import load, save

table = np.arange(6.0).reshape(2, 3)
back = load(save({"table": table.T}))["table"]
print("saved:", table.T.tolist(), "loaded:", back.tolist())
assert back.shape == table.T.shape
assert not np.array_equal(back, table.T)
assert back.ravel().tolist() == table.ravel().tolist()
assert np.array_equal(load(save({"table": np.ascontiguousarray(table.T)}))["table"], table.T)
EOF
