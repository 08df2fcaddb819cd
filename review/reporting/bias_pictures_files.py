"""The files of the pictures of bias: each page as SVG, PDF and PNG, its table, and the same judgements as robvis reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from review.bias.robvis import RobvisRow, write_robvis
from review.errors import InputRefused
from review.reporting.bias_pictures import BiasFigure, bias_summary, file_name, page_names, traffic_light
from review.reporting.bias_pictures_rows import OVERALL, Board, Row, boards
from review.reporting.render import Writer, text_to
from review.reporting.rooms import Rooms
from review.text import no_formula


def bias_files(rooms: Rooms) -> dict[str, Writer]:
    """Path in the report's folder -> what writes it, of every picture: ``figures/NAME.svg`` and so on, ``tables/NAME.csv``, for robvis."""
    files: dict[str, Writer] = {}
    for board in boards(rooms):
        for picture in (traffic_light(rooms, board), bias_summary(rooms, board)):
            for name, svg in zip(page_names(picture.name, len(picture.pages)), picture.pages, strict=True):
                files[f"figures/{name}.svg"] = partial(_text, svg)
                files[f"figures/{name}.pdf"] = partial(_pdf, svg)
                files[f"figures/{name}.png"] = partial(_png, svg)
            files[f"tables/{picture.name}.csv"] = partial(_table, picture, False)
            files[f"tables/{picture.name}_spreadsheet.csv"] = partial(_table, picture, True)
        files |= {f"tables/{name}.csv": partial(_text, text) for name, text in robvis_texts(board).items()}
    return files


def robvis_texts(board: Board) -> dict[str, str]:
    """File name -> text: the judgements as robvis reads them, and the rows that it must not see, each with the reason.

    Nothing where robvis has no template for the tool, or no word for one of its levels.
    """
    whole = [row for row in board.judged if None not in row.cells]
    named = _names(board)
    keys = [slot.key for slot in board.slots]
    rows = []
    for row in whole:
        levels = {key: cell.label for key, cell in zip(keys, row.cells, strict=True) if cell}
        overall = levels.pop(OVERALL, "")
        domains = {slot.key: levels[slot.key] for slot in board.slots if slot.part == "bias"}
        rows.append(RobvisRow(named[row.key], domains, overall, row.weight))
    try:
        text = write_robvis(rows, board.tool)
    except InputRefused:
        return {}
    others = [row for row in (*board.rows, *board.apart) if row not in whole]
    name = file_name("robvis", board)
    return {name: text, **({f"{name}_not_assessed": _not_assessed(board, others, named)} if others else {})}


def _names(board: Board) -> dict[str, str]:
    """The name of each row by its key: the study's, with the result where it has several, and a number where that is still the same."""
    found: dict[str, str] = {}
    for row in (*board.rows, *board.apart):
        name = f"{row.label}, {row.result}" if row.result else row.label
        same = sum(one == name or one.startswith(f"{name} (") for one in found.values())
        found[row.key] = f"{name} ({same + 1})" if same else name
    return found


def _not_assessed(board: Board, rows: Sequence[Row], named: dict[str, str]) -> str:
    """For people, who open it in a spreadsheet program: what would be a formula there is text."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(["Study", "Standing", "Without judgement", "Reason"])
    for row in rows:
        bare = ", ".join(slot.head for slot, cell in zip(board.slots, row.cells, strict=True) if cell is None)
        writer.writerow([no_formula(words) for words in (named[row.key], row.status, bare, row.view.reason)])
    return made.getvalue()


def _text(text: str, path: Path) -> Sequence[str]:
    return text_to(path, text)


def _pdf(svg: str, path: Path) -> Sequence[str]:
    from review.reporting.documents.picture import svg_to_pdf

    path.write_bytes(svg_to_pdf(svg))
    return ()


def _png(svg: str, path: Path) -> Sequence[str]:
    from review.reporting.documents.picture import svg_to_png

    path.write_bytes(svg_to_png(svg))
    return ()


def _table(picture: BiasFigure, guarded: bool, path: Path) -> Sequence[str]:
    picture.table.csv(path, spreadsheet=guarded)
    return ()
