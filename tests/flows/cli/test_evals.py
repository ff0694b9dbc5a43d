"""`copydesk eval pairs`, as a user types it."""

import re

from support.commands import COPY, STORY, copydesk

from flows.pipeline.evaluating import SWEEPS


def test_labelled_pairs_are_measured_and_the_misjudged_named(filled, tmp_path):
    pairs, plot = tmp_path / "pairs.tsv", tmp_path / "sweep.svg"
    own = "https://daily.example/own"
    rows = [
        ("label", "url_a", "url_b"),
        ("copy", STORY, COPY),
        ("copy", STORY, own),
        ("shares", COPY, own),
        ("unrelated", COPY, "https://nowhere.example/"),
    ]
    pairs.write_text("".join("\t".join(row) + "\n" for row in rows))
    status, shown, _ = copydesk("eval", "pairs", pairs, "--db", filled, "--plot", plot)
    assert status == 0
    assert re.search(r"folded +1\.000 +0\.500 +0\.667", shown)
    assert "copy, became nothing" in shown
    assert plot.read_text().count("<polyline") == 3 * len(SWEEPS)


def test_a_pairs_file_that_is_none_is_one_sentence(filled, tmp_path):
    wrong = tmp_path / "pairs.tsv"
    wrong.write_text("one,two\n")
    status, _, complaint = copydesk("eval", "pairs", wrong, "--db", filled)
    assert status == 1
    assert "names label, url_a and url_b" in complaint
    status, _, complaint = copydesk("eval", "pairs", tmp_path / "none.tsv", "--db", filled)
    assert status == 1
    assert "cannot read the pairs file" in complaint


def test_a_plot_into_a_folder_that_is_not_there_is_said_before_the_work(filled, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"label\turl_a\turl_b\ncopy\t{STORY}\t{COPY}\n")
    status, shown, complaint = copydesk(
        "eval", "pairs", pairs, "--db", filled, "--plot", tmp_path / "none" / "sweep.svg"
    )
    assert (status, shown) == (1, "")
    assert "there is no folder" in complaint
