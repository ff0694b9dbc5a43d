import json

import pytest

from ingest.evaluation.text import read_labelled, text_score
from ingest.model import CopydeskError


@pytest.mark.parametrize("label", [[], "text", {"text": 7}, {"text": "ok", "author": ["Ana Lund"]}])
def test_a_label_of_another_shape_is_named(tmp_path, label):
    (tmp_path / "quay.html").write_text("<p>The quay sank.")
    (tmp_path / "quay.json").write_text(json.dumps(label))
    with pytest.raises(CopydeskError, match="quay"):
        list(read_labelled(tmp_path))


def test_a_broken_archive_of_a_page_is_named(tmp_path):
    (tmp_path / "quay.html.gz").write_bytes(b"\x1f\x8bno gzip file")
    (tmp_path / "quay.json").write_text("{}")
    with pytest.raises(CopydeskError, match="quay"):
        list(read_labelled(tmp_path))


def test_texts_of_fewer_than_four_words_agree_where_they_are_the_same():
    assert text_score("The quay sank.", "the quay sank").f1 == 1
    assert text_score("The quay", "the quay sank").f1 == 0
