"""Owambe on both databases, and what it is held against: how they are filled, started and asked."""

import contextlib
import itertools
import os
import random
import re
import shutil
import sqlite3
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import workloads
from client import Client
from load import Result
from processes import Failed, Server, forget_peak, free_port, memory, peak_memory, run, settle
from workloads import BENCH, request

ROOT = Path(__file__).resolve().parent.parent.parent

# An access token is good for 15 minutes: a window never begins with one that is older than this.
OLDEST_TOKEN = 480.0

# How many people put up pictures.
UPLOADERS = 8

# More events than these are not told apart by a load that takes any of them.
MOST_IDS = 50_000

# Steps in which the list of events is walked. Each shows the way to two pages.
STEPS = 10_000


def say(words):
    """Tells whoever waits how far it is."""
    print(words, flush=True)


class System:
    """Something that is measured."""

    name = ""
    about = ""
    ready = "/health/ready/"
    load_counts = False  # whether what the load costs counts as its own

    def __init__(self, size, folder):
        """What it is to hold, and a folder of its own that goes with the run."""
        self.size, self.folder = size, Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = None
        self.rest, self.starts, self.peak, self.peak_resident = 0, [], 0, None

    def command(self):
        """How it is started: a command, and what subprocess takes beside it."""
        raise NotImplementedError

    def fill(self):
        """Brings the data, before it is started for the first time."""

    def learn(self):
        """Finds out what can be asked for, once it runs."""

    def requests(self, workload):
        """The lines to send, or None where it has no such thing."""
        raise NotImplementedError

    def ask(self, file, workload, connections, seed):
        """The command that sends the lines of a file; DURATION in it stands for seconds."""
        return ["wrk", "-t", "1", "-c", str(connections), "--timeout", "60s", "-d", "DURATIONs", "-s",
                str(BENCH / "load.lua"), self.url, "--", str(file), workload.order, str(seed)]

    def read(self, output):
        """What came of it, out of what that command wrote."""
        return Result.read(output)

    def roots(self):
        """The processes that do its work."""
        return [self.server.process.pid]

    def start(self):
        """Starts it, and waits until it is ready."""
        command, options = self.command()
        self.server = Server(command, self.url + self.ready, self.folder / "log", **options)

    def stop(self):
        """Ends it."""
        if self.server:
            self.server.stop()
            self.server = None

    def stop_for_good(self):
        """Ends it, and whatever else was started for it."""
        self.stop()

    def start_cold(self, times):
        """Starts it some times from nothing, and lets the last one run."""
        for _ in range(times):
            self.stop()
            self.start()
            self.starts.append(self.server.seconds)
        settle(self.roots())
        self.rest = memory(self.roots())

    def forget_peak(self):
        """Lets the next look at memory tell what was held since now."""
        self._keep_peak()
        forget_peak(self.roots())

    def look_at_memory(self):
        """Keeps the most that it held at the end of a window, and tells the most that it had since `forget_peak`."""
        self.peak = max(self.peak, memory(self.roots()))
        return self._keep_peak()

    def _keep_peak(self):
        peak = peak_memory(self.roots())
        self.peak_resident = max(peak, self.peak_resident or 0) if peak else None
        return peak

    def facts(self):
        """What is known of it beside its speed."""
        return {
            "about": self.about,
            "start_seconds": statistics.median(self.starts) if self.starts else None,
            "rest_bytes": self.rest,
            "peak_bytes": self.peak,
            "peak_resident_bytes": self.peak_resident,
        }


