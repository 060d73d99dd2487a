"""PostgreSQL asked through libpq, and nothing else done: pgbench sends the statements that an Owambe sends."""

import re
import time
from glob import glob
from pathlib import Path
from shutil import which

from client import Client
from load import Result
from processes import Failed, memory, run, settle
from systems import System

# As many connections as an Owambe has for what is quick.
CONNECTIONS = 8

# What differs from one request to the next.
ANY_EVENT = r"\set event random({0}, {1})"
ANY_PERSON = r"\set person random({0}, {1})"
ANY_START = r"\set start random({0}, {1})"


class Libpq(System):
    """pgbench, with the statements that the log of PostgreSQL has of one request to an Owambe."""

    name = "libpq"
    about = "pgbench: the bare statements of a request, prepared, on 8 connections; its time counts, and PostgreSQL's"
    load_counts = True

    def __init__(self, size, folder, owambe):
        """The Owambe on PostgreSQL whose statements and whose data they are."""
        super().__init__(size, folder)
        if owambe is None:
            raise Failed("it repeats what an Owambe on PostgreSQL asks")
        self.owambe, self.scripts, self.values = owambe, {}, {}
        self.cluster = owambe.cluster["TEST_POSTGRES_URL"] + "/postgres?sslmode=disable"
        found = which("pgbench") or max(glob("/usr/lib/postgresql/*/bin/pgbench"), default=None)
        if not found or not which("psql"):
            raise Failed("there is no pgbench, or no psql")
        self.pgbench = found

    def start_cold(self, times):
        """Nothing is started but PostgreSQL, which runs."""
        self.rest = memory(self.roots())

    def roots(self):
        """PostgreSQL's processes."""
        return self.owambe.roots()[1:]

    def learn(self):
        """Lets Owambe answer, and keeps the statements."""
        # Events that are for few are among those at random: they cost libpq less than a detail costs, and not more.
        owambe = self.owambe
        token, person = owambe.tokens()[0], owambe.sessions[0]["user"]["id"]
        event, (first, last) = max(owambe.ids), self._starts()
        people, ids = owambe.people.values(), owambe.ids
        anybody = ANY_PERSON.format(min(people), max(people)), {str(person): ":person"}
        path = owambe.pages[len(owambe.pages) // 2]
        start = "(timestamp 'epoch' + :start * interval '1 second')"
        at_random = ANY_START.format(first, last), {"timestamp": start}
        detail = ANY_EVENT.format(min(ids), max(ids)), {str(event): ":event"}
        self.scripts = {
            "detail": self._script(f"/api/events/{event}/", None, detail),
            "detail signed in": self._script(f"/api/events/{event}/", token, detail, anybody),
            "page": self._script("/api/events/", None),
            "page signed in": self._script("/api/events/", token, anybody),
            "page at random": self._script(path, None, at_random),
            "page at random signed in": self._script(path, token, at_random, anybody),
        }

    def _starts(self):
        """Between which seconds since 1970 all events begin, but for a few that come last by far."""
        places = "percentile_disc(array[0, 0.99]) within group (order by starts_at)"
        seconds = f"select extract(epoch from unnest({places}))::bigint from events"
        return self._psql(seconds).split()

    def _psql(self, *commands):
        flags = [flag for command in commands for flag in ("-c", command)]
        return run(["psql", "-qAtX", *flags, self.cluster], "psql failed")

    def _script(self, path, token, *differs):
        """What pgbench is to do for one request."""
        settings, names = [each for each, _ in differs], {}
        for _, more in differs:
            names.update(more)
        lines = [self._line(statement, names) for statement in self._statements(path, token)]
        return settings + lines

    def _statements(self, path, token):
        """The statements that a request leads to where nothing of it is kept, each with its values."""
        log = Path(self.owambe.cluster["TEST_POSTGRES_DIR"]) / "log"
        client = Client(self.owambe.url, token)
        client.get("/api/events/?page_size=1")
        # Nothing is kept for longer than a second, but whose a token is has just been looked up.
        settle(self.roots(), 5)
        time.sleep(1)
        self._psql("alter system set log_statement = 'all'", "select pg_reload_conf()")
        time.sleep(0.5)
        client.get("/api/users/profile/" if token else "/api/tags/")
        begin = log.stat().st_size
        client.get(path)
        time.sleep(0.3)
        text = log.read_bytes()[begin:].decode()
        self._psql("alter system reset log_statement", "select pg_reload_conf()")
        found = re.findall(r"LOG:  execute [^:]+: (.*)\n(?:.*DETAIL:  [Pp]arameters: (.*)\n)?", text)
        wanted = [(sql, values) for sql, values in found if re.search(r'FROM \(*"(events|interests|memberships)"', sql)]
        if not wanted:
            raise Failed(f"no statement was seen of {path}:\n{text[-2000:]}")
        return wanted

    def _line(self, statement, names):
        """A statement for pgbench: what differs is set by chance, and the other values are variables too."""
        sql, told = statement
        values = dict(re.findall(r"\$(\d+) = (NULL|'(?:[^']|'')*')", told))

        def variable(found):
            value = values[found[1]]
            if value == "NULL":
                return "null"
            value = value[1:-1].replace("''", "'")
            if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", value) and "timestamp" in names:
                return names["timestamp"]
            if value in names:
                return names[value]
            name = f"v{len(self.values)}"
            self.values[name] = value
            return f":{name}"

        return re.sub(r"\$(\d+)", variable, sql) + ";"

    def requests(self, workload):
        """The lines of a script, where there is one."""
        return self.scripts.get(workload)

    def ask(self, file, workload, connections, seed):
        """pgbench, whose connections are set as Owambe sets its own."""
        values = [word for name, value in self.values.items() for word in ("-D", f"{name}={value}")]
        return ["env", "PGOPTIONS=-c plan_cache_mode=force_generic_plan -c timezone=UTC", self.pgbench, "-n",
                "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", "DURATION",
                "--random-seed", str(seed), "-f", str(file), *values, self.cluster]

    def read(self, output):
        """pgbench tells how many there were, and how long one took on the average, which is no median."""
        done = re.search(r"transactions actually processed: (\d+)", output)
        failed = re.search(r"failed transactions: (\d+)", output)
        rate = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
        if not done or not rate or not int(done[1]):
            raise Failed(f"pgbench did not come to an end:\n{output[-2000:]}")
        count, broken = int(done[1]), int(failed[1]) if failed else 0
        return Result(count, count / float(rate[1]), None, None, None, broken, broken)
