#!/bin/sh
# Installs the program as a user would, apart from this folder, and runs its command from an empty one: templates and data
# have to come along. Its dependencies are those of the environment whose Python is given.
set -eu
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
home=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

mkdir "$place/source" "$place/empty"
(cd "$home" && git ls-files -z | tar --null -T - -cf -) | tar -xf - -C "$place/source"  # building leaves a folder behind
"$python" -m pip install --quiet --no-deps --no-build-isolation --target "$place/installed" "$place/source" >/dev/null
cd "$place/empty"
# -P and PYTHONPATH: the installed copy alone is found, not this folder
PYTHONPATH="$place/installed" "$python" -P -c 'import sys; from cli import main; sys.exit(main())' --help >"$place/help"
grep -q run-all "$place/help" || { echo "Expected the help of the installed command, got:"; cat "$place/help"; exit 1; }
PYTHONPATH="$place/installed" "$python" -P - <<'PYTHON'
from pathlib import Path

import cli
import report.pages.jinja_env as jinja_env

installed = Path(cli.__file__).parent
assert installed.name == "installed", installed
assert (Path(jinja_env.TEMPLATES) / "report.html.j2").is_file(), jinja_env.TEMPLATES
PYTHON
echo "The installed command works from another folder."
