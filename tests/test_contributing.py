"""What CONTRIBUTING.md says is done as it says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from report.judging.claim import Claim
from report.questions.all_claims import load_claims
from report.questions.q1_2 import claims as of_the_question
from runs.data import sources
from runs.data.sources.load import load_dataset
from runs.data.sources.source import Source
from runs.specs.presets import SECTIONS
from tests.report.complaints import complaints

HOME = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"```python\n(.*?)```", (HOME / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)


def test_the_claim_is_whole_and_joins_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from report.judging.kinds import Ordering
    from report.judging.margins import SEEN
    from report.measures.picture_quality import quality

    made: Claim = eval(BLOCKS[0], {**vars(of_the_question), "Ordering": Ordering, "quality": quality, "SEEN": SEEN})
    assert complaints(made) == []
    before = len(load_claims())
    monkeypatch.setattr(of_the_question, "CLAIMS", (*of_the_question.CLAIMS, made))
    assert len(load_claims()) == before + 1


def test_the_source_is_offered_and_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module: dict[str, Any] = {}
    exec(BLOCKS[1], module)
    source = module["MY_PONIES"]
    assert isinstance(source, Source)
    monkeypatch.setitem(sources.SOURCES, source.name, source)
    assert "my-ponies" in sources.spell_choices()
    dataset = load_dataset(source.name, root=tmp_path)
    assert (len(dataset.train), len(dataset.test)) == (100, 20)
    assert sources.split_store_name(dataset.id)[0] == "my-ponies"


@pytest.mark.parametrize("section", SECTIONS)
def test_a_question_has_the_files_that_are_named(section: str) -> None:
    name = f"q{section.replace('.', '_')}"
    folder = HOME / "report" / "questions" / name
    for path in (folder / "__init__.py", folder / "claims.py", folder / "answer.py"):
        assert path.is_file(), path
    assert (HOME / "templates" / f"{name}.html.j2").is_file()
