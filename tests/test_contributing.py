"""What CONTRIBUTING.md says is done as it says it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from report.judging.claim import Claim
from report.questions.all_claims import load_claims
from report.questions.q1_2 import claims as of_the_question
from runs import probes
from runs.data import sources
from runs.data.sources.load import load_dataset
from runs.data.sources.source import Source
from runs.specs import probe_outputs
from runs.storage.store import Store
from tests.fakes import TEST, fake_frames, fake_probe
from tests.report.complaints import complaints
from tests.report.made_up_store import stored
from tests.runs import tiny

HOME = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"```(?:python|jinja)\n(.*?)```", (HOME / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)


def find_block(word: str) -> str:
    """The one piece of code in which a word stands."""
    (found,) = (block for block in BLOCKS if word in block)
    return found


def test_the_claim_is_whole_and_joins_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from report.judging.kinds import Ordering
    from report.judging.margins import SEEN
    from report.measures.picture_quality import quality

    made: Claim = eval(
        find_block("1.2.b.ssim"), {**vars(of_the_question), "Ordering": Ordering, "quality": quality, "SEEN": SEEN}
    )
    assert complaints(made) == []
    before = len(load_claims())
    monkeypatch.setattr(of_the_question, "CLAIMS", (*of_the_question.CLAIMS, made))
    assert len(load_claims()) == before + 1


def test_the_source_is_offered_and_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module: dict[str, Any] = {}
    exec(find_block("MY_PONIES ="), module)
    source = module["MY_PONIES"]
    assert isinstance(source, Source)
    monkeypatch.setitem(sources.SOURCES, source.name, source)
    assert "my-ponies" in sources.spell_choices()
    dataset = load_dataset(source.name, root=tmp_path)
    assert (len(dataset.train), len(dataset.test)) == (100, 20)
    assert sources.split_store_name(dataset.id)[0] == "my-ponies"


def test_the_question_is_offered_judged_and_rendered(tmp_path: Path) -> None:
    home, results = tmp_path / "home", tmp_path / "results"
    for name in ("commands", "models", "report", "runs", "templates"):
        shutil.copytree(HOME / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "cli.py", home)
    for text in BLOCKS:
        first, rest = text.split("\n", 1)
        path = first.strip("#{} ")
        if "q1_7" in path:
            (home / path).parent.mkdir(exist_ok=True)
            (home / path).write_text(rest, "utf-8")
        elif ", in " in path and "1.7" in rest:
            path, table = path.split(", in ")
            whole = (home / path).read_text("utf-8")
            end = whole.index("\n}", whole.index(f"\n{table}")) + 1
            (home / path).write_text(f"{whole[:end]}    {rest}{whole[end:]}", "utf-8")
    stored(fake_frames(), results / "cifar10-horse-00000000")

    def run(*words: str | Path) -> str:
        return subprocess.run(
            [sys.executable, "cli.py", *words], cwd=home, check=True, capture_output=True, text=True
        ).stdout

    run("report", "--section", "1.7", "--results", results, "--seeds", "2")
    page = (results / "report" / "report.html").read_text("utf-8")
    assert "Overfitting" in page
    assert re.search(r"The UNet(’|'|&#39;)s loss is .*? on the pictures that it trains on", page)
    found = json.loads(run("verdicts", "--results", results, "--seeds", "2", "--json"))
    assert next(each["status"] for each in found if each["id"] == "1.7.a.gap") in (
        "reproduced",
        "not reproduced",
        "undecided",
    )


def test_the_probe_is_measured_stored_and_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module, table = ModuleType("runs.probes.saturation"), dict[str, Any]()
    exec(find_block("def measure(context"), vars(module))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    declared = Path(probe_outputs.__file__).read_text("utf-8")
    first = "ALL_PROBES: dict[str, Probe] = {"
    exec(declared.replace(first, first + find_block('"saturation": Probe')), table)
    for name in ("ALL_PROBES", "RUN_PROBES"):
        monkeypatch.setitem(getattr(probe_outputs, name), "saturation", table[name]["saturation"])

    context, store = tiny.context("cnn"), Store.create(tmp_path, tiny.dataset())
    probed = probes.measure("saturation", context)
    assert probe_outputs.find_misfit("saturation", probed.arrays, probed.notes) == ""
    made = fake_probe("saturation", context.spec, np.random.default_rng(0))
    assert made.arrays["saturation"].shape == (TEST,)
    record = {"version": 1, "notes": {}}
    for arrays, whole in ((probed.arrays, True), ({"saturation": np.zeros(3)}, False)):
        store.save_probe(context.spec.id, "saturation", 2, record, arrays)
        assert (store.probe(context.spec.id, "saturation", 2) is not None) == whole
