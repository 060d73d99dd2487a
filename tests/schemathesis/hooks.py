"""What schemathesis has to know of Owambe beyond its OpenAPI document.

Who calls; what there is to find; which texts have a meaning; which refusals no document foresees.
"""

import base64
import itertools
import os
import re

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.auths import CachingAuthProvider
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    ObjectLevelAuthorizationViolation,
    RejectedPositiveData,
)
from schemathesis.transport.requests import (
    REQUESTS_TRANSPORT,
    multipart_serializer,
    urlencoded_serializer,
)
from schemathesis.wfc.escalation import EscalatingAuthProvider

SITE = os.environ["OWAMBE_URL"]

# As in the document's examples, where it belongs to ada, ada@example.com.
PASSWORD = "jollof rice at noon"


# Who calls
#
# Tunde makes every call, but for those that end an account or a session: each of these is made by
# somebody who came for nothing else, so that Tunde keeps what he made. Bisi is there so that
# schemathesis can ask whether she gets to see what is his alone.

ENDINGS = {
    "POST /api/users/logout/",
    "POST /api/users/password/change/",
    "DELETE /api/users/profile/",
}

numbers = itertools.count(1)


class Account:
    def __init__(self):
        self.id = self.token = None

    def get(self, _case, _context):
        """The token while it works, or that of a new account."""
        if self.token is None or not call("GET", "users/profile", self.token).ok:
            self.sign_up()
        return self.token

    def set(self, case, token, _context):
        if case.operation.label in ENDINGS:
            token = Account().sign_up()
        case.headers["Authorization"] = f"Bearer {token}"

    def sign_up(self, name=None):
        name = name or f"guest{next(numbers)}"
        user = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        session = call("POST", "users/register", None, user).json()
        self.id, self.token = session["user"]["id"], session["access"]
        return self.token

    def make(self, path, body):
        response = call("POST", path, self.token, body)
        response.raise_for_status()
        return response.json()


