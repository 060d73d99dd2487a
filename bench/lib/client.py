"""Asking a server for JSON, one request after the other on one connection."""

import http.client
import json
from urllib.parse import urlsplit

from processes import Failed


class Client:
    """Somebody who asks, signed in or not."""

    def __init__(self, url, token=None):
        """Whom to ask, and as whom."""
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.token = token

    def get(self, path):
        """What is at a path."""
        return self.ask("GET", path)

    def post(self, path, body):
        """What comes back for a body."""
        return self.ask("POST", path, body)

    def ask(self, method, path, body=None):
        """Sends a request, and gives the answer, which has to be a good one."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise Failed(f"{method} {path} answered {answer.status}: {content[:500].decode(errors='replace')}")
        return json.loads(content) if content else None
