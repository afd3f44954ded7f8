"""The claims of 1.5.c, what the UNet shows in super-resolution beside both colourizations."""

from __future__ import annotations

from report.claims.kinds import Claim, Judgement, Ordering, flat_at
from report.claims.progress import LAST, LATER, UNFINISHED, at, metric_at, tail_fall, truth_edges
from runs.catalogue import CNN, UNET, UNET_UPSCALE

#: By how much (a share, 0..1) one loss must fall faster than another at the end.
FASTER = 0.005

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "1.5.c.bad-accuracy",
        "The UNet is very bad at super-resolution beside colourization: fewer pixels of the right colour.",
        "very bad beside colourization",
        Ordering(
            metric_at(UNET, LAST, "val_accuracy"),
            metric_at(UNET_UPSCALE, LAST, "val_accuracy"),
            names=("colourization", "super-resolution"),
        ),
        "Both tasks aim at the same colour classes of the same test pictures, so their accuracies can be compared.",
    ),
    Claim(
        "1.5.c.bad-error",
        "The UNet’s super-resolved pictures are further from the truth than its coloured ones.",
        "very bad beside colourization",
        Ordering(
            at(UNET_UPSCALE, LAST, "error"),
            at(UNET, LAST, "error"),
            names=("the error of super-resolution", "of colourization"),
        ),
        "Squared error in RGB on the pictures that were looked at.",
    ),
    Claim(
        "1.5.c.worst-accuracy",
        "Super-resolution is the worst of all three: it has fewer pixels right than the CNN that colourizes, too.",
        "the worst of all three",
        Ordering(
            metric_at(CNN, LAST, "val_accuracy"),
            metric_at(UNET_UPSCALE, LAST, "val_accuracy"),
            names=("the CNN’s colourization", "super-resolution"),
        ),
        "With the claim against the UNet’s colourization, this orders all three.",
    ),
    Claim(
        "1.5.c.worst-error",
        "Super-resolved pictures are further from the truth than those of the CNN that colourizes, too.",
        "the worst of all three",
        Ordering(
            at(UNET_UPSCALE, LAST, "error"),
            at(CNN, LAST, "error"),
            names=("the error of super-resolution", "of the CNN’s colourization"),
        ),
        "Squared error in RGB on the pictures that were looked at.",
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
                    names=("the fall over the last fifth of the epochs", "the level read as not done"),
                ),
                "it falls faster at the end than that of colourization": Ordering(
                    tail_fall(UNET_UPSCALE), tail_fall(UNET), FASTER, names=("super-resolution", "colourization")
                ),
            }
        ),
        "A run that needs more training still improves when it stops. The share by which the loss falls over the "
        "last fifth of the epochs is held against one in a hundred, our reading, and against colourization, which it "
        "has to pass by half a point: “much more” asks for more than a trace.",
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
                    names=("colourization", "super-resolution"),
                ),
                "less edge content than the truth": Ordering(
                    truth_edges(UNET_UPSCALE, LATER),
                    at(UNET_UPSCALE, LATER, "edges"),
                    names=("the truth", "super-resolution"),
                ),
            }
        ),
        "Structure without detail has edges that are weaker than the truth’s and worse placed than where a sharp "
        "grey picture is the input.",
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
                    names=("all pictures", "the share that shows the object"),
                )
            }
        ),
        "A kept picture counts as showing its object when its edges correlate with the truth’s by a half or more.",
    ),
)
