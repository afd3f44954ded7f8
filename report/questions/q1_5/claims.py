"""Question 1.5, what the networks show: each statement of the write-up as a claim with its test.

The kept pictures are few, so statements on quality are tested on the loss and the accuracy over all test
pictures as well; what only eyes can settle is a Judgement with proxies measured on the kept pictures.
"""

from __future__ import annotations

from report.judging.claim import Claim, Margin
from report.judging.kinds import Judgement, Ordering, Trend
from report.judging.margins import ACCURACY, AGREEMENT, COLOURS, EDGES, ERROR, FLATNESS, GRADIENT, LOSS, MUCH_ACCURACY
from report.measures.blocks import early_to_late
from report.measures.common import flat_at
from report.measures.kept_pictures import SHOWS
from report.measures.moments import EARLY, FIRST, LAST, LATER, at, block, error_fall, metric_at, truth_edges
from report.questions.q1_5 import upscale_claims
from runs.specs.catalogue import CNN, UNET

#: The share of the first squared error that a tremendous improvement takes away, our reading.
QUARTER = 0.25

A = (
    Claim(
        "1.5.a.clusters",
        "After its first epoch the CNN’s colouring looks like clusters or a segmentation.",
        "epoch 0 looks like clusters or a segmentation",
        Judgement(
            {
                "fewer colours a picture than after the last epoch": Ordering(
                    at(CNN, LAST, "colours"), at(CNN, FIRST, "colours"), COLOURS, ("the last picture", "the first")
                ),
                "more neighbouring pixels of one colour than after the last epoch": Ordering(
                    at(CNN, FIRST, "flatness"), at(CNN, LAST, "flatness"), FLATNESS, ("the first picture", "the last")
                ),
            }
        ),
        "A segmentation has few colours in large flat areas; both are counted on the kept test pictures.",
    ),
    Claim(
        "1.5.a.better-5",
        "The CNN’s colouring is better at picture 5 than at picture 0.",
        "after 5, better",
        Ordering(
            metric_at(CNN, FIRST, "val_loss"),
            metric_at(CNN, EARLY, "val_loss"),
            LOSS,
            ("the validation loss at picture 0", "at picture 5"),
        ),
        "Better is read as a lower validation loss over all test pictures.",
    ),
    Claim(
        "1.5.a.smooth-edges",
        "At picture 5 some edges of the CNN’s colouring are still too smooth.",
        "some edges still too smooth",
        Judgement(
            {
                "edges lie where the truth has them less well than in the last picture": Ordering(
                    at(CNN, LAST, "agreement"),
                    at(CNN, EARLY, "agreement"),
                    AGREEMENT,
                    ("the last picture", "picture 5"),
                ),
                "less edge content than the truth": Ordering(
                    truth_edges(CNN, EARLY),
                    at(CNN, EARLY, "edges"),
                    EDGES,
                    ("the truth", "picture 5"),
                ),
            }
        ),
        "Edge content is the mean gradient of brightness; an output of few flat colours can have more of it than "
        "the truth and still have it in the wrong places, so both are looked at.",
    ),
    Claim(
        "1.5.a.better-15",
        "At picture 15 the CNN’s colouring is better again than at picture 5.",
        "after 15 better again",
        Ordering(
            metric_at(CNN, EARLY, "val_loss"),
            metric_at(CNN, LATER, "val_loss"),
            LOSS,
            ("the validation loss at picture 5", "at picture 15"),
        ),
        "Better is read as a lower validation loss over all test pictures.",
    ),
    Claim(
        "1.5.a.pictures",
        "The CNN’s pictures come nearer to the truth from picture 0 to 5 and from 5 to 15.",
        "better, then better again",
        Trend(
            tuple(at(CNN, number, "error") for number in (FIRST, EARLY, LATER)),
            ("picture 0", "picture 5", "picture 15"),
            "falls",
            ERROR,
        ),
        "The same statement on the ten pictures that were looked at: squared error in RGB against the truth.",
        comment="Ten pictures are few, and squared error rewards dull colours; the loss over all test pictures "
        "is the firmer measure.",
        below="1.5.a.better-5",
    ),
)

