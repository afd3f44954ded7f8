#!/usr/bin/env bash
# A pydantic 2.14.4 model with a float accepts NaN, also the word NaN in JSON, but writes it as null, which
# the same model then refuses. So model_validate_json(m.model_dump_json()) fails for a valid m, and only the
# day that a loss is NaN. One would guess that a model reads what it wrote, or that what cannot be written
# is refused when it comes in.
set -euo pipefail

packages=(pydantic==2.14.4)
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

import pydantic


class Epoch(pydantic.BaseModel):
    loss: float


epoch = Epoch.model_validate_json('{"loss": NaN}')
text = epoch.model_dump_json()
print(epoch, "writes", text)
assert text == '{"loss":null}'
try:
    Epoch.model_validate_json(text)
except pydantic.ValidationError as error:
    print(error.errors()[0]["msg"])
else:
    raise SystemExit("it reads what it wrote now")
EOF
