"""One window: one system is asked one kind of thing for some seconds, by wrk or what else it takes."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from processes import Failed, Usage, settle, tail

# Others may have this share of the machine before a window counts as disturbed.
DISTURBED = 0.15


@dataclass
class Window:
    """What was measured in one window."""

    round: int
    workload: str
    system: str
    requests: int
    seconds: float
    rate: float  # answers below 400 a second
    p50_ms: float | None
    p99_ms: float | None
    errors: int
    cpu_us: float | None  # processor time of the system for one request
    bytes: float | None  # of one answer, with its head
    peak_bytes: int | None  # the most that its one process had resident meanwhile
    others: float  # share of the machine that neither the system nor the load had
    beside_rate: float | None  # of the second wrk, where there is one
    beside_errors: int

    @property
    def is_disturbed(self):
        """Whether something else kept the machine busy."""
        return self.others > DISTURBED

    def raw(self):
        """All of it for the JSON file."""
        return {**asdict(self), "disturbed": self.is_disturbed}


@dataclass
class Result:
    """What a load has counted."""

    requests: int
    seconds: float
    bytes: int | None
    p50_ms: float | None
    p99_ms: float | None
    refused: int
    errors: int

    @property
    def rate(self):
        """Good answers a second."""
        return (self.requests - self.refused) / self.seconds

    @staticmethod
    def read(output):
        """Finds the numbers of bench/load.lua in what wrk wrote."""
        line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
        if line is None:
            raise Failed(f"wrk did not come to an end:\n{tail(output)}")
        requests, micros, size, p50, p99, status, timeouts, broken = (int(field) for field in line.split()[1:])
        return Result(requests, micros / 1e6, size, p50 / 1000, p99 / 1000, status, status + timeouts + broken)


class Load:
    """Those who ask, and the files that they read."""

    def __init__(self, folder, seconds, connections):
        """Where its files go, how long a window is, and how many ask at once."""
        self.folder, self.seconds, self.connections = Path(folder), seconds, connections

    def measure(self, system, workload, beside, number):
        """Warms a system up, measures it, and waits until it rests again; None where it has no such thing."""
        asked = system.requests(workload.asks)
        background = system.requests(beside.name) if beside else None
        if asked is None or (beside and background is None):
            return None
        self._run(system, self._command(system, workload, asked, number + 1000, "window"), min(2, self.seconds))
        settle(system.roots())
        system.forget_peak()
        command = self._command(system, workload, asked, number, "window")

        other = self._start(self._command(system, beside, background, number, "beside")) if beside else None
        try:
            if other:
                time.sleep(1)
            before = Usage.now(system.roots())
            result = self._run(system, command, self.seconds * workload.longer)
            second = self._finish(other) if other else None
            after = Usage.now(system.roots())
        finally:
            if other and other.poll() is None:
                other.kill()
                other.wait()
        peak = system.look_at_memory()
        settle(system.roots())
        return window(system, workload, number, result, second, (before, after), peak)

    def _command(self, system, workload, requests, number, file):
        path = self.folder / file
        path.write_text("\n".join(requests) + "\n", encoding="utf-8")
        return system.ask(path, workload, workload.connections or self.connections, number)

    def _start(self, command, seconds=600):
        words = [word.replace("DURATION", str(seconds)) for word in command]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def _run(self, system, command, seconds):
        process = self._start(command, seconds)
        try:
            return system.read(process.communicate()[0])
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()

    def _finish(self, process):
        """Asks a wrk that goes on and on to stop, and to say what it did."""
        os.kill(process.pid, signal.SIGINT)
        return Result.read(process.communicate()[0])


def window(system, workload, number, result, second, usage, peak):
    """Puts together what one window has shown; nothing can be said of requests that were not answered in it."""
    def each(value):
        return value / result.requests if result.requests and value is not None else None

    before, after = usage
    seconds = after.system - before.system
    if system.load_counts:
        seconds += after.load - before.load
    return Window(
        round=number,
        workload=workload.name,
        system=system.name,
        requests=result.requests,
        seconds=result.seconds,
        rate=result.rate,
        p50_ms=result.p50_ms if result.requests else None,
        p99_ms=result.p99_ms if result.requests else None,
        errors=result.errors,
        cpu_us=None if second else each(seconds * 1e6),
        bytes=each(result.bytes),
        peak_bytes=peak,
        others=before.share_of_others(after),
        beside_rate=second.rate if second else None,
        beside_errors=second.errors if second else 0,
    )
