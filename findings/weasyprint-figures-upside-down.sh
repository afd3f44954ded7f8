#!/usr/bin/env bash
# The bounding box that WeasyPrint 70.0 writes for a figure in a tagged PDF is in CSS pixels from the top of
# the page, where the format wants points from the bottom: a picture of 100 x 50 px at the top of a page of
# 400 px is said to lie near its lower edge, and a third too large. The picture itself is drawn in its
# place. One would guess that the box holds what is drawn; a reader that zooms to a figure by it lands
# beside it.
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

page = """<html lang=en><title>t</title><style>@page { size: 400px; margin: 20px } body { margin: 0 } svg { display: block }</style>
<svg width=100 height=50 viewBox="0 0 100 50"><title>A bar</title><rect width=100 height=50 /></svg>"""
pdf = pikepdf.open(io.BytesIO(weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")))


def walk(element):
    if isinstance(element, pikepdf.Dictionary):
        if element.get("/S") == "/Figure":
            yield element
        below = element.get("/K", [])
        for child in below if isinstance(below, pikepdf.Array) else [below]:
            yield from walk(child)


(figure,) = walk(pdf.Root.StructTreeRoot)
box = [float(x) for x in figure.A.BBox]
height = float(pdf.pages[0].MediaBox[3])
wanted = [20 * 0.75, height - 70 * 0.75, 120 * 0.75, height - 20 * 0.75]
print("page height", height, "points; box", box, "where the figure is", wanted)
assert height == 300
assert box == [20, 20, 120, 70]
EOF
