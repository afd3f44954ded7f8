"""1.3: skip connections and the batch size, from hand-made numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from report.judging.kinds import Fact, Judgement, Value
from report.measures.blocks import early_to_late
from report.questions.q1_3 import answer as q1_3
from report.questions.q1_3 import batches as q1_3_batches
from report.questions.q1_3 import skips as q1_3_skips
from report.questions.q1_3.batches_claims import SIZES, WRITTEN, against, own_table, signal_share
from report.questions.q1_3.claims import CLAIMS
from report.questions.q1_3.skips_claims import SKIPS, cost_of_cut, dead_share, passing_epoch, rank_share, settling_epoch
from report.results.frames import Frames
from runs.specs.catalogue import CNN, PRESETS, UNET, make_unet
from tests.fakes import fake_frames
from tests.report.edited import diverged, page, prose, verdicts, with_metric, with_probe

#: The write-up's table, typed from it once more: batch, training loss, s, validation loss, accuracy in %, s.
TABLE = [
    (200, 1.3450, 56, 1.4070, 46.9, 57),
    (100, 1.2606, 58, 1.3347, 49.4, 59),
    (50, 1.2194, 71, 1.3370, 49.5, 72),
    (20, 1.2089, 113, 1.2902, 50.8, 114),
    (10, 1.1646, 161, 1.3068, 51.1, 161),
]


@pytest.fixture(scope="module")
def frames() -> Frames:
    return fake_frames(seeds=2)


def as_written(frames: Frames) -> Frames:
    """Frames whose UNets gave just the numbers of the write-up's table."""
    for size, train, seconds, val, accuracy, _ in TABLE:
        spec = make_unet(size)
        for column, number in (
            ("train_loss", train), ("val_loss", val), ("val_accuracy", accuracy / 100), ("train_seconds", seconds / 25),
        ):  # fmt: skip
            frames = with_metric(frames, spec, column, number)
    return frames


def test_every_claim_is_judged_once_and_says_why_and_how_near() -> None:
    answers = q1_3.answer(fake_frames(seeds=1))
    judged = [verdict.claim.id for answer in answers for verdict in answer.verdicts]
    assert sorted(judged) == sorted(claim.id for claim in CLAIMS)
    assert len(judged) == len(set(judged)) > 45
    for claim in CLAIMS:
        assert claim.statement
        assert claim.written
        assert claim.why
        assert not isinstance(claim.test, Value) or claim.test.tolerance > 0
        assert not isinstance(claim.test, Fact) or claim.test.computation
        assert not isinstance(claim.test, Judgement) or claim.test.proxies or claim.test.reason


def test_every_figure_of_the_table_is_a_claim_with_its_written_number() -> None:
    by_id = {claim.id: claim for claim in CLAIMS}
    for size, train, seconds, val, accuracy, total in TABLE:
        for name, number in (("train-loss", train), ("val-loss", val), ("val-accuracy", accuracy / 100)):
            test = by_id[f"1.3.c.{name}-{size}"].test
            assert isinstance(test, Value)
            assert test.written == pytest.approx(number, abs=1e-12)
        assert by_id[f"1.3.c.train-seconds-{size}"].written == f"{seconds} s"
        assert by_id[f"1.3.c.seconds-{size}"].written == f"{total} s"


def test_runs_that_give_the_written_table_reproduce_it_and_break_its_sentence(frames: Frames) -> None:
    found = verdicts(CLAIMS, "1.3.c", as_written(frames))
    for size in SIZES:
        for name in ("train-loss", "val-loss", "val-accuracy"):
            assert found[f"{name}-{size}"].status == "reproduced"
        assert found[f"train-seconds-{size}"].status == "not assessable"
    for name in ("train-loss-trend", "accuracy-trend", "time-rises", "val-loss-trend", "slight-rise"):
        assert found[name].status == "reproduced", name
    assert found["time-ratio"].status == "not assessable"
    assert "Measured all the same: batch 10 over batch 200: 2.8" in found["time-ratio"].sentence
    assert found["time-ratio"].measured.value == pytest.approx(161 / 56)
    assert found["val-loss-trend-each"].status == "not reproduced"
    assert "self-contradicting" in found["val-loss-trend"].flags
    steeper = with_metric(as_written(frames), make_unet(10), "val_loss", 1.36)
    assert verdicts(CLAIMS, "1.3.c", steeper)["slight-rise"].status == "not reproduced"


def test_a_validation_loss_that_falls_at_every_step_to_20_reproduces_the_stricter_reading(frames: Frames) -> None:
    smooth = with_metric(as_written(frames), make_unet(50), "val_loss", 1.31)
    assert verdicts(CLAIMS, "1.3.c", smooth)["val-loss-trend-each"].status == "reproduced"


