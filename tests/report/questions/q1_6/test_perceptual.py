"""The perceptual loss, which goes beyond the write-up."""

from __future__ import annotations

from report.questions.q1_6.answer import answer
from runs.specs.presets import PRESETS
from tests.fakes import fake_frames


def test_the_quick_preset_says_nothing_of_the_perceptual_loss() -> None:
    quick = fake_frames(PRESETS["quick"], seeds=1)
    (found,) = [each for each in answer(quick) if each.part == "1.6.c"]
    assert not found.missing
    assert "perceptual" not in {table.name for table in found.tables}
    statuses = {each.claim.id: (each.status, each.because) for each in found.verdicts}
    assert statuses["1.6.c.pleasing"] == statuses["1.6.c.semantic"] == ("not assessable", "a shorter training")