B = (
    Claim(
        "1.5.b.better-first",
        "The UNet’s colouring is better than the CNN’s from the first epoch on.",
        "better from the first on",
        Ordering(
            metric_at(UNET, FIRST, "val_accuracy"),
            metric_at(CNN, FIRST, "val_accuracy"),
            ACCURACY,
            ("the UNet", "the CNN"),
        ),
        "Share of pixels whose colour class is right at picture 0, over all test pictures, paired by seed.",
    ),
    Claim(
        "1.5.b.much-better-first",
        "The UNet’s colouring is much better than the CNN’s already after the first epoch.",
        "much better",
        Ordering(
            metric_at(UNET, FIRST, "val_accuracy"),
            metric_at(CNN, FIRST, "val_accuracy"),
            MUCH_ACCURACY,
            ("the UNet", "the CNN"),
        ),
        "The write-up gives no figure. Share of pixels whose colour class is right at picture 0, over all test "
        "pictures.",
        below="1.5.b.better-first",
    ),
    Claim(
        "1.5.b.pictures-first",
        "The UNet’s first pictures are nearer to the truth than the CNN’s.",
        "much better from the first on",
        Ordering(at(CNN, FIRST, "error"), at(UNET, FIRST, "error"), ERROR, ("the CNN’s error", "the UNet’s")),
        "The same statement on the pictures that were looked at: squared error in RGB against the truth.",
        below="1.5.b.better-first",
    ),
    Claim(
        "1.5.b.gradient-flow",
        "The UNet is better so early because its gradients flow better.",
        "by gradient flow",
        Judgement(
            {
                "more of the gradient reaches downconv1 and downconv2": Ordering(
                    early_to_late(UNET), early_to_late(CNN), GRADIENT, ("the UNet", "the CNN")
                ),
            }
        ),
        "The gradient’s norm in the early blocks relative to that in the late ones, median over the first epoch: the "
        "measure of 1.3.b.",
        comment="A larger gradient beside a better picture does not show that one causes the other. 1.3.b holds the "
        "evidence, block by block, and what cutting each skip costs.",
    ),
    Claim(
        "1.5.b.first-layer",
        "The first block of the UNet already keeps more of the picture than that of the CNN.",
        "from the first layer on",
        Judgement(
            {
                "more edge content in the maps of the first block": Ordering(
                    block(UNET, "edges", "downconv1"),
                    block(CNN, "edges", "downconv1"),
                    Margin(0.01, "", "a hundredth of the spread of a channel"),
                    ("the UNet", "the CNN"),
                ),
                "higher rank of the maps of the first block": Ordering(
                    block(UNET, "rank", "downconv1"),
                    block(CNN, "rank", "downconv1"),
                    Margin(0.32, "", "a hundredth of the channels of the block"),
                    ("the UNet", "the CNN"),
                ),
            }
        ),
        "The write-up looks at activations. What a block keeps is read off its edge content and off the rank of its "
        "maps, after the last epoch.",
        comment="The first blocks of both networks are built alike; only training can set them apart.",
    ),
    Claim(
        "1.5.b.object-first",
        "The object shows in the UNet’s colouring even after one epoch.",
        "the object shows even after one epoch",
        Judgement(
            {
                "edges lie where the truth has them": Ordering(
                    at(UNET, FIRST, "agreement"),
                    flat_at(at(UNET, FIRST, "agreement"), SHOWS),
                    AGREEMENT,
                    ("the agreement of edges", "the level read as showing the object"),
                ),
                "edges lie better than in the CNN’s first pictures": Ordering(
                    at(UNET, FIRST, "agreement"), at(CNN, FIRST, "agreement"), AGREEMENT, ("the UNet", "the CNN")
                ),
            }
        ),
        "An object is seen by its outline: the correlation of the output’s brightness gradient with the truth’s. "
        "The level of a half is our reading.",
    ),
    Claim(
        "1.5.b.tremendous-15",
        "From picture 0 to picture 15 the UNet improves tremendously.",
        "after 15 the improvement is tremendous",
        Judgement(
            {
                "accuracy gains as much as the write-up’s UNet has over its CNN": Ordering(
                    metric_at(UNET, LATER, "val_accuracy"),
                    metric_at(UNET, FIRST, "val_accuracy"),
                    Margin(0.078, "points", "what the write-up’s UNet has over its CNN, which it calls much better"),
                    ("at picture 15", "at picture 0"),
                ),
                "the pictures lose a quarter of their squared error": Ordering(
                    error_fall(UNET, FIRST, LATER),
                    flat_at(error_fall(UNET, FIRST, LATER), QUARTER),
                    Margin(0.02, "points", "two hundredths of the error at picture 0"),
                    ("the share of the error that is lost", "a quarter"),
                ),
            }
        ),
        "The write-up gives no figure. In accuracy, over all test pictures, a lead that it calls much better is the "
        "measure; in squared error, on the pictures that were looked at, a quarter, our reading.",
    ),
)

CLAIMS: tuple[Claim, ...] = A + B + upscale_claims.CLAIMS
