"""The test pictures that a trained network paints worst, middling and best, with the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from runs.data.pixels import Pixels, to_uint8
from runs.probes.context import Context, Probed
from runs.probes.picture_measures import find_delta_e
from runs.training.predict import predict

GROUPS = ("worst", "median", "best")
#: Pictures of each group, where there are enough.
EACH = 3


def measure(context: Context) -> Probed:
    """The pictures at both ends and in the middle of the mean CIEDE2000 difference from the truth.

    Arrays, one row a group of ``GROUPS``, G to a group:
        index, rank: (3, G) int64, which test picture it is (from 0), and its place from the worst (1) on.
        delta_e: (3, G) float32.
        input, prediction, truth: (3, G, 32, 32, 3) uint8.
    """
    data = context.data
    painted = predict(context.net, data.test_x, data.palette, context.spec.model)
    differences = find_delta_e(painted, data.test_rgb)
    order = np.argsort(-differences, kind="stable")
    places = choose_pictures(len(order))
    index = order[places]  # (3, G)
    return Probed(
        {
            "index": index,
            "rank": places + 1,
            "delta_e": differences[index].astype(np.float32),
            "input": list_given(context)[index],
            "prediction": painted[index],
            "truth": data.test_rgb[index],
        },
        {"groups": list(GROUPS), "pictures": len(order)},
    )


def choose_pictures(count: int) -> NDArray[np.int64]:
    """(3, G): the first, the middle and the last places of ``count``, no place twice where there are three or more."""
    each = min(EACH, max(1, count // 3))
    starts = np.array([0, (count - each) // 2, count - each])
    return starts[:, None] + np.arange(each)


def list_given(context: Context) -> Pixels:
    """(M, 32, 32, 3) uint8: the test pictures as the network sees them; a grey one has three equal channels."""
    pictures = to_uint8(context.data.test_x.permute(0, 2, 3, 1).float().cpu().numpy())
    return np.broadcast_to(pictures, (*pictures.shape[:3], 3))
