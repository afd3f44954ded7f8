"""A number beside others': where it lies, and that nothing is drawn of what is not ours."""

from __future__ import annotations

from report.questions.beside_others import Compared, draw_beside_others, place_in, tabulate_beside_others
from runs.specs.catalogue import REGRESSION, UNET
from tests.fakes import fake_frames

COMPARED = (
    Compared("UNet", UNET, "val_loss", 1.3347),
    Compared("UNet", UNET, "val_accuracy"),
    Compared("regression", REGRESSION, "train_loss", 0.0096),
    Compared("regression", REGRESSION, "last_batch_loss", 0.0096),
)


def test_number_lies_below_among_or_above_the_others() -> None:
    places = [place_in((0.48, 0.5), value) for value in (0.47, 0.48, 0.5, 0.51)]
    assert places == ["below all others", "among the others", "among the others", "above all others"]
    assert place_in(None, 0.5) == "too few others"


def test_last_batch_of_ours_meets_what_the_notebook_prints_and_the_mean_meets_nothing() -> None:
    rows = {str(row[0]).partition(": ")[2]: row for row in tabulate_beside_others(fake_frames(seeds=2), COMPARED).rows}
    assert rows["training loss, mean of the batches"][4] is None
    assert rows["training loss, last batch"][4] == "A1 0.0083, A2 0.0080, K1 0.0081"
    assert rows["training loss, last batch"][5] == "above all others"
    assert str(rows["validation accuracy"][3]).count("%") == 2  # a number for each seed
    assert rows["validation accuracy"][1] is None


def test_chart_has_a_place_for_each_number_of_two_others_and_none_is_drawn_without_ours() -> None:
    (figure,) = draw_beside_others(fake_frames(seeds=2), COMPARED)
    assert "1: UNet, 25 epochs, validation loss" in figure.caption
    assert "3: regression, 25 epochs, training loss, last batch" in figure.caption
    assert draw_beside_others(fake_frames(seeds=1, without=("unet-", "regression-")), COMPARED) == []
