"""Each part begins with its answer: a short sentence with few numbers, whatever the runs say."""

from __future__ import annotations

import ast
import importlib
from dataclasses import replace
from pathlib import Path

import pytest

import report.questions
from report.answers import Answer
from report.questions.phrases import weigh_seeds
from report.questions.q1_3.leads import lead_skips
from report.results.frames import Frames
from report.results.sentence import SLOT, Sentence, say
from report.results.values import Sample, make_known
from runs.specs.presets import PRESETS, SECTIONS
from tests.fakes import fake_frames

MOST_WORDS, MOST_NUMBERS = 25, 2
LEADS = sorted(Path(report.questions.__file__).parent.glob("q*/leads.py"))
PARTS = (
    "1.1.a", "1.1.b", "1.1.c", "1.1.d", "1.1.e", "1.2.b", "1.3.b", "1.3.c", "1.4.a", "1.4.b", "1.5.a", "1.5.b", "1.5.c",
    "1.6.a", "1.6.b", "1.6.c", "1.6.d",
)  # fmt: skip


def spoken(path: Path) -> list[str]:
    """Every sentence that the functions of a file may say, for every outcome: whatever is given to `say`, or waits in
    a table for it.
    """
    tree = ast.parse(path.read_text("utf-8"))
    given = [
        node.args[0] for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
    ]  # fmt: skip
    waiting = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and SLOT in str(node.value)]
    texts = [ast.unparse(node).strip("f'\"") if isinstance(node, ast.JoinedStr) else getattr(node, "value", None)
             for node in (*given, *waiting)]  # fmt: skip
    return [text for text in texts if isinstance(text, str)]


def answers(frames: Frames) -> dict[str, Answer]:
    modules = [importlib.import_module(f"report.questions.q{name.replace('.', '_')}.answer") for name in SECTIONS]
    return {answer.part: answer for module in modules for answer in module.answer(frames)}


@pytest.mark.parametrize("path", LEADS, ids=lambda path: path.parent.name)
def test_every_sentence_of_every_outcome_is_short_and_plain(path: Path) -> None:
    sentences = spoken(path)
    assert len(sentences) > 3
    for sentence in sentences:
        assert len(sentence.split()) <= MOST_WORDS, sentence
        assert sentence.count(SLOT) <= MOST_NUMBERS, sentence
        assert "the former" not in sentence
        assert "n =" not in sentence
        assert sentence[0].isupper()
        assert sentence.endswith(".")


def test_every_question_has_its_sentences() -> None:
    assert {path.parent.name for path in LEADS} == {f"q{name.replace('.', '_')}" for name in SECTIONS}


@pytest.mark.parametrize("frames", [fake_frames(), fake_frames(seeds=1), fake_frames(PRESETS["quick"], seeds=1)],
                         ids=["two seeds", "one seed", "quick"])  # fmt: skip
def test_every_part_answers_first_and_says_what_was_written(frames: Frames) -> None:
    found = answers(frames)
    assert tuple(found) == PARTS
    for part, answer in found.items():
        assert answer.lead is not None, part
        assert len(answer.lead.text.split()) <= MOST_WORDS + 2 * MOST_NUMBERS, answer.lead.text  # numbers have units
        assert "(n" not in answer.lead.text
        assert "±" not in answer.lead.text
        if part == "1.6.c" and not frames.preset.beyond:  # what came of the finding rests on runs beyond the write-up
            assert (answer.finding, answer.outcome) == (None, "")
        else:
            assert answer.outcome in ("holds", "fails", "open")
        assert answer.written
        names = {item.name for item in (*answer.figures, *answer.tables)}
        assert set(answer.opened) <= names, part
        assert len([sentence for sentence in answer.evidence if sentence]) <= 3


def test_part_without_its_runs_says_nothing() -> None:
    found = answers(fake_frames(without=("unet",), probes=False))
    assert found["1.3.b"].lead is None
    assert found["1.3.c"].lead is None


def test_sentence_keeps_its_numbers_beside_its_words() -> None:
    loss = Sample({0: 1.0, 1: 3.0}, digits=1, runs=("a",))
    sentence = say("From {} to {}.", loss, make_known(4, digits=0))
    assert sentence is not None
    assert sentence.text == "From 2.0 to 4."  # the spread is said once, not in the sentence
    assert [number.runs for number in sentence.numbers] == [("a",), ()]
    assert say("It is {}.", Sample({})) is None
    assert say("It is {}.", None) is None
    assert say("It is so.") == Sentence(("It is so.",))
    with pytest.raises(ValueError, match="Expected a number for each of 2 places, got 1"):
        say("From {} to {}.", loss)


def test_bicubic_is_said_to_win_only_where_it_wins() -> None:
    frames = fake_frames()
    lowered = {
        key: replace(probe, arrays={**probe.arrays, **{name: probe.arrays[name] * 0 for name in ("bicubic_psnr",)}})
        if key[:2] == ("data", "references") else probe
        for key, probe in frames.probes.items()
    }  # fmt: skip
    text = " ".join(s.text for s in answers(replace(frames, probes=lowered))["1.4.b"].sentences)
    assert "beats both networks" not in text


def test_undecided_comparison_says_how_its_seeds_stand() -> None:
    def sample(*values: float) -> Sample:
        return Sample(dict(enumerate(values)))

    low = sample(1.0, 2.0, 3.0)
    assert weigh_seeds(sample(1.5, 2.5, 3.5), low) == "alike"
    assert weigh_seeds(sample(1.5, 2.5, 2.9), low) == "apart"
    assert weigh_seeds(sample(1.5), low) == "one seed"
    open_status = {"val-accuracy": "undecided", "val-loss": "reproduced"}
    lead, outcome = lead_skips(sample(1.5, 2.5, 3.5), low, open_status)
    assert outcome == "open"
    assert lead is not None
    assert lead.text.endswith("every seed agrees, but more are needed.")
