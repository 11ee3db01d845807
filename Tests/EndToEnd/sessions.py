"""Many IMAP sessions on one mailbox, each with its own idea of what the server has told it (I7).

A session keeps sequence numbers, UIDs and flags as the untagged responses change them. Whatever the
server says that does not fit is an error: a FETCH of a UID that is not the one at its number, an
EXPUNGE where none may come, flags that changed untold, a UID that comes back. At each checkpoint all
sessions stand still, and what they have been told must be the same, and what is there.
"""
import random
import re
import threading
import time

from harness import DOMAIN, Wire
from torture import LAX

FLAGS = (rb"\Seen", rb"\Flagged", rb"\Answered", rb"\Draft", b"$Forwarded", b"later")
QUIET = (b"FETCH", b"STORE", b"SEARCH")  # no EXPUNGE while one of them runs. RFC 3501 §7.4.1
MOST = 60
EXPECTED = (b"[EXPUNGEISSUED]", b"[TRYCREATE]", b"[INUSE]", b"[NONEXISTENT]")


class Wrong(Exception):
    """What the server said does not fit what it said before."""


class Message:
    """What one session knows of a message; None where it was not told."""

    def __init__(self):
        self.uid = None
        self.flags = None


class Session(threading.Thread):
    def __init__(self, crowd, number):
        super().__init__(daemon=True)
        self.crowd, self.number = crowd, number
        self.random = random.Random(crowd.seed * 1000 + number)
        self.messages, self.gone, self.counts = [], set(), {}
        self.serial = 0
        self.verb = b""
        self.told = True  # whether flags that differ from what was known are an error

    def run(self):
        try:
            self.sign_in()
            while not self.crowd.is_over():
                if self.crowd.checkpoint_is_due():
                    self.checkpoint()
                else:
                    self.act()
            self.command(b"LOGOUT")
        except threading.BrokenBarrierError:
            pass
        except Exception as error:
            self.crowd.fail(f"session {self.number} in {self.verb!r}: {error!r}")

    def sign_in(self):
        self.wire = Wire(LAX.wrap_socket(self.crowd.server.connect("imaps", 60).socket))
        assert self.wire.line().startswith(b"* OK")
        password = self.crowd.server.password("bob")
        self.command(f'LOGIN bob@{DOMAIN} "{password}"'.encode())
        self.command(b"SELECT INBOX")
        self.learn()

    # What is said

    def command(self, text, more=()):
        """One command; whether it was carried out. `more` goes out after each continuation."""
        self.serial += 1
        self.verb = text.split(b" ")[0]
        tag = b"t%d" % self.serial
        self.counts[self.verb] = self.counts.get(self.verb, 0) + 1
        self.wire.send(tag + b" " + text + b"\r\n")
        more = list(more)
        while True:
            line = self.line()
            if line.startswith(b"+"):
                if self.verb == b"IDLE":
                    time.sleep(self.random.random() / 20)
                self.wire.send(more.pop(0))
            elif line.startswith(tag + b" "):
                return self.verdict(line[len(tag) + 1:])
            elif line.startswith(b"* "):
                self.untagged(line[2:])
            else:
                raise Wrong(f"{line[:200]!r} is no answer")

    def line(self):
        """One response, its literals in place."""
        whole = b""
        while True:
            line = self.wire.line()
            if not line:
                raise Wrong("the connection is closed")
            whole += line
            literal = re.search(rb"\{(\d+)\}\r\n$", line)
            if not literal:
                return whole
            size = int(literal.group(1))
            while len(self.wire.buffer) < size:
                self.wire.buffer += self.wire.socket.recv(65536)
            whole += self.wire.buffer[:size]
            self.wire.buffer = self.wire.buffer[size:]

    def verdict(self, text):
        if text.startswith(b"OK"):
            return True
        if text.startswith(b"NO") and any(code in text for code in EXPECTED):
            return False
        raise Wrong(f"answered {text!r}")

    def untagged(self, text):
        number, _, rest = text.partition(b" ")
        if number == b"BYE" and self.verb != b"LOGOUT":
            raise Wrong(f"{text!r}")
        if not number.isdigit():
            return
        number, kind = int(number), rest.split(b" ")[0].strip()
        if kind == b"EXISTS":
            if number < len(self.messages):
                raise Wrong(f"{number} messages after {len(self.messages)}, without an EXPUNGE")
            self.messages += [Message() for _ in range(number - len(self.messages))]
        elif kind in (b"EXPUNGE", b"FETCH"):
            if not 1 <= number <= len(self.messages):
                raise Wrong(f"{text[:100]!r} of {len(self.messages)} messages")
            self.expunged(number) if kind == b"EXPUNGE" else self.fetched(number, rest)

    def expunged(self, number):
        if self.verb in QUIET:
            raise Wrong("an EXPUNGE where none may come")
        uid = self.messages.pop(number - 1).uid
        if uid is not None:
            self.gone.add(uid)

    def fetched(self, number, text):
        message = self.messages[number - 1]
        text = re.sub(rb"(?s)\{\d+\}\r\n.*", b"", text)
        if uid := re.search(rb"UID (\d+)", text):
            uid = int(uid.group(1))
            if message.uid not in (None, uid):
                raise Wrong(f"number {number} is UID {uid}, and was {message.uid}")
            if uid in self.gone:
                raise Wrong(f"UID {uid} came back")
            message.uid = uid
            below = [other.uid for other in self.messages[:number - 1] if other.uid is not None]
            above = [other.uid for other in self.messages[number:] if other.uid is not None]
            if below and max(below) >= uid or above and min(above) <= uid:
                raise Wrong(f"UID {uid} is not in order")
        if flags := re.search(rb"FLAGS \(([^)]*)\)", text):
            flags = frozenset(flags.group(1).lower().split()) - {rb"\recent"}
            if self.told and message.flags not in (None, flags):
                raise Wrong(f"the flags of {number} were {message.flags} and are {flags}, untold")
            message.flags = flags

    # What is done

    def learn(self):
        if self.messages:
            self.command(b"FETCH 1:* (UID FLAGS)")

    def some(self):
        first = self.random.randint(1, len(self.messages))
        return b"%d:%d" % (first, min(len(self.messages), first + self.random.randint(0, 3)))

    def uids(self):
        known = [message.uid for message in self.messages if message.uid is not None]
        return b",".join(b"%d" % uid for uid in self.random.sample(known, min(3, len(known)))) or b"1"

    def act(self):
        self.told = False  # another session may have changed flags since
        crowded = len(self.messages) > MOST
        choices = [self.append, self.append, self.noop, self.idle] if not self.messages else [
            self.store, self.store, self.uid_store, self.fetch, self.fetch_body, self.search, self.copy,
            self.delete, self.expunge, self.noop, self.idle, self.move if crowded else self.append,
            self.expunge if crowded else self.append]
        self.random.choice(choices)()

    def noop(self):
        self.command(b"NOOP")

    def idle(self):
        self.command(b"IDLE", [b"DONE\r\n"])

    def append(self):
        text = b"Subject: s%d.%d\r\n\r\n" % (self.number, self.serial) + b"x" * self.random.choice((10, 3000, 70_000))
        self.command(b"APPEND INBOX (%s) {%d}" % (self.random.choice(FLAGS), len(text)), [text + b"\r\n"])

    def changes(self):
        return self.random.choice((b"+", b"-", b"")) + b"FLAGS", b" ".join(self.random.sample(FLAGS, self.random.randint(1, 3)))

    def store(self):
        self.command(b"STORE %s %s (%s)" % (self.some(), *self.changes()))

    def uid_store(self):
        self.command(b"UID STORE %s %s (%s)" % (self.uids(), *self.changes()))

    def delete(self):
        self.command(b"STORE %s +FLAGS (\\Deleted)" % self.some())

    def expunge(self):
        self.command(self.random.choice((b"EXPUNGE", b"UID EXPUNGE " + self.uids())))

    def fetch(self):
        self.command(b"FETCH %s (UID FLAGS ENVELOPE)" % self.some())

    def fetch_body(self):
        self.command(b"FETCH %s (UID BODY.PEEK[])" % self.some())

    def search(self):
        self.command(b"SEARCH " + self.random.choice((b"SEEN", b"UNDELETED", b"KEYWORD later", b"TEXT xxx")))

    def copy(self):
        self.command(b"COPY %s Archive" % self.some())

    def move(self):
        self.command(b"UID MOVE %s Archive" % self.uids())

    def checkpoint(self):
        """All stand still; what was told is what is there, and the same for all."""
        self.crowd.barrier.wait(120)
        self.command(b"NOOP")
        self.crowd.barrier.wait(120)
        self.told = True
        self.learn()
        self.crowd.views[self.number] = [(message.uid, message.flags) for message in self.messages]
        self.crowd.barrier.wait(120)
        if self.number == 0:
            self.crowd.compare()
        self.crowd.barrier.wait(120)


