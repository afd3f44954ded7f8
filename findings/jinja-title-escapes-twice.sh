#!/usr/bin/env bash
# In Jinja 3.1.6 with autoescape, some text filters keep text that is escaped already as it is (capitalize,
# trim, indent), while title and wordwrap take it apart and return plain text that is escaped a second time:
# "R &amp;amp; D" shows on the page as "R &amp; D" in letters. wordwrap even breaks a line inside an entity.
# One would guess that all of Jinja's text filters respect the mark that its own escape sets.
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
from markupsafe import escape

environment = jinja2.Environment(autoescape=True)


def render(name, text="R & D"):
    return environment.from_string("{{ text|" + name + " }}").render(text=escape(text))


for name in ("capitalize", "trim", "indent", "title", "wordwrap(40)"):
    print(f"{name:13}", render(name))
assert render("capitalize") == "R &amp; d" and render("trim") == render("indent") == "R &amp; D"
assert render("title") == "R &amp;amp; D"
assert "&amp;amp;" in render("wordwrap(40)")
print("wrapped at 3:", repr(render("wordwrap(3)", "a<b")))
assert "\n" in render("wordwrap(3)", "a<b")
EOF
