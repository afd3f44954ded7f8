"""The command ``colourize``: pictures of the user's own through a trained network."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import add_common_options, find_stored
from commands.output import FAILED, print_message, print_result
from commands.settings import Command
from runs.errors import DataError, UsageError

if TYPE_CHECKING:
    from runs.picture_files import Picture

#: The network that colours unless another is named.
PRESUMED = "unet-b100-lr0.001-s0"
#: What stands for the standard input or output.
PIPE = Path("-")


@click.command("colourize", cls=Command)
@click.argument("images", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="IMAGE...")
@add_common_options(training=False, first=4)
@click.option("--run", metavar="ID", help=f"The network: the id of a stored run.  [default: {PRESUMED}]")
@click.option(
    "--temperature", default=0.0, show_default=True, help="CNN, UNet: 0, the likeliest colour; to 1, ever duller."
)
@click.option("--keep-lightness", is_flag=True, help="Take the lightness of the picture, not the network's.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="The PNG to write, - for the output.  [default: IMAGE-coloured.png]"
)
@click.option("--out-dir", type=click.Path(path_type=Path), help="The folder to write to.  [default: the picture's]")
@click.option("--force", is_flag=True, help="Replace a PNG where there is one.")
def colourize(
    images: Sequence[Path],
    out: Path | None,
    out_dir: Path | None,
    force: bool,
    run: str | None,
    temperature: float,
    keep_lightness: bool,
    **wanted: Any,
) -> None:
    """Colour pictures of yours by a trained network; one for super-resolution enlarges them.

    IMAGE is a picture, a folder of pictures, or - for the standard input, which is answered on the standard output. A
    picture may have up to 200 million pixels; to be enlarged, a sixteenth of that.
    """
    from runs.colourize import colourize_picture
    from runs.picture_files import encode_png, list_pictures, read_picture, save_png
    from runs.storage.damage_report import advise_on_damage

    pictures = [PIPE] if tuple(images) == (PIPE,) else list_pictures(images)
    targets = choose_targets(pictures, out, out_dir, force)
    store, request = find_stored(**wanted)
    if run is None:
        print_message(f"The network is {PRESUMED}, for none was named with --run.")

    def colour(picture: Path, target: Path) -> None:
        read: Picture = read_picture(sys.stdin.buffer if picture == PIPE else picture)
        for note in read.notes:
            print_message(note)
        with advise_on_damage(run or PRESUMED, request):
            coloured = colourize_picture(store, run or PRESUMED, read.pixels, temperature, keep_lightness)
        if target == PIPE:
            sys.stdout.buffer.write(encode_png(coloured))
            return
        save_png(coloured, target)
        print_result(str(target))

    failed = 0
    for picture, target in zip(pictures, targets, strict=True):
        try:
            colour(picture, target)
        except DataError as error:  # of this picture alone: the others go on
            if len(pictures) == 1:
                raise
            print_message(f"Error: {error}")
            failed += 1
    if failed:
        print_message(f"{failed} of {len(pictures)} pictures could not be coloured.")
        sys.exit(FAILED)


def choose_targets(pictures: Sequence[Path], out: Path | None, out_dir: Path | None, force: bool) -> list[Path]:
    """Where each result goes, :data:`PIPE` for the standard output; refused before anything is computed.

    Raises:
        UsageError: options that do not go together, or a place that may not be written to.
    """
    from runs.storage.output_paths import choose_picture_path, choose_picture_paths

    if out is not None and (out_dir is not None or len(pictures) > 1):
        many = "--out-dir" if out_dir is not None else f"{len(pictures)} pictures"
        raise UsageError(f"--out: expected one picture and no --out-dir with it, got {many}. Use --out-dir alone.")
    if PIPE in pictures and (len(pictures) > 1 or out_dir is not None):
        raise UsageError(
            "IMAGE: expected -, the standard input, by itself and without --out-dir, got more. "
            "Name its result with --out."
        )
    if out == PIPE or (out is None and pictures == [PIPE]):
        if sys.stdout.isatty():
            raise UsageError("--out: expected a file or a pipe for the PNG, got a terminal. Name a file with --out.")
        return [PIPE]
    if out is not None:
        return [choose_picture_path(pictures[0], out, None, force)]
    return choose_picture_paths(pictures, out_dir, force)
