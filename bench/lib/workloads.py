"""What is asked of every system."""

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Workload:
    """One kind of request, many times."""

    name: str
    about: str
    order: str = "random"
    connections: int = 0  # as many as the run has, where it is 0
    beside: str = ""  # a workload that goes on at the same time

    @property
    def asks(self):
        """The workload whose requests it sends."""
        return "detail" if self.beside else self.name


ALL = [
    Workload("detail", "any one public event, as nobody"),
    Workload("detail signed in", "the same, as some hundreds of people in turn"),
    Workload("page", "the first 20 events, as nobody"),
    Workload("page signed in", "the same, as some hundreds of people in turn"),
    Workload("page with count", "the first 20 events, and how many there are in all"),
    Workload("page 1,000", "the thousandth page of 20"),
    Workload("search", "the words of bench/search.lua", "sequence", 32),
    Workload("create", "a new event, kept before it is answered"),
    Workload("rsvp", "one event with room for all: each request is another person's, going and interested in turn",
             "sequence"),
    # More would only wait for longer, and where a hash is slow, none would be answered within a window.
    Workload("login", "any one person's name and right password", connections=16),
    Workload("detail beside create", "`detail`, while a second wrk creates as fast as it can", beside="create"),
    Workload("detail beside login", "`detail`, while a second wrk signs in as fast as it can", beside="login"),
]


def request(method, path, token="", body=None):
    """One line of a file for bench/load.lua."""
    return "\t".join((method, path, token, json.dumps(body) if body is not None else ""))


def search_words():
    """What bench/search.lua asks for."""
    script = (BENCH / "search.lua").read_text()
    return re.findall(r'"([^"]+)"', script.split("asked = {", 1)[1].split("}", 1)[0])


def new_events(count=1000):
    """Bodies to create events with, which every system takes."""
    chance = random.Random(1)
    return [
        {
            "title": f"Load event {number}",
            "description": "Made by the benchmark, about as long as a short note.",
            "start_date": f"2030-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
            "end_date": "2030-10-29",
            "location": "Lagos, Nigeria",
        }
        for number in range(count)
    ]
