"""Copies to the pixel and mirrored ones, within a half and in both, counted and told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from runs.data.copies import Copy, count_copies, describe_copies, find_copies
from runs.data.sources.load import load_dataset
from tests.runs.tiny import pictures


def test_copies_are_found_by_half_and_kind() -> None:
    train, test = pictures(6, 1), pictures(5, 2)
    train[4], train[5] = train[1], train[0][:, ::-1]
    test[1], test[2], test[3] = train[2], train[3][:, ::-1], test[0]
    assert find_copies(train, test) == [
        Copy("train", 4, 1, False), Copy("train", 5, 0, True), Copy("test", 3, 0, False),
        Copy("both", 1, 2, False), Copy("both", 2, 3, True),
    ]  # fmt: skip
    assert describe_copies(count_copies(train, test)) == (
        "COPIES: 1 test picture is also a training picture, pixel for pixel; 1 test picture is a training picture "
        "mirrored; 1 training picture is a training picture for the second time; 1 training picture is another "
        "training picture mirrored; 1 test picture is a test picture for the second time. Validation on pictures "
        "that were trained on says too much good of a network: remove them from one half."
    )


def test_picture_that_is_its_own_mirror_is_no_copy_of_itself() -> None:
    same = np.full((1, 32, 32, 3), 7, np.uint8)
    assert find_copies(same, pictures(1, 2)) == []
    assert describe_copies(count_copies(same, pictures(1, 2))) == ""


def test_test_pictures_that_are_training_pictures_are_told_when_they_are_read(tmp_path: Path) -> None:
    for part in ("train", "test"):
        (tmp_path / part / "horse").mkdir(parents=True)
        for number, one in enumerate(pictures(3, 1)):
            Image.fromarray(one).save(tmp_path / part / "horse" / f"{number}.png")
    said: list[str] = []
    load_dataset(str(tmp_path), root=tmp_path / "root", say=said.append)
    assert said[0].startswith("COPIES: 3 test pictures are also a training picture, pixel for pixel. Validation")
