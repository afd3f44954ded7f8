"""The colours of the charts, by name: each kind of network has the same colour on every chart."""

from __future__ import annotations

INK, SOFT, GRID = "#22262a", "#5d666e", "#dfe3e6"

#: Colours with a fixed meaning, told apart by colour-blind readers and readable as text on white.
COLOURS: dict[str, str] = {
    "regression": "#b84a00",
    "cnn": "#2452a8",
    "unet": "#08795a",
    "truth": "#33373b",
    "reference": "#555e66",
    "accent": "#8b4a9c",
    "muted": "#6e767e",
    "batch-10": "#440154",
    "batch-20": "#46307e",
    "batch-50": "#365c8d",
    "batch-100": "#1f7a84",
    "batch-200": "#5d7f1c",
    "extra-1": "#a63d6a",
    "extra-2": "#8a6a00",
    "extra-3": "#4e5fb8",
    "extra-4": "#5c6b2e",
}
#: A status is always said in words and by a sign too.
STATUS_COLOURS = {
    "reproduced": "#0b6e4f",
    "not reproduced": "#b03a00",
    "undecided": "#806000",
    "not assessable": "#5d666e",
    "missing": "#b9c0c6",
}
#: Hex value -> the name of the variable that the page gives it.
NAMES = {colour: name for name, colour in (COLOURS | {"ink": INK, "soft": SOFT, "grid": GRID}).items()}

_EXTRA = ("accent", "extra-2", "extra-3", "extra-1", "extra-4", "reference")


def find_colour(key: str, label: str = "", index: int = 0) -> str:
    """The hex colour of a key; without a known key, that of the name a label begins with, else the index-th other."""
    if key in COLOURS:
        return COLOURS[key]
    words = label.lower().replace(", batch ", " batch ").split()
    batch = f"batch-{words[words.index('batch') + 1]}" if "batch" in words[:-1] else ""
    first = words[0].strip(",:;") if words else ""
    for name in (batch, first):
        if name in COLOURS:
            return COLOURS[name]
    return COLOURS[_EXTRA[index % len(_EXTRA)]]