def test_the_written_table_goes_against_one_sentence_only() -> None:
    assert against([row[3] for row in TABLE], "falls", (3,)) == [1]
    assert against([row[1] for row in TABLE], "falls") == []
    assert against([row[4] for row in TABLE], "rises") == []
    assert against([1.0, 1.0, 2.0], "falls", (1,)) == [0], "a standstill does not fall"
    nothing = fake_frames(without=("",), probes=False)
    found = verdicts(CLAIMS, "1.3.c", nothing)
    assert found["own-val-loss"].status == "not reproduced"
    assert "1.3347 at batch 100, then 1.3370 at batch 50" in found["own-val-loss"].sentence
    assert found["own-train-loss"].status == found["own-accuracy"].status == "reproduced"
    assert not own_table("x", "train_loss", "it falls", "falls").conflict


def test_network_sentences_flip_when_the_numbers_flip(frames: Frames, plain_page: None) -> None:
    better = frames
    for spec, loss, accuracy in ((CNN, 1.6, 0.41), (UNET, 1.3, 0.49)):
        better = with_metric(with_metric(better, spec, "val_loss", loss), spec, "val_accuracy", accuracy)
    worse = with_metric(with_metric(better, UNET, "val_loss", 1.7), UNET, "val_accuracy", 0.30)
    first, second = (prose(page("q1_3", each), "1.3.b") for each in (better, worse))
    assert "against 1.6000 (lower on each seed)" in first
    assert "right, against 41.0 % (higher on each seed)" in first
    assert "against 1.6000 (higher on each seed)" in second
    assert "right, against 41.0 % (lower on each seed)" in second
    assert "falls below the one at which the CNN ends after epoch 1" in first
    assert "does not get below the one at which the CNN ends" in second
    statuses = [verdicts(CLAIMS, "1.3.b", each)["val-loss"].status for each in (better, worse)]
    assert statuses == ["reproduced", "not reproduced"]


@pytest.mark.parametrize(("unet_loss", "epoch", "status"), [(1.4, 3, "undecided"), (1.5, 26, "not reproduced")])
def test_the_unet_passes_at_the_first_epoch_below_the_last_of_the_cnn(
    frames: Frames, unet_loss: float, epoch: int, status: str
) -> None:
    made = with_metric(frames, CNN, "val_loss", [1.0] * 24 + [1.5])
    made = with_metric(made, UNET, "val_loss", [2.0, 1.51, unet_loss] + [1.6] * 22)
    assert made.take(passing_epoch).values == {0: epoch, 1: epoch}
    found = verdicts(CLAIMS, "1.3.b", made)["convergence"]
    assert found.status == status
    assert "it comes sooner to within a twentieth of its own end" in found.claim.test.proxies


def test_a_run_has_settled_at_the_first_epoch_near_its_own_end(frames: Frames) -> None:
    made = with_metric(frames, CNN, "val_loss", [3.0, 2.2, 2.1, 2.3] + [2.0] * 21)
    assert made.take(settling_epoch(CNN)).values == {0: 3, 1: 3}
    made = with_metric(made, UNET, "val_loss", [3.0, 1.0, *([1.5] * 23)])
    assert made.take(settling_epoch(UNET)).values == {0: 2, 1: 2}
    assert verdicts(CLAIMS, "1.3.b", made)["convergence"].status == "reproduced"


def test_no_dead_channel_in_either_network_says_nothing(frames: Frames) -> None:
    made = frames
    for spec, rank in ((UNET, 0.8), (CNN, 0.7)):
        channels = np.array([32, 64, 64, 32, 24])
        made = with_probe(made, spec, "activations", channels=channels, dead_channels=[0] * 5, rank=channels * rank)
    found = verdicts(CLAIMS, "1.3.b", made)["singularities"]
    assert found.status == "reproduced"
    assert "“Fewer channels are dead” – says nothing. CNN and UNet are both at 0.0 %" in found.sentence


def test_early_to_late_is_the_median_ratio_of_joint_norms(frames: Frames) -> None:
    # joint norm of the downward blocks 5, 10 and 0; of the last two 10, 2 and 13
    norms = [[3, 4, 9, 9, 6, 8], [6, 8, 9, 9, 0, 2], [0, 0, 9, 9, 5, 12]]
    made = with_probe(frames, UNET, "gradients", norms=norms)
    assert made.take(early_to_late(UNET)).values == {0: 0.5, 1: 0.5}
    assert made.take(early_to_late(UNET, ("downconv1",))).values == pytest.approx({0: 0.3, 1: 0.3})


