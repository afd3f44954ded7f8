#!/usr/bin/env bash
# In WeasyPrint 70.0 a link that is itself an item of a flex or grid container is no link in the PDF: its
# text is there, its annotation is not, tagged or untagged. display: inline-block does not help; display:
# block on the a does. Browsers make every flex item a block by themselves, so nobody writes it. One would
# guess as many annotations as links.
set -euo pipefail

packages=(weasyprint==70.0 pydyf==0.13.0 pikepdf==10.18.0)
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

import io

import pikepdf
import weasyprint


def count_links(css, **options):
    page = f"""<html lang=en><title>t</title><style>{css}</style><nav>
    <a href="https://example.org/one">one</a> <a href="https://example.org/two">two</a></nav>"""
    with pikepdf.open(io.BytesIO(weasyprint.HTML(string=page).write_pdf(**options))) as pdf:
        return sum(len(sheet.get("/Annots", [])) for sheet in pdf.pages)


for css, expected in {
    "nav { display: block }": 2,
    "nav { display: flex }": 0,
    "nav { display: grid }": 0,
    "nav { display: flex } a { display: inline-block }": 0,
    "nav { display: flex } a { display: block }": 2,
}.items():
    counts = count_links(css), count_links(css, pdf_variant="pdf/ua-1")
    print(f"{css:50} annotations: plain {counts[0]}, PDF/UA {counts[1]}")
    assert counts == (expected, expected)
EOF
