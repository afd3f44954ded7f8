"""1.3.c: the lowest validation loss, its epoch, and the final pictures, by batch size."""

from __future__ import annotations

from report.questions.q1_3.batch_pictures import describe_lowest, describe_pictures, draw_pictures, tabulate_lowest
from report.questions.q1_3.batches_claims import SIZES
from runs.specs.catalogue import make_unet
from tests.fakes import fake_frames
from tests.report.edited import with_metric, with_probe

FALLING = [2 - 0.02 * epoch for epoch in range(1, 26)]  # ends at 1.5
TURNING = [1.4 - 0.01 * epoch if epoch < 16 else 1.25 + 0.01 * (epoch - 15) for epoch in range(1, 26)]


def test_a_loss_that_rises_late_is_told_with_its_lowest_epoch() -> None:
    made = fake_frames(seeds=2)
    for size in SIZES:
        made = with_metric(made, make_unet(size), "val_loss", TURNING if size == 10 else FALLING)
    found = describe_lowest(made)
    assert found["lowest_epoch_smallest"].value == 15
    assert round(found["lowest_smallest"].value, 6) == 1.25
    assert round(found["risen_smallest"].value, 6) == 0.1
    assert (found["risen_largest"].value, found["lowest_epoch_largest"].value) == (0, 25)
    assert (found["risen_sizes"], found["lowest_best_batch"]) == ("10", "10")
    assert found["lowest_course"].endswith("then falls to 10")
    rows = {str(row[0]): row for row in tabulate_lowest(made).rows}
    assert [round(cell.value, 6) for cell in rows["10"][1:]] == [1.35, 1.25, 15, 0.1]  # type: ignore[union-attr]


def test_pictures_are_followed_from_the_largest_batch_to_the_smallest() -> None:
    made = fake_frames(seeds=2)
    for place, size in enumerate(SIZES):
        made = with_probe(made, make_unet(size), "quality", delta_e=[9.0 - place], ssim=[0.5 + place / 10])
    found = describe_pictures(made)
    assert found["delta_e_course"] == "falls at every step from 200 to 10"
    assert (found["delta_e_largest"].value, found["delta_e_smallest"].value) == (9, 5)
    assert (found["ssim_course"], found["ssim_seeds"]) == ("rises at every step from 200 to 10", ", as on each seed")


def test_strips_stand_for_the_sizes_that_are_stored() -> None:
    strips = draw_pictures(fake_frames(seeds=1, without=("unet-b50-",)))
    assert strips is not None
    assert [strip.label for strip in strips.strips] == ["truth", "batch 200", "batch 100", "batch 20", "batch 10"]
    assert draw_pictures(fake_frames(seeds=1, without=("unet-",))) is None
