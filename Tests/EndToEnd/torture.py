"""Mixed load with a recorder, and the proof afterwards that every acknowledged effect holds, once.

A worker writes down what a reply promised, and syncs that line, before it sends the next command.
After a crash the ledger of promises is held against what the restarted server shows.
"""
import collections
import contextlib
import imaplib
import os
import poplib
import random
import re
import socket
import ssl
import subprocess
import threading
import time

from harness import DOMAIN, ROOT, Server, Wire

LAX = ssl._create_unverified_context()
GONE = (OSError, EOFError, imaplib.IMAP4.error, poplib.error_proto, AssertionError, IndexError)
SUBJECT = re.compile(rb"Subject: (\S+)")


class Ledger:
    """What was promised, durably: one line for each positive reply."""

    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)
        self.lock = threading.Lock()
        self.promises = collections.OrderedDict()   # token -> "there" | "flagged" | "gone"
        self.attempts = set()                        # tokens whose last command got no reply

    def attempt(self, token):
        with self.lock:
            self.attempts.add(token)

    def promise(self, token, state):
        with self.lock:
            self.file.write(f"{token} {state}\n".encode())
            os.fsync(self.file.fileno())
            self.promises[token] = state
            self.attempts.discard(token)

    def refuse(self, token):
        with self.lock:
            self.attempts.discard(token)