def call(method, path, token=None, body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{SITE}/api/{path}/"
    return requests.request(method, url, json=body, headers=headers, timeout=10)


tunde, bisi = Account(), Account()


@schemathesis.hook
def after_load_schema(_context, schema):
    """Lets them in. Only with this class does schemathesis compare what two people see."""
    Account().sign_up("ada")
    bisi.sign_up()
    tunde.sign_up()
    for make in THERE.values():
        make()
    providers = [CachingAuthProvider(tunde), CachingAuthProvider(bisi)]
    names = ["tunde", "bisi"]
    schema.auth.providers.append(
        EscalatingAuthProvider(providers, names, peers=tuple(names), pinned="tunde")
    )


# The smallest picture: one grey pixel, as a PNG.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)

# What there is to find
#
# Schemathesis learns ids from what it is answered. Where that does not get it far, most of
# the numbers that it tries become those of something that is there, made for the occasion.


def own_event():
    return {"id": tunde.make("events", {"title": "Jollof", "start_date": "2030-05-01"})["id"]}


def own_comment():
    return {"id": tunde.make(f"events/{own_event()['id']}/comments", {"body": "Yes!"})["id"]}


def own_liked_comment():
    comment = own_comment()
    tunde.make(f"comments/{comment['id']}/like", {})
    return comment


def own_picture(path):
    """A picture of something, as an image says it."""
    headers = {"Authorization": f"Bearer {tunde.token}"}
    files = {"image": ("party.png", PICTURE)}
    response = requests.put(f"{SITE}/api/{path}/", files=files, headers=headers, timeout=10)
    response.raise_for_status()
    return response.json()


def own_event_with_a_picture():
    event = own_event()
    own_picture(f"events/{event['id']}/thumbnail")
    return event


def own_group_with_a_picture():
    group = own_group()
    own_picture(f"groups/{group['id']}/image")
    return group


def own_image():
    return {"id": own_picture(f"events/{own_event()['id']}/thumbnail")["id"]}


def own_file():
    image = own_picture("users/profile/avatar")
    return {"name": image["thumbnails"]["320"].rsplit("/", 1)[1]}


def own_interest():
    ids = {"user_id": tunde.id, "event_id": own_event()["id"]}
    tunde.make("users/{user_id}/interests/{event_id}".format(**ids), {})
    return ids


def own_guest():
    ids = own_interest()
    return {"id": ids["event_id"], "user_id": ids["user_id"]}


def own_group():
    return {"id": tunde.make("groups", {"name": "Sunday cooks", "visibility": "private"})["id"]}


def own_group_with_a_guest():
    ids = {"group_id": own_group()["id"], "user_id": bisi.id}
    tunde.make("groups/{group_id}/members/{user_id}".format(**ids), {})
    return ids


def own_group_with_a_ban():
    ids = {"group_id": own_group()["id"], "user_id": bisi.id}
    call("PUT", "groups/{group_id}/bans/{user_id}".format(**ids), tunde.token, {}).raise_for_status()
    return ids


def own_group_with_a_request():
    group = tunde.make("groups", {"name": "Sunday cooks", "visibility": "closed"})
    bisi.make(f"groups/{group['id']}/requests", {})
    return {"group_id": group["id"], "user_id": bisi.id}


def closed_group_of_somebody_else():
    return {"id": bisi.make("groups", {"name": "Monday cooks", "visibility": "closed"})["id"]}


def own_announcement():
    group = own_group()["id"]
    made = tunde.make(f"groups/{group}/announcements", {"title": "We move", "body": "To the park."})
    return {"group_id": group, "id": made["id"]}


def own_followed_group():
    group = own_group()
    tunde.make(f"groups/{group['id']}/follow", {})
    return group


def own_invitation():
    group = bisi.make("groups", {"name": "Monday cooks"})
    name = call("GET", "users/profile", tunde.token).json()["username"]
    return {"id": bisi.make(f"groups/{group['id']}/invitations", {"username": name})["id"]}


def own_notification():
    bisi.make(f"events/{own_event()['id']}/comments", {"body": "Me too!"})
    return {"id": call("GET", "notifications", tunde.token).json()["results"][0]["id"]}


THERE = {
    "/api/events/update/{id}/": own_event,
    "/api/events/delete/{id}/": own_event,
    "/api/events/{id}/thumbnail/": own_event_with_a_picture,
    "/api/groups/{id}/image/": own_group_with_a_picture,
    "/api/comments/{id}/images/": own_comment,
    "/api/images/{id}/": own_image,
    "/images/{name}": own_file,
    "/api/comments/{id}/": own_comment,
    "/api/comments/{id}/like/": own_liked_comment,
    "/api/users/{id}/interests/": lambda: {"id": tunde.id},
    "/api/events/{id}/interests/{user_id}/": own_guest,
    "/api/users/{user_id}/interests/{event_id}/": own_interest,
    "/api/users/{user_id}/interests/{event_id}/remove/": own_interest,
    "/api/groups/{id}/delete/": own_group,
    "/api/groups/{group_id}/members/{user_id}/": own_group_with_a_guest,
    "/api/groups/{group_id}/members/{user_id}/remove/": own_group_with_a_guest,
    "/api/groups/{group_id}/bans/{user_id}/": own_group_with_a_ban,
    "/api/groups/{id}/requests/": closed_group_of_somebody_else,
    "/api/groups/{group_id}/requests/{user_id}/": own_group_with_a_request,
    "/api/groups/{group_id}/requests/{user_id}/accept/": own_group_with_a_request,
    "/api/groups/{group_id}/announcements/{id}/": own_announcement,
    "/api/groups/{id}/follow/": own_followed_group,
    "/api/invitations/{id}/": own_invitation,
    "/api/invitations/{id}/accept/": own_invitation,
    "/api/notifications/{id}/": own_notification,
    "/api/notifications/{id}/read/": own_notification,
}


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # With a random tag nothing else would be looked at: most become the one that always matches.
    tag = case.headers.get("If-Match")
    if tag is not None and len(tag) != 1:
        case.headers["If-Match"] = "*"

    make = THERE.get(case.operation.path)
    # A story of several requests names what an earlier one made.
    if make is None or case.meta is None or case.meta.phase.name == TestPhase.STATEFUL:
        return
    if "name" in case.path_parameters:
        if len(str(case.path_parameters["name"])) % 4:
            case.path_parameters.update(make())
        return
    ids = [int(it) for it in case.path_parameters.values() if re.fullmatch("[0-9]{1,9}", str(it))]
    if len(ids) == len(case.path_parameters) and min(ids) % 4:
        case.path_parameters.update(make())


# Which texts have a meaning
#
# What is random would hardly ever be a good password, or the right one, or the name of somebody who
# is there. A name can be had once, so that of the examples becomes another one every time.

ZONES = ["Africa/Lagos", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC"]

schemathesis.openapi.format("password", st.just(PASSWORD) | st.text(min_size=8, max_size=128))
schemathesis.openapi.format("timezone", st.sampled_from(ZONES))


@schemathesis.hook.apply_to(path="/api/users/login/")
def map_body(_context, body):
    if isinstance(body, dict) and isinstance(body.get("username"), str) and len(body["username"]) % 2:
        body["username"] = "ada"
    return body


@schemathesis.hook("map_body").apply_to(path_regex="/(register|profile/update)/$")
def a_name_of_ones_own(_context, body):
    if isinstance(body, dict):
        for field in body.keys() & {"username", "email"}:
            if body[field] in ("ada", "ada@example.com"):
                body[field] = f"a{next(numbers)}{body[field]}"
    return body


@schemathesis.hook("map_body").apply_to(path="/api/invitations/accept/")
def the_token_of_a_link(_context, body):
    if isinstance(body, dict) and isinstance(body.get("token"), str) and len(body["token"]) % 2:
        group = bisi.make("groups", {"name": "Monday cooks"})
        link = bisi.make(f"groups/{group['id']}/invitations", {})["url"]
        body["token"] = link.split("token=")[1]
    return body


# How a form says it
#
# Nothing in a form stands for null, which schemathesis would spell out: an empty field does. And
# no client gives a part of a multipart body a name with control characters: its header cannot hold
# them.


def as_a_form(case, body):
    nulls = [name for name, value in case.body.items() if value is None]
    return body | dict.fromkeys(nulls, "")


@REQUESTS_TRANSPORT.serializer("application/x-www-form-urlencoded")
def urlencoded(context, body):
    body = as_a_form(context.case, body) if isinstance(body, dict) else body
    return urlencoded_serializer(context, body)


@REQUESTS_TRANSPORT.serializer("multipart/form-data")
def multipart(context, body):
    if isinstance(body, dict):
        body = as_a_form(context.case, body)
        body = {name: body[name] for name in body if not re.search(r"[\x00-\x1f\x7f]", name)}
    return multipart_serializer(context, body)


# Which refusals no document foresees
#
# They hang on what is in the database, on another field, or on a rule that JSON Schema has no words
# for. A request that the document allows may be refused with these words, and with no others.

NOT_NULL = "this field may not be null"

UNFORESEEN = {
    # A cursor is opaque: only those that a list gave out work, and only in that list.
    "this is no cursor of ours: take it from next or previous",
    "this cursor is of a list in another order",
    # Who else is there.
    "somebody has this name already",
    "somebody has an account with this address already",
    # Whose password it is, and whether everybody tries it.
    "this is not your password",
    "this is not your password any more",
    "many people use this password: choose something else",
    "this is your name or your address: choose something else",
    # What is there to point to, and what a link in a letter is good for.
    "there is nobody of this name",
    "this link is not valid, or not any more: ask for a new one",
    "there is no such group",
    "there is no such comment here",
    "answers go one level deep: answer the first",
    # One field beside another.
    "say near which place, as latitude,longitude",
    "only what is searched for with q has a relevance",
    "give your name or your e-mail address",
    "a place has both a latitude and this",
    "a place has both a longitude and this",
    "only an event of a group can be for its group alone",
    "an event that ends at a time also starts at one",
    "invite by a username or by an email, not by both",
    "the end is before the start",
    # JSON Schema has no bounds for dates, and its patterns none for numbers; they do not tell a date
    # or an address that exists, and disagree about what is blank.
    "the year must be from 1000 to 9998",
    "this must be a time zone of the IANA database, like Africa/Lagos",
    "write an instant as 2026-12-31T19:00:00Z (RFC 3339)",
    "write a time as HH:MM or HH:MM:SS",
    "write a place as latitude,longitude, like 6.45,3.39",
    "this must be an address that starts with http:// or https://",
    "this field may not be blank",
    # What a picture is, its bytes say; and how many there are already, the comment.
    "this is no JPEG, PNG, WebP or GIF",
    "a comment has at most 10",
    "there are more texts than pictures",
    # PostgreSQL keeps no NUL; a pattern on every text would say only that.
    "this must not contain a NUL character",
}


def is_unforeseen(said):
    """Of several pictures it is said which one; of a comment, how many it has."""
    return re.sub("^number [0-9]+: |, this one [0-9]+$", "", said) in UNFORESEEN


# What is read otherwise than the document says it, and so is fine


def reads_otherwise(case, response, message):
    if "in query" in message:
        # A field of a search form that was left empty is as good as absent.
        return re.search("=(&|$)", response.request.url)
    if not isinstance(case.body, dict):
        return False
    if "maxLength" in message or "Longer" in message:
        # A text is trimmed before its length is looked at, and so is each tag.
        texts = [*case.body.values(), *(case.body.get("tags") or [])]
        return any(isinstance(it, str) and it != " ".join(it.split()) for it in texts)
    if case.media_type == "application/json":
        return False
    # In a form, an empty field stands for null, and one text is a list of one.
    field = re.search(r"(?:in body - |/properties/)(\w+)", message)
    return field and (field[1] in {"tags", "alt", "image"} or not case.body.get(field[1]))


# Schemathesis does not see that `/api/groups/1/delete/` and `/api/events/delete/1/`, which the first
# clients use, delete `/api/groups/1/` and `/api/events/1/`, and wonders where these went.

gone = set()


@schemathesis.hook
def after_call(_context, case, response):
    if case.method == "DELETE" and response.status_code == 204:
        gone.add(re.sub("/(delete|remove)/", "/", case.formatted_path))


@schemathesis.hook
def filter_failure(_context, failure, case, response):
    """Whether the failure counts."""
    if isinstance(failure, AcceptedNegativeData):
        return not reads_otherwise(case, response, failure.message)
    if isinstance(failure, ObjectLevelAuthorizationViolation):
        # Bisi belongs to some of Tunde's groups, and hears what their members are told.
        return "/announcements/" not in case.formatted_path
    if isinstance(failure, EnsureResourceAvailability):
        # What was just made has no picture yet, and nobody follows it.
        is_bare = case.formatted_path.endswith(("/image/", "/thumbnail/", "/follow/"))
        return not is_bare and not any(case.formatted_path.startswith(path) for path in gone)
    if isinstance(failure, RejectedPositiveData) and response.status_code == 412:
        # What is random names no state that anybody has seen.
        return "If-Match" not in case.headers
    if isinstance(failure, RejectedPositiveData) and response.status_code == 422:
        # A key stands for one request, and schemathesis has few keys.
        return "Idempotency-Key" not in case.headers
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        errors = response.json().get("errors") or {"": [""]}
        if case.media_type != "application/json":
            # A form that leaves a field empty says null by it, which is not for every field.
            errors = {field: said for field, said in errors.items() if said != [NOT_NULL]}
        return not all(is_unforeseen(said) for texts in errors.values() for said in texts)
    return True
