"""What every measurement does: building, windows in turn, and an end that ends the servers too."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import report
import workloads
from load import Load
from processes import Failed
from systems import ROOT, say


def chosen_from(parser, words, known):
    """Some of what is known, or all of it where nothing was said; `page 1,000` has a comma of its own."""
    if not words:
        return known
    names = words.replace("1,000", "1000").split(",")
    names = [name.strip().replace("1000", "1,000") for name in names]
    for name in names:
        if name not in known:
            parser.error(f"{name!r} is none of: {', '.join(known)}")
    return [name for name in known if name in names]


def binaries(*wanted):
    """Owambe, and the limit where it is wanted, built alike unless they are named."""
    folder = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
    known = {
        "OWAMBE_BIN": (folder / "owambe", ["--bin", "owambe"]),
        "LIMIT_BIN": (folder / "examples/limit", ["--example", "limit"]),
    }
    if not all(os.environ.get(name) for name in wanted):
        say("Building…")
        what = [word for name in wanted for word in known[name][1]]
        if subprocess.run(["cargo", "build", "--release", "--quiet", *what], cwd=ROOT, check=False).returncode != 0:
            raise Failed("it cannot be built")
    return [Path(os.environ.get(name) or known[name][0]).resolve() for name in wanted]


def measure(chosen, systems, folder):
    """All windows: round by round, workload by workload, and each system in turn, in an order that rotates."""
    load = Load(folder, chosen.seconds, chosen.connections)
    known = {each.name: each for each in workloads.ALL}
    windows = []
    say(f"\n{'workload':24} {'system':20} {'requests/s':>10} {'p50 ms':>9} {'p99 ms':>9} {'errors':>7} {'others':>7}")
    for number in range(1, chosen.rounds + 1):
        for place, name in enumerate(chosen.only):
            first = (number + place) % len(systems)
            for system in systems[first:] + systems[:first]:
                window = load.measure(system, known[name], known.get(known[name].beside), number)
                if window:
                    windows.append(window)
                    tell(window)
    return windows


def tell(window):
    """One line about one window."""
    p50, p99 = (report.number(value, 2) for value in (window.p50_ms, window.p99_ms))
    say(f"{window.workload:24} {window.system:20} {window.rate:10,.1f} {p50:>9} {p99:>9} "
        f"{window.errors + window.beside_errors:7} {window.others:7.0%}{'  disturbed' if window.is_disturbed else ''}")


def leave(_sign, _frame):
    """Ends the run in the way that ends its servers too."""
    sys.exit("stopped")


def start(main):
    """Runs it, and says in a line why it cannot go on."""
    for sign in signal.SIGTERM, signal.SIGHUP:
        signal.signal(sign, leave)
    try:
        if not shutil.which("wrk"):
            raise Failed("install wrk first: sudo apt-get install wrk")
        main()
    except Failed as err:
        sys.exit(str(err))
    except KeyboardInterrupt:
        sys.exit("stopped")
