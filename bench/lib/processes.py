"""Processes: starting and ending them, and what they cost."""

import contextlib
import http.client
import os
import resource
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TICK = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count() or 1


class Failed(Exception):
    """Something that has to work did not; the words are for who started the run."""


@dataclass
class Usage:
    """Processor time until now, in seconds: of some processes, of the load, and of the whole machine."""

    clock: float
    system: float
    load: float
    machine: float

    @staticmethod
    def now(roots):
        """Looks at the clock and at what was used."""
        own = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        load = sum(usage.ru_utime + usage.ru_stime for usage in own)
        return Usage(time.monotonic(), cpu_seconds(roots), load, machine_seconds())

    def share_of_others(self, later):
        """How much of the machine went to neither the system nor the load, from 0 to 1."""
        ours = later.system - self.system + later.load - self.load
        others = later.machine - self.machine - ours
        return max(0.0, others / ((later.clock - self.clock) * PROCESSORS))


def machine_seconds():
    """Seconds of all processors that were not idle."""
    user, nice, system, _idle, _wait, irq, softirq, steal = (
        int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / TICK


def tree(root):
    """The ids of a process and of all that it started and that still run."""
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def trees(roots):
    """The ids of several processes and of all that they started."""
    return list(dict.fromkeys(pid for root in roots for pid in tree(root)))


def cpu_seconds(roots):
    """Processor time of some processes, and of what they started, whether it runs or has ended."""
    total = 0
    for pid in trees(roots):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += sum(int(field) for field in fields[11:15])
    return total / TICK


def memory(roots):
    """Bytes that some processes hold, with what they share divided among those who share it (PSS)."""
    return sum(kilobytes(pid, "smaps_rollup", "Pss") for pid in trees(roots)) * 1024


def peak_memory(roots):
    """The most bytes that a process held (VmHWM); nothing where there are several, which share some."""
    pids = trees(roots)
    return kilobytes(pids[0], "status", "VmHWM") * 1024 if len(pids) == 1 else None


def forget_peak(roots):
    """Lets `peak_memory` tell what is held from now on."""
    for pid in trees(roots):
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5")


def kilobytes(pid, file, field):
    """A number out of a file about a process, or 0 where it has ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1])
    return 0


def settle(roots, longest=30.0):
    """Waits until some processes have done what they were still at."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        before = cpu_seconds(roots)
        time.sleep(0.5)
        if cpu_seconds(roots) - before <= 0.05:
            return


def free_port():
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url):
    """Whether there is a 200 at an address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    return False


def run(command, what, **options):
    """Runs a command to its end, and gives what it wrote."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Failed(f"{what}:\n{tail(done.stdout + done.stderr)}")
    return done.stdout


def tail(text, lines=15):
    """The last lines of a text."""
    return "\n".join(text.rstrip().splitlines()[-lines:])


class Server:
    """A server that is ended with everything that it started."""

    def __init__(self, command, ready, log, **options):
        """Starts it, and waits until it answers at the address `ready`."""
        self.log = log
        began = time.monotonic()
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **options
            )
        try:
            self._wait(ready)
        except BaseException:
            self.stop()
            raise
        self.seconds = time.monotonic() - began

    def _wait(self, ready, longest=900.0):
        end = time.monotonic() + longest
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"a server ended at once:\n{tail(Path(self.log).read_text(errors='replace'))}")
            if answers(ready):
                return
            time.sleep(0.002)
        raise Failed(f"a server did not answer within {longest:.0f} seconds: {ready}")

    def stop(self):
        """Ends it and what it started: kindly at first, and then by force."""
        for sign, longest in (signal.SIGTERM, 20), (signal.SIGKILL, 5):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(longest)
                break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
