"""Measures how well an extraction agrees with what people marked as the article.

Takes labelled pages and extracted texts, gives a Score. It is the usual measure: precision, recall
and F1 over the multisets of word 4-grams of the extracted and the true text. Counts are summed over
all pages before dividing (micro-average). Metadata are correct if they are equal without letter
case, punctuation and spaces.
"""

import gzip
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from ingest.evaluation.score import Score
from ingest.extract.wording import key
from ingest.metadata.bylines import clean_authors
from ingest.model import CopydeskError
from ingest.words import grams

FIELDS = ("url", "text", "title", "author", "date")
#: What reads each file, by its name.
Files = Mapping[str, Callable[[], bytes]]
NAMES = re.compile(r"\s*(?:[;,&]|\band\b)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page, and its values as people marked them; empty if they marked none."""

    name: str
    html: bytes
    url: str
    text: str
    title: str = ""
    author: str = ""
    date: str = ""  # YYYY-MM-DD


def text_score(extracted: str, true: str) -> Score:
    """How an extracted text agrees with the true one, counted in word 4-grams."""
    found, wanted = grams(extracted), grams(true)
    right = (found & wanted).total()
    return Score(right=right, wrong=found.total() - right, missed=wanted.total() - right)


def same_title(found: str, true: str) -> bool:
    """Whether a headline is the true one."""
    return key(found) == key(true)


def same_authors(found: Iterable[str], true: str) -> bool:
    """Whether the names found are those of a written list, in any order.

    Titles and degrees may be missing. If no person signed, the printed name of an organisation
    counts.
    """
    ours = {key(name) for name in found} - {""}
    people = {key(name) for name in clean_authors([true]).authors}
    parts = {key(name) for name in NAMES.split(true)} - {""}
    return ours in (people, parts, {key(true)})


def read_labelled(path: Path) -> Iterator[Labelled]:
    """The labelled pages of a folder or a zip file. Raises CopydeskError.

    A page is NAME.html or NAME.html.gz, with NAME.json that has url, title, author, date and text.
    """
    try:
        files = _zipped(path) if path.is_file() else _listed(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise CopydeskError(
            f"{path} is neither a folder nor a zip of labelled pages: {error}"
        ) from error
    labels = sorted(name for name in files if name.endswith(".json"))
    if not labels:
        raise CopydeskError(f"{path} holds no NAME.json beside NAME.html: nothing is labelled")
    for label in labels:
        yield _labelled(label.removesuffix(".json"), files)


def _listed(folder: Path) -> Files:
    return {str(path): path.read_bytes for path in folder.iterdir() if path.is_file()}


def _zipped(path: Path) -> Files:
    archive = zipfile.ZipFile(path)
    return {name: partial(archive.read, name) for name in archive.namelist()}


def _labelled(name: str, files: Files) -> Labelled:
    try:
        said = json.loads(files[f"{name}.json"]())
        fields = {field: said.get(field) or "" for field in FIELDS}
        html = (
            files[f"{name}.html"]()
            if f"{name}.html" in files
            else gzip.decompress(files[f"{name}.html.gz"]())
        )
    except (KeyError, ValueError, AttributeError, OSError, EOFError, zlib.error) as error:
        raise CopydeskError(f"the labelled page {name} cannot be read: {error!r}") from error
    wrong = next((field for field, value in fields.items() if not isinstance(value, str)), "")
    if wrong:
        raise CopydeskError(f"the labelled page {name} cannot be read: its {wrong} is not text")
    return Labelled(name=PurePosixPath(name).name, html=html, **fields)
