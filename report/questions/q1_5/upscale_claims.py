"""The claims of 1.5.c, what the UNet shows in super-resolution beside both colourizations."""

from __future__ import annotations

from report.judging.claim import Claim, Margin
from report.judging.kinds import Judgement, Ordering
from report.judging.margins import ACCURACY, AGREEMENT, EDGES, ERROR, MUCH_ACCURACY
from report.measures.common import flat_at
from report.measures.kept_pictures import SHOWS
from report.measures.moments import LAST, LATER, UNFINISHED, at, metric_at, tail_fall, truth_edges
from runs.specs.catalogue import CNN, UNET, UNET_UPSCALE

#: By how much one loss must fall faster than another at the end.
FASTER = Margin(0.005, "points", "half of what is read as not done; “much more” asks for more than a trace")

BOTH_TASKS = (
    "Both tasks aim at the same test pictures, so that their accuracies can be compared, over all of these, and so can "
    "squared error in RGB, on those that were looked at. One statement is behind both measures. "
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.5.c.bad",
        "The UNet is very bad at super-resolution beside colourization.",
        "very bad beside colourization",
        Judgement(
            {
                "fewer pixels have the right colour": Ordering(
                    metric_at(UNET, LAST, "val_accuracy"),
                    metric_at(UNET_UPSCALE, LAST, "val_accuracy"),
                    MUCH_ACCURACY,
                    ("colourization", "super-resolution"),
                ),
                "the pictures are further from the truth": Ordering(
                    at(UNET_UPSCALE, LAST, "error"),
                    at(UNET, LAST, "error"),
                    Margin(
                        0.002,
                        "",
                        "some half of what the UNet’s colourization is off by: “very bad” asks for more than a trace",
                    ),
                    ("the error of super-resolution", "of colourization"),
                ),
            }
        ),
        BOTH_TASKS + "“Very bad” asks for as much as “much better” does in 1.3.b.",
    ),
    Claim(
        "1.5.c.worst",
        "Super-resolution is the worst of all three: it is worse than the CNN that colourizes, too.",
        "the worst of all three",
        Judgement(
            {
                "fewer pixels have the right colour": Ordering(
                    metric_at(CNN, LAST, "val_accuracy"),
                    metric_at(UNET_UPSCALE, LAST, "val_accuracy"),
                    ACCURACY,
                    ("the CNN’s colourization", "super-resolution"),
                ),
                "the pictures are further from the truth": Ordering(
                    at(UNET_UPSCALE, LAST, "error"),
                    at(CNN, LAST, "error"),
                    ERROR,
                    ("the error of super-resolution", "of the CNN’s colourization"),
                ),
            }
        ),
        BOTH_TASKS + "With the claim against the UNet’s colourization, this orders all three.",
    ),
    Claim(
        "1.5.c.more-training",
        "Super-resolution by the UNet needs much more training.",
        "needs much more training",
        Judgement(
            {
                "its validation loss still falls at the end": Ordering(
                    tail_fall(UNET_UPSCALE),
                    flat_at(tail_fall(UNET_UPSCALE), UNFINISHED),
                    Margin(0.002, "points", "a fifth of the level"),
                    ("the fall over the last fifth of the epochs", "the level read as not done"),
                ),
                "it falls faster at the end than that of colourization": Ordering(
                    tail_fall(UNET_UPSCALE), tail_fall(UNET), FASTER, ("super-resolution", "colourization")
                ),
            }
        ),
        "A run that needs more training still improves when it stops. The share by which the loss falls over the "
        "last fifth of the epochs is held against one in a hundred, our reading, and against colourization.",
    ),
    Claim(
        "1.5.c.structure-only",
        "At picture 15 only the structure shows in super-resolution.",
        "after 15 epochs only the structure shows",
        Judgement(
            {
                "edges lie less well than in the coloured pictures": Ordering(
                    at(UNET, LATER, "agreement"),
                    at(UNET_UPSCALE, LATER, "agreement"),
                    AGREEMENT,
                    ("colourization", "super-resolution"),
                ),
                "less edge content than the truth": Ordering(
                    truth_edges(UNET_UPSCALE, LATER),
                    at(UNET_UPSCALE, LATER, "edges"),
                    EDGES,
                    ("the truth", "super-resolution"),
                ),
                "the structure shows: edges lie where the truth has them": Ordering(
                    at(UNET_UPSCALE, LATER, "agreement"),
                    flat_at(at(UNET_UPSCALE, LATER, "agreement"), SHOWS),
                    AGREEMENT,
                    ("the agreement of edges", "the level read as showing the object"),
                ),
            }
        ),
        "Structure without detail has edges that are weaker than the truth’s and worse placed than where a sharp "
        "grey picture is the input, and yet lie where the truth has them: by a half, as in 1.5.b.",
    ),
    Claim(
        "1.5.c.not-in-all",
        "The structure does not show in all super-resolved images.",
        "and not in all images",
        Judgement(
            {
                "not every picture has edges where the truth has them": Ordering(
                    flat_at(at(UNET_UPSCALE, LATER, "showing"), 1.0),
                    at(UNET_UPSCALE, LATER, "showing"),
                    Margin(0.05, "points", "half a picture of the ten that are kept"),
                    ("all pictures", "the share that shows the object"),
                )
            }
        ),
        "A kept picture counts as showing its object when its edges correlate with the truth’s by a half or more.",
    ),
)
