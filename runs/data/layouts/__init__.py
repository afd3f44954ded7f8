"""The layouts in which people keep pictures, declared once: a new one is a file in this folder and a line here."""

from __future__ import annotations

from runs.data.layouts.arrays import ARRAYS
from runs.data.layouts.binary import BINARY
from runs.data.layouts.class_folders import FOLDERS
from runs.data.layouts.kaggle import KAGGLE
from runs.data.layouts.layout import Layout
from runs.data.layouts.matlab import MATLAB
from runs.data.layouts.pickles import PICKLES
from runs.data.layouts.tables import TABLES
from runs.data.layouts.tfrecord import TFRECORD

#: In the order in which a folder is tried for them.
LAYOUTS: tuple[Layout, ...] = (PICKLES, BINARY, MATLAB, TABLES, TFRECORD, ARRAYS, KAGGLE, FOLDERS)
