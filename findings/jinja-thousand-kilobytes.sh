#!/usr/bin/env bash
# Jinja 3.1.6's filesizeformat chooses the unit before it rounds: 999999 bytes are "1000.0 kB" and 1000000
# are "1.0 MB". One would guess "1.0 MB" for both sizes.
set -euo pipefail

packages=(jinja2==3.1.6 markupsafe==3.0.4)
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

import jinja2

environment = jinja2.Environment()


def show(expression):
    return environment.from_string("{{ " + expression + " }}").render()


for size in (999_949, 999_950, 999_999, 1_000_000, 999_999_999):
    print(size, show(f"{size}|filesizeformat"))
assert show("999949|filesizeformat") == "999.9 kB"
assert show("999999|filesizeformat") == "1000.0 kB"
assert show("1000000|filesizeformat") == "1.0 MB"
assert show("999999999|filesizeformat") == "1000.0 MB"
EOF
