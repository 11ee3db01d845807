"""Whether every positive reply came after the sync of its record, read from strace's output alone.

The server runs with `--sync-trace` below `strace -f -y`. A position may be called durable only after
all that its thread wrote to the journal, the contents and the keyring is synced; a reply may go out
only after a position that was not durable when its command arrived.
"""
import concurrent.futures
import imaplib
import poplib
import re

from harness import DOMAIN, Server
from torture import USERS

LINE = re.compile(r"^(\d+) +[\d.]+ (.*)$")
CALL = re.compile(r"^(\w+)\((\d+)<([^>]*)>")
RESULT = re.compile(r" = (-?\d+)")
WATCHED = re.compile(r"/(journal|content|keyring)/")
ACKNOWLEDGED = re.compile(
    r'(?:^"|\\n)(?:250 2\.0\.0 Queued as ([-0-9a-f]{36})|\w+ OK (?:\[\w+UID [\d: ]+\] \w+|Flags stored|Expunged|Mailbox \w+)|'
    r'\+OK Bye)')
TRACED = "openat,fdatasync,fsync,pwrite64,pwritev,writev,write,sendto,recvfrom,read"


class Trace:
    """What a trace shows. `broken` has each reply and each position that came too early."""

    def __init__(self, lines):
        self.dirty = {}          # thread -> paths it wrote and has not synced since
        self.synced_opens = set()
        self.arrived = {}        # connection -> the durable position when its last command came
        self.pending = {}        # thread -> (call text) of an unfinished call
        self.durable = 0
        self.acknowledged = 0
        self.queued = {}         # message -> the durable position when its 250 went out
        self.syncs = 0
        self.broken = []
        for line in lines:
            if match := LINE.match(line):
                self.hear(match.group(1), match.group(2))

    def hear(self, thread, text):
        if text.endswith("<unfinished ...>"):
            self.pending[thread] = text
            self.begins(thread, text)
            return
        if resumed := re.match(r"^<\.\.\. (\w+) resumed>(.*)$", text):
            begun = self.pending.pop(thread, "")
            self.ends(thread, begun, begun.replace("<unfinished ...>", "") + resumed.group(2))
            return
        self.begins(thread, text)
        self.ends(thread, text, text)

    def begins(self, thread, text):
        """What counts from the moment a call is made: replies, and positions called durable."""
        call = CALL.match(text)
        if not call:
            return
        name, _, path = call.groups()
        if name in ("write", "sendto"):
            if position := re.search(r'"durable position=(\d+)', text):
                if self.dirty.get(thread):
                    self.broken.append(f"{position.group()} before the sync of {self.dirty[thread]}")
                self.durable = int(position.group(1))
            elif path.startswith("socket:") and (reply := ACKNOWLEDGED.search(text.split(", ", 1)[1])):
                self.acknowledged += 1
                if reply.group(1):
                    self.queued[reply.group(1)] = self.durable
                if self.durable <= self.arrived.get(path, self.durable):
                    self.broken.append(f"to {path} before a new position was durable: {text[:200]}")

    def ends(self, thread, begun, text):
        """What counts from the moment a call has returned: writes, syncs and commands."""
        if text.startswith("openat(") and "SYNC" in text and (opened := re.search(r" = \d+<([^>]*)>", text)):
            self.synced_opens.add((opened.group(1), re.search(r" = (\d+)<", text).group(1)))
        call, result = CALL.match(text), RESULT.search(text[text.rfind(")"):])
        if not call or not result:
            return
        name, number, path = call.groups()
        succeeded = int(result.group(1)) >= 0
        if name in ("pwrite64", "pwritev", "writev", "write") and WATCHED.search(path):
            if (path, number) not in self.synced_opens:
                self.dirty.setdefault(thread, set()).add(path)
        elif name in ("fdatasync", "fsync") and succeeded:
            self.syncs += 1
            for paths in self.dirty.values():
                paths.discard(path)
        elif name in ("recvfrom", "read") and path.startswith("socket:") and int(result.group(1)) > 0:
            self.arrived[path] = self.durable

    def check(self, events):
        """Each 250 to a message went out after the positions of all its events were durable."""
        last = {}
        for event in events:
            if event["type"] in ("message.accepted", "message.filed"):
                last[event["payload"]["message"]] = event["position"]
        for message, durable in self.queued.items():
            if durable < last[message]:
                self.broken.append(f"message {message} is at {last[message]}, answered when {durable} was durable")


def deliver(server, user, count):
    for start in range(0, count, 500):
        deliver_some(server, user, min(500, count - start))


def deliver_some(server, user, count):
    with server.connect("smtp", 60) as wire:
        wire.reply()
        wire.ask(b"EHLO trace.test\r\n")
        for number in range(count):
            wire.ask(b"MAIL FROM:<t@elsewhere.test>\r\n")
            wire.ask(f"RCPT TO:<{user}@{DOMAIN}>\r\n".encode())
            wire.ask(b"DATA\r\n")
            size = 100_000 if number % 25 == 0 else 100
            answer = wire.ask(b"Subject: t\r\n\r\n" + b"a line of text\r\n" * (size // 16) + b".\r\n")
            assert answer.startswith(b"250 2.0.0 Q"), answer


def change(server, user, count):
    """APPEND, STORE, COPY, MOVE, EXPUNGE, CREATE, RENAME and DELETE, in turn."""
    imap = imaplib.IMAP4(*server.services["imap"], timeout=60)
    imap.login(f"{user}@{DOMAIN}", server.password(user))
    imap.create("other")
    for number in range(count // 9):
        imap.append("INBOX", None, None, b"Subject: t\r\n\r\nappended\r\n")
        imap.select("INBOX")
        imap.store("1", "+FLAGS", r"(\Flagged)")
        imap.copy("1", "other")
        imap.uid("MOVE", imap.uid("SEARCH", None, "ALL")[1][0].split()[0].decode(), "other")
        imap.select("other")
        imap.store("1:2", "+FLAGS", r"(\Deleted)")
        imap.expunge()
        imap.create(f"n{number}")
        imap.rename(f"n{number}", f"m{number}")
        assert imap.delete(f"m{number}")[0] == "OK"
    imap.logout()


def empty(server, user, count):
    for _ in range(count):
        pop = poplib.POP3(*server.services["pop3"], timeout=60)
        pop.user(f"{user}@{DOMAIN}")
        pop.pass_(server.password(user))
        pop.dele(1)
        assert pop.quit().startswith(b"+OK")


def acknowledge(server, count):
    """About `count` positive replies of every kind: a tenth one after another, the rest all at once."""
    alone = count // 30
    deliver(server, "bob", 2 * alone)
    change(server, "alice", alone)
    empty(server, "bob", alone)
    share = count * 9 // 10 // 10
    work = [(deliver, "bob", share)] * 5 + [(change, "alice", share), (change, "carol", share), (empty, "bob", alone)]
    with concurrent.futures.ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(act, server, *words) for act, *words in work]:
            done.result()


def run(home, count):
    """A server in a directory, about `count` positive replies, and what its trace shows."""
    strace = ["strace", "-f", "-y", "-ttt", "-s", "200", "-e", f"trace={TRACED}", "-o", str(home / "trace")]
    server = Server(directory=home, users=USERS, wrapper=strace)
    server.daybook("set", "authentication.plain_without_tls", "on", "--domain", DOMAIN)
    server.start("--sync-trace")
    try:
        acknowledge(server, count)
    finally:
        server.stop()
    with open(home / "trace", errors="replace") as lines:
        seen = Trace(lines)
    seen.check(server.events())
    return seen
