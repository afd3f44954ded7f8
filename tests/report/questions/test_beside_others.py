"""A number beside others': where it lies, and that nothing is drawn of what is not ours."""

from __future__ import annotations

from report.questions.beside_others import Compared, draw_beside_others, place_in, say_outliers, tabulate_beside_others
from runs.specs.catalogue import REGRESSION, UNET
from tests.fakes import fake_frames
from tests.report.edited import with_metric

COMPARED = (
    Compared("UNet", UNET, "val_loss", 1.3347),
    Compared("UNet", UNET, "val_accuracy"),
    Compared("regression", REGRESSION, "train_loss", 0.0096),
    Compared("regression", REGRESSION, "last_batch_loss", 0.0096),
)


def test_number_lies_below_among_or_above_the_others() -> None:
    places = [place_in((0.48, 0.5), value) for value in (0.47, 0.48, 0.5, 0.51)]
    assert places == ["below all", "among", "among", "above all"]
    assert place_in(None, 0.5) == "too few"


def test_last_batch_of_ours_meets_what_the_notebook_prints_and_the_mean_meets_nothing() -> None:
    rows = {str(row[0]).partition(": ")[2]: row for row in tabulate_beside_others(fake_frames(seeds=2), COMPARED).rows}
    assert rows["training loss"][4] is None
    assert rows["last batch’s loss"][4] == "A1 0.0083, A2 0.0080, K1 0.0081"
    assert rows["last batch’s loss"][5] == "above all"
    assert str(rows["accuracy"][3]).count("%") == 2  # a number for each seed
    assert rows["accuracy"][1] is None
    assert rows["accuracy"][4] == "A4* 48 %, B1 48 %, E2* 49.3 %, G2 50.0 %"


def test_chart_has_a_row_for_each_number_of_ours_and_none_is_drawn_without() -> None:
    (figure,) = draw_beside_others(fake_frames(seeds=2), COMPARED)
    by_row: dict[str, list[str]] = {}
    for row in figure.rows:
        by_row.setdefault(str(row[0]), []).append(str(row[1]))
    assert list(by_row) == [
        "UNet: validation loss", "UNet: accuracy", "regression: training loss", "regression: last batch’s loss",
    ]  # fmt: skip
    assert by_row["UNet: validation loss"].count("ours, a dot a seed") == 2
    assert by_row["UNet: accuracy"].count("written") == 0
    assert set(by_row["regression: training loss"]) == {"written", "ours, a dot a seed"}
    floored = [row for row in figure.rows if row[0] == "UNet: accuracy" and row[2] == "A4"]
    assert len(floored) == 1
    low, high = (float(str(cell)) for cell in floored[0][3:])
    assert low < high  # a whole per cent, rounded down
    assert draw_beside_others(fake_frames(seeds=1, without=("unet-", "regression-")), COMPARED) == []


def test_numbers_outside_those_of_others_are_named_and_those_among_them_counted() -> None:
    among = with_metric(fake_frames(seeds=2), UNET, "val_loss", 1.35)
    assert say_outliers(among, COMPARED[:1]) == (
        "Of the number that at least two others printed, the written one lies among theirs. Of the number that at "
        "least two others printed, ours, the mean over the seeds, lies among theirs."
    )
    apart = with_metric(with_metric(fake_frames(seeds=2), UNET, "val_loss", 1.5), UNET, "val_accuracy", 0.2)
    assert say_outliers(apart, COMPARED[:1]).endswith("ours, the mean over the seeds, does not lie among theirs.")
    assert say_outliers(apart, COMPARED[:2]).endswith(
        "lies among theirs in 0 of 2; not so UNet: validation loss (above all) and UNet: accuracy (below all)."
    )
    assert say_outliers(fake_frames(seeds=1, without=("unet-",)), COMPARED[:1]) == ""