class Worker(threading.Thread):
    """One client that delivers, appends, flags, expunges and empties until the server is gone."""

    def __init__(self, server, ledger, user, seed):
        super().__init__(daemon=True)
        self.server, self.ledger, self.user = server, ledger, user
        self.random = random.Random(seed)
        self.name_base = f"t{seed}"
        self.serial = 0
        self.stopping = False

    def token(self):
        self.serial += 1
        return f"{self.name_base}-{self.serial}"

    def run(self):
        while not self.stopping:
            try:
                self.random.choice([self.deliver, self.deliver, self.mailbox, self.maildrop])()
            except GONE:
                if self.server.process.poll() is not None:
                    return

    def deliver(self):
        with self.server.connect("smtp", 5) as wire:
            wire.reply()
            wire.ask(b"EHLO torture.test\r\n")
            for _ in range(self.random.randint(1, 5)):
                token = self.token()
                size = self.random.choice([10, 4000, 4000, 70_000, 300_000])
                assert wire.ask(b"MAIL FROM:<t@elsewhere.test>\r\n").startswith(b"250")
                assert wire.ask(f"RCPT TO:<{self.user}@{DOMAIN}>\r\n".encode()).startswith(b"250")
                assert wire.ask(b"DATA\r\n").startswith(b"354")
                self.ledger.attempt(token)
                text = f"Subject: {token}\r\n\r\n".encode() + b"0123456789abcde\r\n" * (size // 17 + 1)
                answer = wire.ask(text + b".\r\n")
                if answer.startswith(b"250"):
                    self.ledger.promise(token, "there")
                elif answer[:1] in (b"4", b"5") and not answer.startswith(b"421"):
                    self.ledger.refuse(token)

    def mailbox(self):
        imap = imaplib.IMAP4(*self.server.services["imap"], timeout=5)
        imap.starttls(LAX)
        imap.login(f"{self.user}@{DOMAIN}", self.server.password(self.user))
        imap.select("INBOX")
        token = self.token()
        self.ledger.attempt(token)
        kind, _ = imap.append("INBOX", None, None, f"Subject: {token}\r\n\r\nappended\r\n".encode())
        self.ledger.promise(token, "there") if kind == "OK" else self.ledger.refuse(token)
        mine = [t for t, s in self.ledger.promises.items() if s != "gone" and t.startswith(self.name_base + "-")]
        for token in self.random.sample(mine, min(2, len(mine))):
            uids = imap.uid("SEARCH", None, "SUBJECT", f'"{token}"')[1][0].split()
            if len(uids) != 1:
                continue
            self.ledger.attempt(token)
            if imap.uid("STORE", uids[0], "+FLAGS", r"(\Flagged)")[0] == "OK":
                self.ledger.promise(token, "flagged")
            if self.random.random() < 0.3:
                self.ledger.attempt(token)
                marked = imap.uid("STORE", uids[0], "+FLAGS", r"(\Deleted)")[0] == "OK"
                if imap.uid("EXPUNGE", uids[0])[0] == "OK" and marked:
                    self.ledger.promise(token, "gone")
        imap.logout()

    def maildrop(self):
        if self.random.random() < 0.8:
            return
        pop = poplib.POP3_SSL(*self.server.services["pop3s"], context=LAX, timeout=5)
        pop.user(f"{self.user}@{DOMAIN}")
        pop.pass_(self.server.password(self.user))
        marked = []
        for number in range(1, min(3, pop.stat()[0]) + 1):
            head = b"\r\n".join(pop.top(number, 0)[1])
            found = SUBJECT.search(head)
            if found and found.group(1).decode().startswith(self.name_base + "-"):
                token = found.group(1).decode()
                self.ledger.attempt(token)
                pop.dele(number)
                marked.append(token)
        pop.quit()
        for token in marked:
            self.ledger.promise(token, "gone")


def load(server, ledger, seed, seconds, users=("alice", "bob"), workers=3):
    """Runs the workers until the server is gone or the time is over; then kills it."""
    threads = [
        Worker(server, ledger, users[index % len(users)], seed * 100 + index) for index in range(workers)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.process.poll() is None:
        time.sleep(0.005)
    server.kill()
    for thread in threads:
        thread.stopping = True
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive(), "a client hangs on a dead server"


def shown(server, users=("alice", "bob")):
    """Token -> list of flag texts, over all users' inboxes, as the server shows them now."""
    found = collections.defaultdict(list)
    for user in users:
        with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX, timeout=60) as imap:
            imap.login(f"{user}@{DOMAIN}", server.password(user))
            if imap.select("INBOX", readonly=True)[1][0] == b"0":
                continue
            _, data = imap.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            for item in data:
                if isinstance(item, tuple):
                    match = SUBJECT.search(item[1])
                    if match:
                        found[match.group(1).decode()].append(item[0].decode())
    return found


def broken_promises(ledger, found):
    """Each acknowledged effect that does not hold exactly once."""
    broken = []
    for token, state in ledger.promises.items():
        copies = found.get(token, [])
        uncertain = token in ledger.attempts
        if state == "gone":
            if copies and not uncertain:
                broken.append(f"{token}: expunged, yet there")
        elif not copies:
            if not uncertain:
                broken.append(f"{token}: acknowledged, yet lost")
        elif len(copies) > 1:
            broken.append(f"{token}: there {len(copies)} times")
        elif state == "flagged" and r"\Flagged" not in copies[0] and not uncertain:
            broken.append(f"{token}: the flag is lost")
    return broken


def prove(server, ledger, deep=True):
    """Restarts nothing: holds the running server to every promise, and the journal to itself."""
    broken = broken_promises(ledger, shown(server))
    assert not broken, broken[:10]
    if deep:
        server.daybook("verify", timeout=600)
        server.daybook("verify", "--projections", timeout=600)


def build_simdisk():
    """Compiles the simulated disk; its path."""
    out = ROOT / ".build" / "simdisk.so"
    source = ROOT / "tools/simdisk/simdisk.c"
    if not out.exists() or out.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(out), str(source)], check=True)
    return out


def simulated(server, **options):
    """Environment that puts the simulated disk under a server: SIMDISK_* options in lower case."""
    boot = server.home / "boot_id"
    digits = f"{random.SystemRandom().getrandbits(128):032x}"
    boot.write_text(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}\n")
    environment = {"LD_PRELOAD": str(build_simdisk()), "SIMDISK_ROOT": str(server.data),
                   "SIMDISK_BOOT": str(boot), "SIMDISK_COUNT": str(server.home / "operations")}
    environment.update({f"SIMDISK_{name.upper()}": str(value) for name, value in options.items()})
    return environment


def script(server, ledger, name):
    """A fixed scenario of about fifty acts by one client; ends early when the server is gone."""
    worker = Worker(server, ledger, "bob", 1)
    worker.name_base = name
    with contextlib.suppress(*GONE):
        for step in range(6):
            worker.random = random.Random(step)
            worker.deliver()
            worker.mailbox()
    return server.process.poll() is not None


def port_is_free(address):
    with socket.socket() as probe:
        return probe.connect_ex(address) != 0


__all__ = ["Ledger", "Server", "Wire", "broken_promises", "load", "prove", "script", "shown", "simulated"]