def test_gradient_sentence_follows_the_norms(frames: Frames, plain_page: None) -> None:
    strong, weak = [[8, 8, 1, 1, 1, 1]] * 3, [[1, 1, 1, 1, 8, 8]] * 3
    for ours, theirs, words in ((strong, weak, "as the reason says"), (weak, strong, "the reason does not show here")):
        made = with_probe(with_probe(frames, UNET, "gradients", norms=ours), CNN, "gradients", norms=theirs)
        assert words in prose(page("q1_3", made), "1.3.b")


def test_dead_channels_and_rank_are_shares_of_the_channels(frames: Frames, plain_page: None) -> None:
    channels = [32, 64, 64, 32, 24]
    made = with_probe(
        frames, UNET, "activations", channels=channels, dead_channels=[0, 0, 0, 0, 0], rank=[16, 32, 32, 16, 12]
    )
    made = with_probe(
        made, CNN, "activations", channels=channels, dead_channels=[0, 0, 54, 0, 0], rank=[8, 16, 16, 8, 6]
    )
    assert made.take(dead_share(CNN)).values == pytest.approx({0: 0.25, 1: 0.25})
    assert made.take(rank_share(UNET)).values == pytest.approx({0: 0.5, 1: 0.5})
    assert verdicts(CLAIMS, "1.3.b", made)["singularities"].status == "reproduced"
    assert "Both agree with fewer degenerate units" in prose(page("q1_3", made), "1.3.b")


def test_what_a_cut_skip_costs_decides_which_skips_are_used(frames: Frames, plain_page: None) -> None:
    made = with_probe(frames, UNET, "skips", val_loss=[1.0, 0.9, 1.5, 3.0])
    assert [made.take(cost_of_cut(cut)).mean for cut in SKIPS] == pytest.approx([-0.1, 0.5, 2.0])
    found = verdicts(CLAIMS, "1.3.b", made)
    assert [found[f"early-{cut}"].status for cut in SKIPS] == ["not reproduced", "reproduced", "reproduced"]
    assert found["pooling-lost"].status == "reproduced"
    text = prose(page("q1_3", made), "1.3.b")
    assert (
        "relies on downconv1 and input and not on downconv2; the dearest cut is that of input on each seed, which "
        "carries what pooling" in text
    )
    turned = with_probe(frames, UNET, "skips", val_loss=[1.0, 3.0, 1.5, 1.1])
    assert verdicts(CLAIMS, "1.3.b", turned)["pooling-lost"].status == "not reproduced"
    text = prose(page("q1_3", turned), "1.3.b")
    assert (
        "relies on all three; the dearest cut is that of downconv2 on each seed, which has been pooled as often" in text
    )


def test_batch_sentences_follow_the_numbers(frames: Frames, plain_page: None) -> None:
    text = prose(page("q1_3", as_written(frames)), "1.3.c")
    assert "the training loss falls at every step from 200 to 10;" in text
    assert "the validation loss falls from 200 to 100, rises to 50, falls to 20, then rises to 10;" in text
    assert "1.2902, that of batch 20" in text
    assert "do not agree on the size" in text
    assert "With batch 10 it is 2.8" in text  # 161 over 56
    assert "batch 10 takes 12,500 of them and batch 200 only 625" in text
    assert "reach the lowest training loss" in text
    slow = with_metric(as_written(frames), make_unet(10), "train_loss", 1.5)
    text = prose(page("q1_3", slow), "1.3.c")
    assert "the training loss falls from 200 to 20, then rises to 10;" in text
    assert "The most steps do not reach the lowest training loss" in text


def test_an_infinite_noise_scale_is_all_noise_and_no_gap(frames: Frames, plain_page: None) -> None:
    made = frames
    for size, scale in zip(SIZES, (100.0, 100.0, 100.0, 20.0, math.inf), strict=True):
        made = with_probe(made, make_unet(size), "noise", noise_scale=[scale])
    assert made.take(signal_share(200)).mean == pytest.approx(2 / 3)
    assert made.take(signal_share(10)).values == {0: 0.0, 1: 0.0}
    answer = q1_3_batches.answer_batches(made)
    assert answer.ready
    steps = next(table for table in answer.tables if table.name == "steps")
    assert steps.rows[-1][4] is None
    assert "Noise outweighs the gradient at batch 50 and 10 on each seed." in prose(page("q1_3", made), "1.3.c")


