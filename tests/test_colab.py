"""The notebook for Colab, executed in small on the CPU, from installing to the PDFs."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gpu import save_pictures
from runs.environment import HOME

NOTEBOOK = HOME / "docs" / "colab.ipynb"
#: Executes a notebook and writes it with its outputs: in a process of its own, whose event loop is nobody's concern.
EXECUTE = """
import sys
import nbformat
from nbclient import NotebookClient

source, target, home = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
nbformat.validate(notebook)
try:
    NotebookClient(notebook, timeout=500, resources={"metadata": {"path": home}}).execute()
finally:
    nbformat.write(notebook, target)
"""


def read_cells() -> list[dict[str, Any]]:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def set_small(notebook: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The notebook with other settings: the quick preset of one section on a hundred pictures of noise, on the CPU."""
    settings = {
        "PRESET": "quick",
        "DATA": save_pictures(str(folder)),
        "MORE": "--section 1.4 --device cpu",
        "RESULTS": str(folder / "results"),
    }
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    lines = "".join(cell["source"]).splitlines()
    names = [line.partition(" = ")[0] for line in lines]
    assert set(settings) < set(names)
    cell["source"] = "\n".join(
        f"{name} = {settings[name]!r}" if name in settings else line for name, line in zip(names, lines, strict=True)
    )
    return notebook


def test_notebook_holds_no_outputs_and_begins_with_the_whole_write_up() -> None:
    code = [cell for cell in read_cells() if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert 'PRESET = "write-up"' in "".join(code[0]["source"])
    assert not any("-m venv" in "".join(cell["source"]) for cell in code)


def test_notebook_runs_to_its_report_and_pdfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small, done = tmp_path / "small.ipynb", tmp_path / "done.ipynb"
    notebook = set_small(json.loads(NOTEBOOK.read_text(encoding="utf-8")), tmp_path)
    small.write_text(json.dumps(notebook), encoding="utf-8")
    # nothing is fetched, and this environment stays as it is: pip only says what it would install
    settings = {"PIP_NO_INDEX": "1", "PIP_DRY_RUN": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_QUIET": "0"}
    for name, value in {**settings, "IPYTHONDIR": str(tmp_path / "ipython")}.items():
        monkeypatch.setenv(name, value)
    words = [sys.executable, "-c", EXECUTE, str(small), str(done), str(HOME / "docs")]
    told = subprocess.run(words, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-3000:]
    cells = [cell for cell in json.loads(done.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    outputs = [
        "".join("".join(one.get("text", "")) for one in cell["outputs"] if one["output_type"] == "stream")
        for cell in cells
    ]
    assert f"The program is in {HOME}" in outputs[1]
    assert f"Kept: torch=={version('torch')} " in outputs[2]
    assert "ok    device: " in outputs[3]
    assert "4 of 4 runs done." in outputs[4]
    pages = [one["data"]["text/html"] for one in cells[5]["outputs"] if "text/html" in one.get("data", {})]
    assert len(pages) == 1
    assert 'srcdoc="&lt;!doctype html&gt;' in "".join(pages[0])
    offered = [one["data"]["text/plain"] for one in cells[6]["outputs"] if "data" in one]
    pdfs = sorted(path.name for path in (tmp_path / "results" / "report").glob("*.pdf"))
    assert pdfs
    assert len(offered) == len(pdfs)
    assert all(name in "".join(link) for name, link in zip(pdfs, offered, strict=True))
