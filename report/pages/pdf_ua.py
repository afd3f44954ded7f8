"""What WeasyPrint leaves undone for PDF/UA-1, done on its objects before they are written.

Scopes of header cells, annotations that are printed, running heads that are no content, boxes of figures in the units
of the page, and what the files inside are to the document (ISO 14289-1:2014 and ISO 32000-1:2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Points in a CSS pixel.
POINTS = 0.75
#: The flag of an annotation that is printed (ISO 32000-1, table 165).
PRINTED = 4

Object = Any


def finish_document(document: Any, pdf: Any) -> None:
    """Make a tagged PDF conform, in place.

    Args:
        document: WeasyPrint's, which is not looked at.
        pdf: pydyf's, with a structure tree.
    """
    import pydyf

    dictionaries: list[Any] = [each for each in pdf.objects if isinstance(each, dict)]
    root = find_object(pdf, pdf.catalog["StructTreeRoot"])
    reached = {element.number for element in walk_tree(pdf, root)}
    for each in dictionaries:
        if each.get("Type") == "/Annot":
            each["F"] = PRINTED
        elif each.get("Type") == "/Filespec":
            each["AFRelationship"] = "/Supplement"
    elements = [each for each in dictionaries if each.get("Type") == "/StructElem"]
    for element in elements:
        if element["S"] == "/TH":
            element["A"]["Scope"] = "/Column" if _is_in_head(pdf, element) else "/Row"
        elif element["S"] == "/Figure":
            _turn_box(pdf, element)
    _untag(pdf, root, [element for element in elements if element.number not in reached])
    files = [each.reference for each in dictionaries if each.get("Type") == "/Filespec"]
    if files:
        pdf.catalog["AF"] = pydyf.Array(files)


def find_object(pdf: Any, reference: bytes) -> Any:
    """The object that a reference ("12 0 R") names."""
    return pdf.objects[int(reference.split()[0])]


def walk_tree(pdf: Any, element: Any) -> Iterator[Any]:
    """An element of the structure and all below it."""
    waiting = [element]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += [find_object(pdf, kid) for kid in each.get("K", ()) if isinstance(kid, bytes)]


def _is_in_head(pdf: Any, cell: Object) -> bool:
    """Whether a header cell stands in the head of its table, over a column."""
    row = find_object(pdf, cell["P"])
    return bool(find_object(pdf, row["P"])["S"] == "/THead")


def _turn_box(pdf: Any, figure: Object) -> None:
    """The box of a figure: from pixels below the upper edge of the page to points above its lower one."""
    height = find_object(pdf, figure["Pg"])["MediaBox"][3]
    left, top, right, bottom = (edge * POINTS for edge in figure["A"]["BBox"])
    figure["A"]["BBox"][:] = (left, height - bottom, right, height - top)


def _untag(pdf: Any, root: Object, orphans: list[Any]) -> None:
    """What hangs in no tree is no content: its marks in the pages become those of an artifact."""
    marked: dict[bytes, set[int]] = {}
    for orphan in orphans:
        marked.setdefault(orphan["Pg"], set()).update(kid for kid in orphan["K"] if isinstance(kid, int))
    numbers = find_object(pdf, root["ParentTree"])["Nums"]
    for page, marks in marked.items():
        if not marks:
            continue
        content = find_object(pdf, find_object(pdf, page)["Contents"]).stream
        for place, piece in enumerate(content):
            if piece == b"BDC" and content[place - 1].get("MCID") in marks:
                content[place - 2 : place + 1] = ["/Artifact", b"", b"BMC"]
        parents = numbers[numbers.index(find_object(pdf, page)["StructParents"]) + 1]
        for mark in marks:
            parents[mark] = "null"
    for orphan in orphans:
        orphan.clear()
        orphan["Type"] = "/Nothing"
