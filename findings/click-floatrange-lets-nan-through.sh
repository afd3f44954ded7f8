#!/usr/bin/env bash
# click 8.5.1's FloatRange(0, 1) refuses 1.5 and inf and lets nan through: it asks whether a value lies
# below or above, and nan does neither. pydantic 2.14.4's Field(ge=0, le=1) refuses it. One would guess that
# what comes out of a range type lies in the range.
set -euo pipefail

packages=(click==8.5.1 pydantic==2.14.4)
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

from typing import Annotated

import click
import pydantic
from click.testing import CliRunner


@click.command()
@click.option("--share", type=click.FloatRange(0, 1))
def show(share):
    click.echo(share)


for word in ("0.5", "1.5", "inf", "nan"):
    result = CliRunner().invoke(show, ["--share", word])
    print(word, "exit", result.exit_code, result.output.strip().splitlines()[-1])
    assert result.exit_code == (0 if word in ("0.5", "nan") else 2)
try:
    pydantic.TypeAdapter(Annotated[float, pydantic.Field(ge=0, le=1)]).validate_python(float("nan"))
except pydantic.ValidationError as error:
    print("pydantic:", error.errors()[0]["msg"])
else:
    raise SystemExit("pydantic takes nan now")
EOF
