"""The command ``colourize``: pictures of the user's own through a trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.options import add_common_options, find_stored
from commands.output import print_result


@click.command("colourize")
@click.argument("image", type=click.Path(path_type=Path))
@add_common_options(training=False, first=4)
@click.option("--run", default="unet-b100-lr0.001-s0", show_default=True, help="The network: the id of a stored run.")
@click.option(
    "--temperature", default=0.0, show_default=True, help="CNN, UNet: 0, the likeliest colour; to 1, ever duller."
)
@click.option("--keep-lightness", is_flag=True, help="Take the lightness of the picture, not the network's.")
@click.option("--out", type=click.Path(path_type=Path), help="The PNG to write.  [default: IMAGE-coloured.png]")
@click.option("--force", is_flag=True, help="Replace the PNG where there is one.")
def colourize(
    image: Path, out: Path | None, force: bool, run: str, temperature: float, keep_lightness: bool, **wanted: Any
) -> None:
    """Colour a picture of yours, of any size, by a trained network; one for super-resolution enlarges it."""
    from runs.colourize import colourize_picture, read_picture, save_png
    from runs.storage.damage_report import advise_on_damage
    from runs.storage.output_paths import choose_picture_path

    store, request = find_stored(**wanted)
    target = choose_picture_path(image, out, force)
    with advise_on_damage(run, request):
        save_png(colourize_picture(store, run, read_picture(image), temperature, keep_lightness), target)
    print_result(str(target))
