"""What is asked of every system."""

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

BENCH = Path(__file__).resolve().parent.parent

# What parts the pieces of an upload.
BOUNDARY = "----of-the-benchmark"


@dataclass(frozen=True)
class Workload:
    """One kind of request, many times."""

    name: str
    about: str
    order: str = "random"
    connections: int = 0  # as many as the run has, where it is 0
    beside: str = ""  # a workload that goes on at the same time
    longer: int = 1  # how many times as long as others a window is, where few are done in it

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
    Workload("page at random", "any of some 20,000 pages of 20, so that hardly one was kept"),
    Workload("page at random signed in", "the same, as some hundreds of people in turn"),
    Workload("search", "sixteen things to look for, in turn", "sequence", 32),
    Workload("search at random", "20,000 different things to look for, so that hardly one was kept", "sequence", 32),
    Workload("create", "a new event, kept before it is answered"),
    Workload("rsvp", "one event with room for all: each request is another person's, going and interested in turn",
             "sequence"),
    # More would only wait for longer, and where a hash is slow, none would be answered within a window.
    Workload("login", "any one person's name and right password", connections=16),
    Workload("picture", "a JPEG of 4 MB and 12 megapixels, kept in three sizes", "sequence", 4, longer=3),
    Workload("detail beside create", "`detail`, while a second wrk creates as fast as it can", beside="create"),
    Workload("detail beside login", "`detail`, while a second wrk signs in as fast as it can", beside="login"),
]


def request(method, path, token="", body=None):
    """One line of a file for bench/load.lua."""
    return "\t".join((method, path, token, json.dumps(body) if body is not None else "", "application/json"))


def upload(method, path, token, file):
    """The same, for a file that `multipart` has made."""
    return "\t".join((method, path, token, f"@{file}", f"multipart/form-data; boundary={BOUNDARY}"))


def multipart(picture):
    """The body of an upload of one picture."""
    head = 'Content-Disposition: form-data; name="image"; filename="picture.jpg"\r\nContent-Type: image/jpeg'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


# Events by words as people type them: one word, the beginning of one, several, a phrase. It is what `owambe demo`
# writes, so that many thousands of events match.
SEARCHES = [
    "jollof", "jol", "market", "street+food", "live+band", "lagos", "free", "%22open+mic%22", "yoru",
    "repair+caf", "database+evening", "beginners", "film+club", "berlin+games", "wedding+kemi", "zzz",
]


def questions(count=20_000):
    """Different things to look for: one to three words of an event of `owambe demo`, the last often only begun."""
    script = (BENCH.parent / "src/cli/demo/words.rs").read_text(encoding="utf-8")
    events, places = (
        [sorted(set(re.findall(r"\w{3,}", " ".join(re.findall(r'"(.*?)"', each))))) for each in listed(script, name)]
        for name in ("EVENTS", "PLACES")
    )
    chance, asked = random.Random(1), {}
    while len(asked) < count:
        known = chance.choice(events) + chance.choice(places)
        words = chance.sample(known, chance.choice((1, 2, 2, 3, 3)))
        if chance.random() < 0.6:
            words[-1] = words[-1][: chance.randint(2, len(words[-1]))]
        asked[quote_plus(" ".join(words).lower())] = True
    return list(asked)


def listed(script, name):
    """The entries of a list in a file of Rust, as they are written there."""
    inside = script.split(f"pub const {name}: ", 1)[1].split("= &[", 1)[1].split("\n];", 1)[0]
    return re.split(r"\n    (?:\),\n    )?(?=\(|place)", inside)[1:]


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
