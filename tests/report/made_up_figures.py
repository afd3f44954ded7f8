"""Made-up pictures that move through the epochs, and such as are compared with the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from report.answers import Answer
from report.drawing.charts import Panel, Series, draw_chart, draw_reel, draw_strips

EPOCHS = 4
#: The colours of the truth and of what the made-up network paints.
TRUTH, PAINTED = (200, 30, 60), (20, 90, 160)
ROWS = [["UNet", index, index / 8] for index in range(80)]


def plain(*colours: tuple[int, int, int]) -> np.ndarray:
    """One picture of each colour: (K, 8, 8, 3) uint8."""
    return np.array(colours, np.uint8)[:, None, None].repeat(8, axis=1).repeat(8, axis=2)


def after(epoch: int) -> tuple[int, int, int]:
    """The colour of all pictures after an epoch."""
    return (50 * epoch, 0, 255 - 50 * epoch)


def fuller(answer: Answer) -> Answer:
    """The first part with pictures to move through the epochs, and pictures to compare."""
    if answer.part != "1.1.a":
        return answer
    film = np.stack([plain(after(epoch), after(epoch)) for epoch in range(1, EPOCHS + 1)])
    grey = plain((90, 90, 90), (160, 160, 160))
    rows = {"input": grey, "epoch 1": film[0], "epoch 4": film[-1], "truth": grey}
    moving = draw_strips("film", "Through the epochs.", "Rows.", rows, roles={"epoch 1": "moment", "epoch 4": "moment"})
    line = Series("UNet", [1, 2, 3, 4], [3.0, 2.0, 1.5, 1.2])
    curve = draw_chart("course", "A course.", "A line falls.", Panel([line], "epoch", "loss"))
    shown = {"input": grey.repeat(3, axis=0)[:3], "CNN": plain(*[PAINTED] * 3), "truth": plain(*[TRUTH] * 3)}
    compared = draw_strips(
        "extremes", "Truth against prediction.", "Rows.", shown,
        roles={"input": "aside", "CNN": "prediction", "truth": "truth"},
    )  # fmt: skip
    behind = [["worst", 1, 7, 30.5], ["median", 2, 0, 12.0], ["best", 3, 4, 5.1]]
    heads = ["group", "place from the worst", "test picture", "ΔE2000"]
    figures = [
        replace(moving, reels=[draw_reel("CNN", film)], stops=[1, EPOCHS]),
        curve,
        replace(compared, columns=heads, rows=behind, tiles=3),
        replace(answer.figures[0], name="long", rows=ROWS),
    ]
    return replace(answer, figures=[*answer.figures, *figures])
