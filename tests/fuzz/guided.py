"""Coverage-guided fuzzing with atheris, kind by kind: inputs that reach new code are kept.

    python tests/fuzz/guided.py --seconds 60                    every kind, a minute each
    python tests/fuzz/guided.py --kind feed --seconds 600       one kind
    python tests/fuzz/guided.py --replay                      the seeds once, without atheris

Begins with the seeds of seeds.py and the corpus in tests/data/fuzz/KIND. Inputs that are new are
kept in --work. With --keep those that reach most of our code go into the corpus. A check that fails
or takes too long is a finding: the run goes on, and the input is in --work/findings.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz.seeds import BYLINES, DATES, FEEDS, HTML, OPML, ROBOTS, TOKENS, URLS  # noqa: E402

CORPUS = ROOT / "tests" / "data" / "fuzz"
#: Bytes of an input at most, by kind. Long ones are what the bounds and their tests are about.
LONGEST = {
    "feed": 4_000,
    "page": 6_000,
    "url": 500,
    "robots": 2_000,
    "opml": 2_000,
    "byline": 600,
    "date": 120,
}
#: What atheris watches, besides our own code: what of a library decides how an input ends.
WATCHED = ["ingest", "feedparser", "listparser", "protego", "dateutil.parser"]
STATISTICS = re.compile(r"#(\d+)\s+(?:DONE|pulse|NEW|REDUCE|RELOAD|INITED)\s+cov: (\d+) ft: (\d+)")
PER_SECOND = re.compile(r"stat::number_of_executed_units:\s+(\d+)")


def seeds(kind: str) -> list[bytes]:
    """What the fuzzing of a kind begins with: our samples, and the corpus in the repository."""
    page = (ROOT / "deploy/sample/metrolantern.example").rglob("*.html")
    samples: dict[str, list[bytes]] = {
        "feed": FEEDS,
        "page": [HTML, *(path.read_bytes()[:6_000] for path in sorted(page)[:2])],
        "url": [url.encode() for url in URLS],
        "robots": ROBOTS,
        "opml": OPML,
        "byline": [byline.encode() for byline in BYLINES],
        "date": [date.encode() for date in DATES],
    }
    kept = sorted((CORPUS / kind).glob("*")) if (CORPUS / kind).is_dir() else []
    return [*samples[kind], *(path.read_bytes() for path in kept)]


def one_input(kind: str, findings: Path) -> Callable[[bytes], None]:
    """What atheris calls. A failed check is written down once for each place it fails at."""
    from fuzz.checks import SLOW, check

    check(kind, b"<p>2016</p>")  # what a first call loads is not the input's time
    seen: set[str] = set()

    def note(what: str, data: bytes, told: str) -> None:
        if what not in seen:
            seen.add(what)
            name = hashlib.sha256(data).hexdigest()[:12]
            (findings / f"{kind}-{name}").write_bytes(data)
            (findings / f"{kind}-{name}.txt").write_text(f"{what}\n{told}")

    def run(data: bytes) -> None:
        start = time.process_time()
        try:
            check(kind, data)
        except Exception as error:  # that there is none is what is tested
            place = traceback.extract_tb(error.__traceback__)[-1]
            what = f"{type(error).__name__} at {place.filename}:{place.lineno}"
            note(what, data, traceback.format_exc())
        if time.process_time() - start > SLOW[kind]:
            note("slow", data, f"{time.process_time() - start:.1f} s")

    return run


def fuzz(kind: str, arguments: list[str], findings: Path) -> None:
    """Fuzzes one kind in this process, which atheris ends."""
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=WATCHED):
        run = one_input(kind, findings)
    atheris.Setup([sys.argv[0], *arguments], run)
    atheris.Fuzz()


def fuzz_apart(kind: str, seconds: int, work: Path) -> str:
    """Fuzzes one kind in a process of its own; says what came of it, in a line."""
    corpus, findings = work / kind, work / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    for data in seeds(kind):
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    tokens = work / f"{kind}.dict"
    tokens.write_text("".join(f'"{_quoted(token)}"\n' for token in TOKENS))
    done = subprocess.run(
        [
            *(sys.executable, __file__, "--kind", kind, "--inside", "--work", str(work)),
            *("--", str(corpus), f"-max_total_time={seconds}", f"-max_len={LONGEST[kind]}"),
            *(f"-dict={tokens}", "-print_final_stats=1", "-rss_limit_mb=4096", "-timeout=120"),
            *(f"-artifact_prefix={findings}/{kind}-crash-", "-close_fd_mask=1", "-seed=1"),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    figures = STATISTICS.findall(done.stderr)
    runs = PER_SECOND.search(done.stderr)
    if not figures or not runs:
        return f"{kind:7} did not run: {done.stderr[-2000:]}"
    first, last = figures[0], figures[-1]
    found = len(list(findings.glob(f"{kind}-*.txt"))) + len(list(findings.glob(f"{kind}-crash-*")))
    return (
        f"{kind:7} {int(runs[1]):9,} executions, coverage {first[1]} -> {last[1]} edges, "
        f"{last[2]} features, {len(list(corpus.iterdir()))} inputs kept, {found} findings"
    )


def _quoted(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def replay() -> list[str]:
    """Puts every seed through its check; says which fail."""
    from fuzz.checks import check

    failed = []
    for kind in LONGEST:
        for data in seeds(kind):
            try:
                check(kind, data)
            except Exception as error:  # that there is none is what is tested
                failed.append(f"{kind} {data[:80]!r}: {type(error).__name__}: {error}")
    return failed


def keep(kind: str, work: Path, most: int = 24) -> int:
    """Puts inputs into the corpus, each of which reaches lines that no earlier one reaches."""
    (CORPUS / kind).mkdir(parents=True, exist_ok=True)
    reached: set[tuple[str, int]] = set()
    for data in seeds(kind):
        reached |= lines_of(kind, data)
    new = {path: lines_of(kind, path.read_bytes()) for path in sorted((work / kind).iterdir())}
    kept = 0
    while new and kept < most:
        best = max(new, key=lambda path: (len(new[path] - reached), -path.stat().st_size))
        if not new[best] - reached:
            break
        reached |= new.pop(best)
        (CORPUS / kind / best.name).write_bytes(best.read_bytes())
        kept += 1
    return kept


def lines_of(kind: str, data: bytes) -> set[tuple[str, int]]:
    """The lines of our code, and those it follows on, that an input reaches."""
    from fuzz.checks import check

    found: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: object) -> object:
        if event == "call" and "/ingest/" not in frame.f_code.co_filename:
            return None
        last = [0]

        def line(frame: FrameType, event: str, _: object) -> object:
            if event == "line":
                found.add((frame.f_code.co_filename, frame.f_lineno * 10_000 + last[0]))
                last[0] = frame.f_lineno
            return line

        return line

    sys.settrace(trace)
    try:
        check(kind, data)
    except Exception:  # a finding covers something too
        return found
    finally:
        sys.settrace(None)
    return found


def main() -> int:
    """Runs what the command line asks for; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kind", choices=list(LONGEST), help="one kind alone")
    parser.add_argument("--seconds", type=int, default=60, help="of each kind")
    parser.add_argument("--work", type=Path, help="a folder for the inputs that are kept")
    parser.add_argument("--keep", action="store_true", help="from --work into the corpus")
    parser.add_argument("--replay", action="store_true", help="only the seeds, once")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        fuzz(options.kind, options.arguments, options.work / "findings")
    if options.keep:
        for kind in [options.kind] if options.kind else LONGEST:
            sys.stdout.write(f"{kind}: {keep(kind, options.work)} kept\n")
        return 0
    if options.replay:
        failed = replay()
        sys.stdout.write("".join(f"{line}\n" for line in failed or ["every seed passes"]))
        return bool(failed)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        for kind in [options.kind] if options.kind else LONGEST:
            sys.stdout.write(f"{fuzz_apart(kind, options.seconds, work)}\n")
            sys.stdout.flush()
        found = sorted((work / "findings").glob("*.txt"))
        for path in found:
            sys.stdout.write(f"\n{path.name}: {path.read_text()[-1500:]}\n")
            sys.stdout.write(f"{path.with_suffix('').read_bytes()!r}\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
