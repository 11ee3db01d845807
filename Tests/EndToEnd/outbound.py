"""A server that sends into the world: how it is set up, what is submitted to it, what it reports."""
import base64
import contextlib
import email
import email.policy
import imaplib
import itertools
import json
import re
import smtplib
import ssl

from harness import DOMAIN, Server, Wire, wait_until

LAX = ssl._create_unverified_context()
ALICE = f"alice@{DOMAIN}"
NUMBERS = itertools.count(1)


def settings(world, *more):
    """What lets a server find the hosts of a world."""
    return [("dns.resolver", world.resolver), ("delivery.port", str(world.port)), ("delivery.allow_local", "on"), *more]


class Sender:
    """A server in a world, with the words that tests of delivery use."""

    def __init__(self, server):
        self.server = server

    def daybook(self, *words, **options):
        return self.server.daybook(*words, **options)

    def submit(self, *recipients, subject=None, text="Hello.\r\n", sender=ALICE, user="alice", mail=(), rcpt=(), headers=""):
        """Submits a message for recipients; its subject, by which it is known."""
        subject = subject or f"number {next(NUMBERS)}"
        message = f"From: {sender or ALICE}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n{headers}\r\n{text}"
        with smtplib.SMTP(*self.server.services["submission"], timeout=20) as smtp:
            smtp.starttls(context=LAX)
            smtp.login(f"{user}@{DOMAIN}", self.server.password(user))
            refused = smtp.sendmail(sender, recipients, message.encode(), mail, rcpt)
        assert not refused, refused
        return subject

    def inbox(self, user="alice", folder="INBOX"):
        with imaplib.IMAP4_SSL(*self.server.services["imaps"], ssl_context=LAX) as imap:
            imap.login(f"{user}@{DOMAIN}", self.server.password(user))
            imap.select(folder, readonly=True)
            numbers = imap.search(None, "ALL")[1][0].split()
            return [email.message_from_bytes(imap.fetch(n, "(BODY.PEEK[])")[1][0][1], policy=email.policy.SMTP) for n in numbers]

    def reports(self, subject=None, user="alice"):
        """The delivery reports in a mailbox, of the message with this subject where one is named."""
        found = [Report(message) for message in self.inbox(user) if message.get_content_type() == "multipart/report"]
        return [report for report in found if subject is None or report.about == subject]

    def report(self, subject, user="alice", seconds=20):
        """The one report of a message, waited for."""
        wait_until(lambda: self.reports(subject, user), seconds, f"a report of {subject}")
        (report,) = self.reports(subject, user)
        return report

    def spool(self, *words):
        """The entries of the spool; what was deleted is shown to those alone who ask for it."""
        lines = map(json.loads, self.daybook("spool", "list", "--json", *words).splitlines())
        return [line for line in lines if line["status"] != "deleted" or "deleted" in words]

    def entry(self):
        """The recipients of the only entry."""
        (line,) = self.spool()
        return self.recipients(line["id"])

    def recipients(self, identifier, check=True):
        """The recipients of an entry; the entry itself stands before them. Without `check` it may be gone."""
        lines = self.server.daybook("spool", "show", str(identifier), "--json", check=False)
        assert not check or not lines.returncode, lines.stderr
        lines = lines.stdout.splitlines()
        return [json.loads(line) for line in lines[1:]]

    def wait_empty(self, seconds=20):
        try:
            wait_until(lambda: not self.spool(), seconds, "an empty spool")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.daybook('spool', 'list')}{self.server.tail()}") from None

    def wait_deferred(self, seconds=20, entries=1):
        """Waits until so many entries have failed for the time being."""
        wait_until(lambda: sum(line["attempts"] > 0 for line in self.spool()) >= entries, seconds, "a failed attempt")

    def force(self):
        self.daybook("spool", "force", "--all")

    def types(self, *names):
        return [event["type"] for event in self.server.events("--type", ",".join(names))]

    def restart(self):
        self.server.kill()
        self.server.start()

    def wire(self, service="submission", user="alice"):
        """A raw connection, signed in."""
        wire = self.server.connect(service, 20)
        wire.reply()
        wire.ask(b"EHLO client.test\r\n")
        assert wire.ask(b"STARTTLS\r\n").startswith(b"220")
        wire = Wire(LAX.wrap_socket(wire.socket))
        wire.ask(b"EHLO client.test\r\n")
        words = base64.b64encode(f"\0{user}@{DOMAIN}\0{self.server.password(user)}".encode())
        assert wire.ask(b"AUTH PLAIN " + words + b"\r\n").startswith(b"235")
        return wire


class Report:
    """A delivery report, taken apart. RFC 3464, RFC 6522"""

    def __init__(self, message):
        self.message = message
        self.parts = message.get_payload()
        self.of_message, *self.of_recipients = self.parts[1].get_payload()
        self.returned = self.parts[2] if len(self.parts) > 2 else None

    @property
    def about(self):
        """The subject of the message that it is about."""
        octets = self.returned and (self.returned.get_payload(decode=True) or self.returned.as_bytes())
        found = octets and re.search(r"(?im)^Subject: *(.*?)\r?$", octets.decode(errors="replace"))
        return found and found.group(1)

    def check(self):
        """What every report has to be."""
        message = self.message
        assert message["Return-Path"] == "<>", message["Return-Path"]
        assert message.get_param("report-type") == "delivery-status"
        kinds = [part.get_content_type() for part in self.parts]
        assert kinds[:2] == ["text/plain", "message/delivery-status"] and kinds[2] in (
            "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"), kinds
        assert message["Auto-Submitted"].startswith("auto-") and message["Message-ID"] and message["Date"]
        assert re.fullmatch(r"dns; ?[\w.-]+", self.of_message["Reporting-MTA"]), self.of_message["Reporting-MTA"]
        for block in self.of_recipients:
            assert block["Final-Recipient"].startswith("rfc822;")
            assert block["Action"] in ("failed", "delayed", "delivered", "relayed", "expanded")
            assert re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", block["Status"]), block["Status"]
        return self


@contextlib.contextmanager
def sending(home, world, *more, **arguments):
    """A sender with settings of its own."""
    home.mkdir(exist_ok=True)
    server = Server(directory=home, settings=settings(world, *more), **arguments)
    try:
        yield Sender(server.start())
    finally:
        server.kill()
