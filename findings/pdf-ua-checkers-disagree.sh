#!/usr/bin/env bash
# Two checkers of PDF/UA from PyPI say the opposite of each other of two small tagged PDFs. Headings that go
# from h1 to h3: outloud 0.2.1 fails it, pdfua 0.1.3 passes it with exit status 0, because its rule on
# headings raises a ValueError within itself under pikepdf 10.18.0 and a rule that could not be evaluated
# counts as nothing found. A plain table by WeasyPrint 70.0: outloud passes it, pdfua warns that no header
# has a scope (the data cells name their headers instead). One would guess that a checker that could not
# check says so by its exit status, and that one of the two suffices.
set -euo pipefail

packages=(weasyprint==70.0 pydyf==0.13.0 pikepdf==10.18.0 outloud==0.2.1 pdfua==0.1.3)
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

import subprocess
from pathlib import Path

import weasyprint

START = "<html lang=en><title>t</title><h1>Report</h1>"
pages = {
    "headings": "<h3>Skipped</h3><p>Words.</p>",
    "table": "<table><tr><th>Network</th><th>Share</th></tr><tr><td>CNN</td><td>half</td></tr></table>",
}
said = {}
for name, body in pages.items():
    weasyprint.HTML(string=START + body).write_pdf(f"{name}.pdf", pdf_variant="pdf/ua-1")
    for checker, words in {"outloud": [], "pdfua": ["check"]}.items():
        command = [str(Path(sys.executable).parent / checker), *words, f"{name}.pdf"]
        run = subprocess.run(command, capture_output=True, text=True)
        said[name, checker] = run.returncode
        print(f"{name:9} {checker:8} exit status {run.returncode}")
        if name == "headings" and checker == "pdfua":
            assert "not evaluated" in run.stdout + run.stderr
assert said["headings", "outloud"] != 0 and said["headings", "pdfua"] == 0
assert said["table", "outloud"] == 0 and said["table", "pdfua"] != 0
EOF