class Crowd:
    """Sessions that work for some seconds, with a checkpoint now and then."""

    def __init__(self, server, count, seconds, every=5, seed=1):
        self.server, self.seed, self.every = server, seed, every
        self.end = time.monotonic() + seconds
        self.barrier = threading.Barrier(count)
        self.lock = threading.Lock()
        self.due = 1
        self.began = time.monotonic()
        self.views, self.errors, self.checkpoints = {}, [], 0
        self.sessions = [Session(self, number) for number in range(count)]

    def run(self):
        """Everything that was wrong."""
        for session in self.sessions:
            session.start()
        for session in self.sessions:
            session.join(self.end - time.monotonic() + 300)
            if session.is_alive():
                self.fail(f"session {session.number} hangs in {session.verb!r}")
        return self.errors

    @property
    def commands(self):
        return sum(sum(session.counts.values()) for session in self.sessions)

    # Whether to go on is decided once for all sessions, or some would wait for the others for ever.

    def is_over(self):
        return self.barrier.broken or self.checkpoints >= self.last

    @property
    def last(self):
        return max(1, int((self.end - self.began) // self.every))

    def checkpoint_is_due(self):
        return time.monotonic() >= self.began + self.due * self.every

    def compare(self):
        self.checkpoints += 1
        self.due += 1
        first = self.views[0]
        for number, view in self.views.items():
            if view != first:
                self.fail(f"at checkpoint {self.checkpoints} session {number} sees {set(view) ^ set(first)} otherwise than session 0")

    def fail(self, what):
        with self.lock:
            self.errors.append(what)
        self.barrier.abort()