def test_the_table_of_batches_shows_spread_beside_the_written_figures(frames: Frames) -> None:
    table = q1_3_batches.tabulate_losses(frames)
    assert [row[0] for row in table.rows] == [str(row[0]) for row in TABLE]
    for row, (_, train, _, val, accuracy, _) in zip(table.rows, TABLE, strict=True):
        assert row[2::2] == [f"{train:.4f}", f"{val:.4f}", f"{accuracy:.1f} %"]
        assert all(cell.n == 2 and cell.spread is not None for cell in row[1::2])  # type: ignore[union-attr]


@pytest.mark.parametrize("without", [("unet",), ("cnn",), ("unet-b10-",), ("",)])
def test_missing_runs_leave_a_gap_with_what_is_there(without: tuple[str, ...], plain_page: None) -> None:
    made = fake_frames(seeds=1, without=without)
    for answer in q1_3.answer(made):
        lacks = {"unet-b10-": ["1.3.c"], "cnn": ["1.3.b"]}.get(without[0], ["1.3.b", "1.3.c"])
        assert answer.ready == (answer.part not in lacks)
        assert bool(answer.missing) == (answer.part in lacks)
        assert answer.tables
    html = page("q1_3", made)
    assert "python cli.py run-all --section 1.3" in html


def test_figures_are_drawn_from_the_runs_that_are_there() -> None:
    answer = q1_3_batches.answer_batches(fake_frames(seeds=1, without=("unet-b10-",)))
    figures = {figure.name: figure for figure in answer.figures}
    assert set(figures) == {"against-batch", "curves", "time", "noise", "pictures", "others"}
    series = {row[1] for row in figures["curves"].rows}
    assert series == {"batch 20", "batch 50", "batch 100", "batch 200"}
    assert all(figure.svg for figure in answer.figures if figure.name != "pictures")
    assert [strip.label for strip in figures["pictures"].strips][-1] == "batch 20"
    assert "batch 10:" not in figures["curves"].alt


def test_evidence_of_every_kind_is_drawn() -> None:
    skips, batches = q1_3.answer(fake_frames(seeds=2))
    names = [figure.name for figure in skips.figures]
    assert names == ["curves", "pictures", "gradients", "extremes-unet-colourize", "others"]
    assert [table.name for table in skips.tables] == [
        "networks", "gradients-by-block", "activations", "cuts", "orders", "beside-others", "near-copies",
        "near-copy-pairs",
    ]  # fmt: skip
    assert [strip.label for strip in skips.figures[1].strips] == ["grey", "truth", "CNN", "UNet"]
    assert [table.name for table in batches.tables] == [
        "batches", "times", "steps", "lowest", "picture-measures", "beside-others",
    ]  # fmt: skip
    for answer in (skips, batches):
        names = [*(figure.name for figure in answer.figures), *(table.name for table in answer.tables)]
        assert len(names) == len(set(names))


def test_without_probes_curves_and_strips_still_stand() -> None:
    answer = q1_3_skips.answer_skips(fake_frames(seeds=1, probes=False))
    assert not answer.ready
    assert [figure.name for figure in answer.figures] == ["curves", "pictures", "others"]
    assert [strip.label for strip in answer.figures[1].strips] == ["CNN", "UNet"]


def test_a_quick_report_says_which_epochs_stand_for_which(plain_page: None) -> None:
    quick = page("q1_3", fake_frames(PRESETS["quick"], seeds=1))
    assert "After 5 epochs, which stand for the write-up’s 25, the UNet’s" in prose(quick, "1.3.b")
    full = page("q1_3", fake_frames(seeds=1))
    assert "After 25 epochs the UNet’s" in prose(full, "1.3.b")


def test_a_diverged_seed_is_named_and_left_out(frames: Frames, plain_page: None) -> None:
    made = diverged(frames, UNET, 1)
    skips, batches = q1_3.answer(made)
    run = UNET.with_seed(1).id
    for answer in (skips, batches):
        assert answer.ready
        assert any(run in note for note in answer.notes)
    assert skips.values["unet_val"].n == 1
    assert skips.values["cnn_val"].n == 2
    page("q1_3", made)


def test_all_seeds_diverged_leave_a_gap_and_no_crash(plain_page: None) -> None:
    made = diverged(fake_frames(seeds=1), UNET, 0)
    skips, batches = q1_3.answer(made)
    assert not skips.ready
    assert not batches.ready
    assert prose(page("q1_3", made), "1.3.b") == ""


def test_the_written_rows_are_those_of_the_write_up() -> None:
    rows = [
        (size, r.train_loss, r.train_seconds, r.val_loss, 100 * r.val_accuracy, r.seconds)
        for size, r in WRITTEN.items()
    ]
    assert np.allclose(rows, TABLE, rtol=0, atol=1e-9)
