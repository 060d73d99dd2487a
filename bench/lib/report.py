"""Medians and ratios, as a Markdown table."""

import json
import os
import platform
import re
import statistics
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from load import DISTURBED
from systems import ROOT


class Figures:
    """What all windows together have shown."""

    def __init__(self, windows, systems, workloads):
        """The windows, and the order in which to show their systems and workloads."""
        self.windows = windows
        self.systems = [name for name in systems if any(each.system == name for each in windows)]
        self.workloads = [each for each in workloads if any(one.workload == each.name for one in windows)]

    def all(self, workload, system):
        """The windows of one workload on one system."""
        return [each for each in self.windows if (each.workload, each.system) == (workload, system)]

    def counted(self, workload, system):
        """Those that count: the quiet ones, or all where none was quiet."""
        every = self.all(workload, system)
        return [each for each in every if not each.is_disturbed] or every

    def median(self, workload, system, what):
        """The median of one figure, or None where nothing was measured."""
        values = [getattr(each, what) for each in self.counted(workload, system)]
        values = [value for value in values if value is not None]
        return statistics.median(values) if values else None

    def ratio(self, workload, system, other):
        """How many times the rate of another system, by medians."""
        mine, theirs = (self.median(workload, name, "rate") for name in (system, other))
        return mine / theirs if mine and theirs else None

    def cost(self, workload, system, other):
        """How many times the processor time of another system, by medians."""
        mine, theirs = (self.median(workload, name, "cpu_us") for name in (system, other))
        return mine / theirs if mine and theirs else None

    def quiet(self, workload, system):
        """How many windows were quiet, of how many."""
        every = self.all(workload, system)
        return f"{sum(not each.is_disturbed for each in every)}/{len(every)}"


def number(value, digits=0):
    """A number for people, or a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


def times(value):
    """A ratio for people, or a dash."""
    return "–" if value is None else f"{value:.2f}×" if value < 100 else f"{value:.0f}×"


# Has other connections and no network of ours: held against it is what a request costs, not how many there are.
BY_COST = {"libpq"}

WORDS = {"workload", "system", "at the same time", "what it is"}


def table(head, rows):
    """A Markdown table, with its numbers to the right, or nothing where it has no rows."""
    if not rows:
        return ""
    rule = ["---" if column in WORDS else "---:" for column in head]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def main_table(figures):
    """Every workload on every system, but those that go on beside others."""
    others = [name for name in figures.systems if not name.startswith("Owambe")]
    head = ["workload", "system", "requests/s", "p50 ms", "p99 ms", "CPU µs", "bytes", "peak MiB", "errors",
            *(f"CPU of {name}" if name in BY_COST else f"of {name}" for name in others), "quiet"]
    rows = []
    for workload in (each for each in figures.workloads if not each.beside):
        for system in figures.systems:
            if figures.all(workload.name, system):
                rows.append(main_row(figures, workload.name, system, others))
    return table(head, rows)


def main_row(figures, workload, system, others):
    """One workload on one system."""
    def shown(what, digits=0):
        return number(figures.median(workload, system, what), digits)

    def held_against(name):
        ratio = figures.cost if name in BY_COST else figures.ratio
        return times(ratio(workload, system, name)) if name != system else ""

    rate, peak = (figures.median(workload, system, what) for what in ("rate", "peak_bytes"))
    errors = sum(each.errors for each in figures.all(workload, system))
    return [workload, system, number(rate, 1 if rate < 100 else 0), shown("p50_ms", 2), shown("p99_ms", 2),
            shown("cpu_us"), shown("bytes"), number(peak and peak / 2**20), number(errors),
            *(held_against(name) for name in others),
            figures.quiet(workload, system)]


def beside_table(figures):
    """What is left of reading while something heavy goes on."""
    head = ["at the same time", "system", "details/s", "of undisturbed", "p99 ms", "p99 undisturbed",
            "the other/s", "errors", "quiet"]
    rows = []
    for workload in (each for each in figures.workloads if each.beside):
        for system in figures.systems:
            if every := figures.all(workload.name, system):
                rate, alone = (figures.median(name, system, "rate") for name in (workload.name, "detail"))
                share = f"{100 * rate / alone:.0f} %" if rate and alone else "–"
                rows.append([
                    workload.beside, system, number(rate), share,
                    number(figures.median(workload.name, system, "p99_ms"), 2),
                    number(figures.median("detail", system, "p99_ms"), 2),
                    number(figures.median(workload.name, system, "beside_rate"), 1),
                    number(sum(each.errors + each.beside_errors for each in every)),
                    figures.quiet(workload.name, system),
                ])
    return table(head, rows)


def size_table(facts):
    """Starting, and memory."""
    head = ["system", "start, s", "at rest, MiB", "after a window, MiB", "at its peak, MiB", "what it is"]
    rows = []
    for name, each in facts.items():
        mib = [each[what] and each[what] / 2**20 for what in ("rest_bytes", "peak_bytes", "peak_resident_bytes")]
        rows.append([name, number(each["start_seconds"], 3), *(number(value, 1) for value in mib), each["about"]])
    return table(head, rows)


def markdown(figures, facts, machine, binary):
    """Everything for people."""
    disturbed = [each for each in figures.windows if each.is_disturbed]
    parts = [
        f"{machine['date'][:10]}, commit {machine['commit']}: {machine['processor']}, {machine['processors']} "
        f"processors, {machine['memory_gib']} GiB, Linux {machine['kernel']}; {machine['wrk']} on the same machine.",
        "Medians of windows; ratios are ratios of medians. Requests/s counts answers below 400. CPU is the system's, "
        "and bytes are those of its answer with the head, for one request; the peak is what its one process had "
        "resident during the window (VmHWM).",
        main_table(figures),
        beside_table(figures),
        size_table(facts),
        "Start is from the command to the first 200, the median of five, with files that the system has read before. "
        "Memory is PSS, at rest before anything was asked and the most after a window; at its peak it is what one "
        "process had resident (VmHWM), which adds up for one process only.",
        f"The binary has {binary / 1e6:.1f} MB, stripped." if binary else "",
        f"{len(disturbed)} of {len(figures.windows)} windows were disturbed (others had more than {DISTURBED:.0%} of "
        "the machine). They count only where no window of theirs was quiet (0/…).",
    ]
    return "\n\n".join(part for part in parts if part)


def machine():
    """What it was measured on, and with."""
    def told(*command):
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        return (done.stdout or done.stderr).strip()

    processor = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    total = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    commit = told("git", "rev-parse", "--short", "HEAD")
    changes = told("git", "status", "--porcelain", "--", "src", "Cargo.toml", "Cargo.lock")
    given = os.environ.get("OWAMBE_BIN")
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "commit": commit + (" with changes" if changes else "") + (" (or what OWAMBE_BIN is)" if given else ""),
        "processor": processor[1] if processor else platform.machine(),
        "processors": len(re.findall(r"^processor\s*:", Path("/proc/cpuinfo").read_text(), re.MULTILINE)),
        "memory_gib": round(int(total[1]) / 2**20) if total else None,
        "kernel": platform.release(),
        "wrk": " ".join(told("wrk", "--version").split()[:2]),
    }


def write_json(path, figures, facts, machine, binary, options):
    """Every window as it was, for who wants to count again."""
    raw = {
        "machine": machine,
        "options": options,
        "binary_bytes": binary,
        "systems": facts,
        "windows": [each.raw() for each in figures.windows],
    }
    Path(path).write_text(json.dumps(raw, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
