#!/usr/bin/env bash
# An exception raised in a task of Ray 2.60.0 arrives as its own class, so that "except ValueError" works,
# but not if its __init__ takes more than it hands on to Exception: then the caller gets Ray's
# UnserializableException, which is no subclass of it, and an except that names the class never runs. One
# would guess that either all exceptions keep their class or none do; the same error raised in the caller's
# own process is caught.
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

import ray


class RunFailed(Exception):
    def __init__(self, run, epoch):
        super().__init__(f"{run} failed in epoch {epoch}")


@ray.remote
def fail(simple):
    if simple:
        raise ValueError("simple")
    raise RunFailed("unet", 3)


ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
caught = {}
for simple in (True, False):
    try:
        ray.get(fail.remote(simple))
    except ValueError:
        caught[simple] = "ValueError"
    except RunFailed:
        caught[simple] = "RunFailed"
    except Exception as error:
        caught[simple] = type(error).__name__
print(caught)
assert caught == {True: "ValueError", False: "UnserializableException"}
EOF