class Owambe(System):
    """Owambe on SQLite."""

    name = "Owambe, SQLite"
    about = "WAL with synchronous = full: each commit is on the disk before it is answered"

    def __init__(self, size, folder, binary):
        """The binary to run, beside what every system needs."""
        super().__init__(size, folder)
        self.binary = binary
        self.ids, self.people, self.sessions, self.pages = [], {}, [], []
        self.password, self.signed_in_at, self.page_1000, self.party = "", 0.0, None, 0

    def environment(self):
        """Its settings."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("OWAMBE_")},
            "OWAMBE_DATA_DIR": str(self.folder / "data"),
            "OWAMBE_LISTEN": f"127.0.0.1:{self.port}",
            "OWAMBE_RATE_LIMIT": "off",
            "RUST_LOG": "warn",
        }

    def command(self):
        """The server."""
        return [self.binary], {"env": self.environment()}

    def fill(self):
        """`owambe demo`, without its pictures."""
        size = self.size
        numbers = [("users", size.users), ("events", size.events), ("interests", size.interests),
                   ("comments", size.comments)]
        flags = [f"--{what}={count}" for what, count in numbers]
        told = run([self.binary, "demo", "--no-pictures", *flags], "owambe demo failed", env=self.environment())
        self.password = re.search(r'with the password "(.+?)"', told)[1]
        say("  " + told.splitlines()[0])

    def learn(self):
        """Walks the list for the events and their creators, signs people in, and makes the party of `rsvp`."""
        self._walk()
        self.page_1000 = self._find_page(min(1000, max(2, self.size.events // 50)))
        with ThreadPoolExecutor(4) as pool:
            self.sessions = list(pool.map(self._sign_in, list(self.people)[: self.size.signed_in]))
        self.signed_in_at = time.monotonic()
        party = {**workloads.new_events(1)[0], "capacity": 1_000_000}
        self.party = Client(self.url, self.sessions[0]["access"]).post("/api/events/", party)["id"]

    def _walk(self):
        step = max(1, min(100, self.size.events // STEPS))
        client, path = Client(self.url), f"/api/events/?page_size={step}"
        while path:
            page = client.get(path)
            for event in page["results"]:
                self.ids.append(event["id"])
                self.people[event["creator"]["username"]] = event["creator"]["id"]
            ways = [relative(page[way]) for way in ("next", "previous")]
            self.pages += [way.replace(f"page_size={step}", "page_size=20") for way in ways if way]
            path = ways[0]
        if len(self.ids) > MOST_IDS:
            self.ids = random.Random(1).sample(self.ids, MOST_IDS)

    def _find_page(self, number):
        client, path = Client(self.url), "/api/events/?page_size=20"
        for _ in range(number - 1):
            path = relative(client.get(path)["next"])
        return path

    def _sign_in(self, username):
        body = {"username": username, "password": self.password}
        return Client(self.url).post("/api/users/login/", body)

    def tokens(self):
        """Access tokens of some hundreds of people, none of them about to expire."""
        if time.monotonic() - self.signed_in_at > OLDEST_TOKEN:
            client = Client(self.url)
            self.sessions = [
                client.post("/api/users/token/refresh/", {"refresh": session["refresh"]}) for session in self.sessions
            ]
            self.signed_in_at = time.monotonic()
        return [session["access"] for session in self.sessions]

    def requests(self, workload):
        """All workloads."""
        page = "/api/events/"
        match workload:
            case "detail":
                return [request("GET", f"/api/events/{id}/") for id in self.ids]
            case "detail signed in":
                return [
                    request("GET", f"/api/events/{id}/", token)
                    for id, token in zip(self.ids, itertools.cycle(self.tokens()))
                ]
            case "page":
                return [request("GET", page)]
            case "page signed in":
                return [request("GET", page, token) for token in self.tokens()]
            case "page with count":
                return [request("GET", f"{page}?count=true")]
            case "page 1,000":
                return [request("GET", self.page_1000)]
            case "page at random":
                return [request("GET", path) for path in self.pages]
            case "page at random signed in":
                return [
                    request("GET", path, token) for path, token in zip(self.pages, itertools.cycle(self.tokens()))
                ]
            case "search":
                return [request("GET", f"{page}?q={words}") for words in workloads.SEARCHES]
            case "search at random":
                return [request("GET", f"{page}?q={words}") for words in workloads.questions()]
            case "create":
                return [
                    request("POST", page, token, event)
                    for event, token in zip(workloads.new_events(), itertools.cycle(self.tokens()))
                ]
            case "rsvp":
                return self._answers()
            case "login":
                return [
                    request("POST", "/api/users/login/", "", {"username": username, "password": self.password})
                    for username in self.people
                ]
            case "picture":
                # Some put up a picture of themselves, each in the place of the last one.
                return [
                    workloads.upload("PUT", "/api/users/profile/avatar/", token, self.size.upload)
                    for token in self.tokens()[-UPLOADERS:]
                ]
        return None

    def _answers(self):
        people = [(session["user"]["id"], token) for session, token in zip(self.sessions, self.tokens())]
        return [
            request("PUT", f"/api/users/{user}/interests/{self.party}/", token, {"status": status})
            for status in ("going", "interested")
            for user, token in people
        ]


class OwambeOnPostgres(Owambe):
    """Owambe on a PostgreSQL server of its own."""

    name = "Owambe, PostgreSQL"
    about = "PostgreSQL as it comes, with fsync, on the same machine and without TLS; its processes count too"

    def __init__(self, size, folder, binary):
        """Starts a cluster to throw away; raises Failed where there is none to be had."""
        super().__init__(size, folder, binary)
        told = run([ROOT / "scripts/postgres", "start"], "scripts/postgres cannot start a server")
        self.cluster = dict(re.findall(r"^export (\w+)=(.*)$", told, re.MULTILINE))

    def environment(self):
        """Its settings, and where its database is."""
        url = self.cluster["TEST_POSTGRES_URL"] + "/postgres?sslmode=disable"
        return {**super().environment(), "OWAMBE_DATABASE_URL": url}

    def fill(self):
        """`owambe demo`; after it, PostgreSQL waits for the disk, which scripts/postgres spares tests."""
        super().fill()
        with open(self._data() / "postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write("fsync = on\nfull_page_writes = on\n")
        os.kill(self._postmaster(), 1)
        os.sync()
        if psql := shutil.which("psql"):
            time.sleep(1)
            url = self.cluster["TEST_POSTGRES_URL"] + "/postgres"
            if run([psql, "-Atc", "show fsync", url], "psql failed").strip() != "on":
                raise Failed("PostgreSQL does not wait for the disk, so that its figures would be wrong")

    def _data(self):
        return Path(self.cluster["TEST_POSTGRES_DIR"]) / "data"

    def _postmaster(self):
        return int((self._data() / "postmaster.pid").read_text().split("\n", 1)[0])

    def roots(self):
        """The server's processes and PostgreSQL's."""
        return [*super().roots(), self._postmaster()]

    def stop_for_good(self):
        """Ends the cluster as well, and deletes it."""
        self.stop()
        run([ROOT / "scripts/postgres", "stop"], "scripts/postgres cannot stop its server",
            env={**os.environ, **self.cluster})


class Limit(System):
    """The same bytes from memory."""

    name = "limit"
    about = "bench/limit.rs: Owambe's bytes from memory, for page 1,000 those of the first; keeps nothing"

    def __init__(self, size, folder, binary, owambe):
        """The binary, and the Owambe whose answers it repeats."""
        super().__init__(size, folder)
        self.binary, self.owambe = binary, owambe

    def command(self):
        """The server, which asks Owambe for everything at its start."""
        token = self.owambe.tokens()[0]
        return [self.binary, self.owambe.url, token, f"127.0.0.1:{self.port}"], {}

    def requests(self, workload):
        """What Owambe is asked, where the limit has such a thing; its page 1,000 is the first one."""
        known = ("detail", "detail signed in", "page", "page signed in", "page 1,000", "create", "login", "picture")
        return self.owambe.requests(workload) if workload in known else None


class OneCommit(System):
    """The same creation, and a transaction for each request."""

    name = "one commit each"
    about = "bench/limit/creation.rs: creation by one connection behind a lock, with Owambe's tables and settings"

    def __init__(self, size, folder, binary, owambe):
        """The binary, and the Owambe on SQLite whose data it begins with."""
        super().__init__(size, folder)
        self.binary, self.owambe = binary, owambe
        self.file = self.folder / "owambe.db"

    def fill(self):
        """Takes a copy of the data."""
        with contextlib.closing(sqlite3.connect(self.owambe.folder / "data/owambe.db")) as source:
            with contextlib.closing(sqlite3.connect(self.file)) as copy:
                source.backup(copy)

    def command(self):
        """The server."""
        return [self.binary, "creation", self.file, f"127.0.0.1:{self.port}"], {}

    def requests(self, workload):
        """Creation, and nothing else."""
        return self.owambe.requests(workload) if workload == "create" else None


def relative(url):
    """An address without the server, or nothing where there is none."""
    parts = urlsplit(url or "")
    return f"{parts.path}?{parts.query}" if url else None
