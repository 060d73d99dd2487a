"""An SMTP server to test with: server.py PORT FOLDER

It takes letters from `owambe`, whose password is in SMTP_PASSWORD, once the connection has TLS from the
server.pem and the server.key in FOLDER. They lie in the Maildir FOLDER/letters as they came, in front
of them the envelope in X-MailFrom and X-RcptTo.
"""

import asyncio
import hmac
import logging
import mailbox
import os
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult

# Who gets no letters: never, or not now.
REFUSALS = {
    "refused": "550 5.1.1 No such mailbox",
    "later": "451 4.2.1 The mailbox is busy: try later",
}


class Letters:
    """What aiosmtpd.handlers.Mailbox does, but with no byte of the letter written anew."""

    def __init__(self, folder):
        self.maildir = mailbox.Maildir(folder)

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = REFUSALS.get(address.partition("@")[0])
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        head = f"X-MailFrom: {envelope.mail_from}\r\nX-RcptTo: {', '.join(envelope.rcpt_tos)}\r\n"
        self.maildir.add(head.encode() + envelope.content)
        return "250 2.0.0 OK"


def authenticator(password):
    def check(server, session, envelope, mechanism, auth_data):
        right = auth_data.login == b"owambe" and hmac.compare_digest(auth_data.password, password)
        # Unhandled is for aiosmtpd to answer: 535.
        return AuthResult(success=right, handled=False)

    return check


async def main(port, folder):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / "server.pem", folder / "server.key")
    letters = Letters(folder / "letters")
    check = authenticator(os.environ["SMTP_PASSWORD"].encode())
    loop = asyncio.get_running_loop()

    def session():
        return SMTP(
            letters,
            hostname="localhost",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=check,
            loop=loop,
        )

    server = await loop.create_server(session, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    # To the log of scripts/smtp.
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
