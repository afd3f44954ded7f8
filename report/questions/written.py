"""Figures of the write-up that claims of several questions speak of."""

from __future__ import annotations

from runs.specs.catalogue import BASE, LONG, SHORT

LOSSES = {SHORT: 0.0102, BASE: 0.0096, LONG: 0.0068}


#: The CNN's loss, as it is written.
CNN_LOSS = 1.55
