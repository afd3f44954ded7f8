"""Kaggle's CIFAR-10, which cannot be used: nobody outside knows the labels of its test pictures."""

from __future__ import annotations

from runs.data.layouts.layout import Layout
from runs.data.selection import Pictures, Selection
from runs.data.trees import Tree
from runs.errors import DataError


def refuse_kaggle(tree: Tree, folder: str, wanted: Selection) -> Pictures:
    """Nothing.

    Raises:
        DataError: always, with the reason.
    """
    raise DataError(
        f"Expected training and test pictures with their classes, but {tree.locate(folder)} is Kaggle's CIFAR-10: its "
        "test pictures come without labels, so that the horses among them cannot be told. Give any other version of "
        "CIFAR-10: torchvision's, Keras's, Hugging Face's, the binary or the MATLAB one."
    )


KAGGLE = Layout("Kaggle's CIFAR-10", lambda listing: "trainLabels.csv" in listing.files, refuse_kaggle)
