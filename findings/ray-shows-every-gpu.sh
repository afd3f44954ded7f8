#!/usr/bin/env bash
# A task of Ray 2.60.0 that asks for no GPU sees them all: CUDA_VISIBLE_DEVICES stays as it was, and only a
# task that asks for one is narrowed to that one. So a task that counts on "no GPU asked, none there" can
# end up on the device of its neighbour. Seen without any GPU, by telling Ray that there are two. One would
# guess the empty list, which ray.get_gpu_ids() does give in the very same task.
set -euo pipefail

packages=(ray==2.60.0)
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

import os

os.environ["CUDA_VISIBLE_DEVICES"] = "0,1"
import ray


@ray.remote
def look():
    return os.environ.get("CUDA_VISIBLE_DEVICES"), [str(i) for i in ray.get_gpu_ids()]


ray.init(num_cpus=1, num_gpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
seen = {asked: ray.get(look.options(num_gpus=asked).remote()) for asked in (0, 1)}
for asked, (visible, given) in seen.items():
    print("asked for", asked, "visible", repr(visible), "get_gpu_ids", given)
assert seen[0] == ("0,1", [])
assert seen[1][0] in ("0", "1") and len(seen[1][1]) == 1
EOF
