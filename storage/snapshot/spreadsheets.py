"""Keeps a spreadsheet from taking a text in a CSV file for a formula.

A headline like `=HYPERLINK(...)` is a stranger's formula in the reader's spreadsheet. An apostrophe
before it makes it a text, for Excel, LibreOffice and Google Sheets.
"""

#: The first characters with which a spreadsheet begins a formula. The last four are full-width: a
#: spreadsheet with East Asian settings takes them too.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def as_text(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA_STARTS else cell


def as_text_sql(column: str) -> str:
    """The same in SQL, for a column of texts."""
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"CASE WHEN left({column}, 1) IN ({starts}) THEN '''' || {column} ELSE {column} END"
