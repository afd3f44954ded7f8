#!/usr/bin/env bash
# In the tagged PDF of WeasyPrint 70.0 a header cell over two columns is named by the first of them alone:
# the data cells of the second have an empty list of headers, which says "no header" with all the authority
# of PDF/UA. The columns beside it are right. One would guess that colspan is honoured, as the ColSpan
# attribute is written right beside it.
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

page = """<html lang=en><title>t</title><table>
<tr><th colspan=2>Both</th><th>Third</th></tr>
<tr><td>1</td><td>2</td><td>3</td></tr></table>"""
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")))


def walk(element):
    if isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        below = element.get("/K", [])
        for child in below if isinstance(below, pikepdf.Array) else [below]:
            yield from walk(child)


elements = list(walk(pdf.Root.StructTreeRoot))
heads = [str(e.ID) for e in elements if e.S == "/TH"]
spans = [int(e.A.get("/ColSpan", 1)) for e in elements if e.S == "/TH"]
cells = [[str(h) for h in e.A.Headers] for e in elements if e.S == "/TD"]
print("headers", heads, "span", spans, "cells name", cells)
assert spans == [2, 1]
both, third = heads
assert cells == [[both], [], [third]]
EOF
