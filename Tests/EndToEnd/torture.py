"""Mixed load with a recorder, and what a restarted server shows of it.

Each client owns the mailboxes of one user, so that it knows what every act changes. What a positive
reply promises is on the recorder's disk before the client sends its next command.
"""
import base64
import contextlib
import imaplib
import json
import poplib
import random
import re
import signal
import ssl
import subprocess
import threading
import time

from harness import BINARY, DOMAIN, Server, Wire
from promises import Promises

LAX = ssl._create_unverified_context()
GONE = (OSError, EOFError, imaplib.IMAP4.abort)
SUBJECT = re.compile(rb"Subject: (\S+)")
USERS = {"postmaster": "correct horse 1", "alice": "battery staple 2", "bob": "tr0ub4dor and 3", "carol": "four words in 4"}
FLAGS = (r"\Seen", r"\Flagged", r"\Answered", r"\Draft", "$Forwarded", "later")
PASSPHRASE = "a phrase that nobody guesses\n"
ROOM = 40  # messages of one user beyond which a client expunges rather than adds


class Unexpected(Exception):
    """A reply that no client should get, or a connection that ended without a reason."""


def text_of(token, size):
    """The body of a message, known from its token alone."""
    line = f"{token} 0123456789abcdefghijklmnopqrstuvwxyz\r\n".encode()
    return b"Subject: " + token.encode() + b"\r\n\r\n" + line * (size // len(line) + 1)


class Client(threading.Thread):
    """One client that sends, files, flags, copies, moves, expunges and empties until it is stopped."""

    def __init__(self, server, promises, user, seed, name):
        super().__init__(daemon=True)
        self.server, self.promises, self.user, self.name_base = server, promises, user, name
        self.random = random.Random(seed)
        self.serial = 0
        self.ending = False
        self.faults = []
        self.refusals = []
        self.retries = []

    def token(self):
        self.serial += 1
        size = self.random.choice((10, 10, 3000, 3000, 70_000, 300_000)) if self.serial % 4 == 0 else 200
        return f"{self.name_base}-{self.serial}-{size}"

    def run(self):
        while not self.ending:
            self.turn()

    def turn(self, turn=None):
        try:
            (turn or self.random.choice((self.send, self.submit, self.mailboxes, self.mailboxes, self.maildrop)))()
        except GONE as loss:
            if not self.ending:
                self.faults.append(f"{self.user}: the connection was lost: {loss!r}")
                time.sleep(0.02)
        except (Unexpected, imaplib.IMAP4.error, poplib.error_proto) as fault:
            if not (self.ending and "EOF" in str(fault)):
                self.faults.append(f"{self.user}: {fault!r}")

    def attempt(self, kind, change, command):
        """One act: `command` returns True (kept), False (refused), or UIDs that were promised."""
        act = self.promises.begin(kind, change)
        answer = command()
        if answer is False:
            self.promises.refuse(act)
            return False
        self.promises.keep(act, answer if isinstance(answer, dict) else ())
        return True

    def mine(self, mailbox=None):
        return [k for k in self.promises.keys("mail", self.user) if mailbox in (None, k[2])]

    def added(self, user, mailbox, token, flags=()):
        """The change that one more message makes."""
        key = ("mail", user, mailbox, token)
        return {key: tuple(sorted((self.promises.value(key) or ()) + (tuple(sorted(flags)),)))}

    # SMTP

    def send(self):
        with self.server.connect("smtp", 10) as wire:
            self.greet(wire)
            self.deliver(wire, "send")

    def submit(self):
        with self.server.connect("submissions", 10) as plain:
            with Wire(LAX.wrap_socket(plain.socket)) as wire:
                self.greet(wire)
                words = f"\0{self.user}@{DOMAIN}\0{self.server.password(self.user)}".encode()
                self.expect(wire.ask(b"AUTH PLAIN " + base64.b64encode(words) + b"\r\n"), b"235")
                self.deliver(wire, "submit")

    def greet(self, wire):
        self.expect(wire.reply(), b"220")
        self.expect(wire.ask(b"EHLO torture.test\r\n"), b"250")

    def expect(self, answer, code):
        if not answer:
            raise EOFError("EOF")
        if not answer.startswith(code):
            raise Unexpected(f"{answer!r} instead of {code!r}")

    def deliver(self, wire, kind):
        """A few messages in one connection. Whoever got no reply sends the same again, as MTAs do."""
        sender = f"{self.user}@{DOMAIN}" if kind == "submit" else "t@elsewhere.test"
        for _ in range(self.random.randint(1, 5)):
            if self.ending or (len(self.mine()) > ROOM and not self.retries):
                break
            again = self.retries.pop() if self.retries else None
            token, to = again or (self.token(), [self.user] + self.random.choice(([], [], ["postmaster"])))
            change = {}
            for user in to:
                change.update(self.added(user, "INBOX", token))
            answer = wire.ask(f"MAIL FROM:<{sender}>\r\n".encode())
            if not answer.startswith(b"4"):
                self.expect(answer, b"250")
                for user in to:
                    answer = wire.ask(f"RCPT TO:<{user}@{DOMAIN}>\r\n".encode())
                    if answer.startswith(b"4"):
                        break
                    self.expect(answer, b"250")
            if answer.startswith(b"4"):
                self.refusals.append(answer)
                self.expect(wire.ask(b"RSET\r\n"), b"250")
                continue
            self.expect(wire.ask(b"DATA\r\n"), b"354")
            act = self.promises.begin("retry" if again else kind, change)
            act.retry = (token, to)
            answer = wire.ask(text_of(token, int(token.rsplit("-", 1)[1])) + b".\r\n")
            if answer.startswith(b"250"):
                self.promises.keep(act)
            elif answer.startswith(b"4") and not answer.startswith(b"421"):
                self.refusals.append(answer)
                self.promises.refuse(act)
            elif not answer.startswith(b"421"):
                self.expect(answer, b"250")

    # IMAP

    def mailboxes(self):
        imap = imaplib.IMAP4_SSL(*self.server.services["imaps"], ssl_context=LAX, timeout=10)
        try:
            imap.login(f"{self.user}@{DOMAIN}", self.server.password(self.user))
            for _ in range(self.random.randint(1, 3)):
                names = [key[2] for key in self.promises.keys("mailbox", self.user)]
                self.within(imap, self.random.choice(["INBOX"] + names))
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.abort):
                imap.logout()

    def within(self, imap, mailbox):
        """A few acts in one selected mailbox."""
        if not self.ok(imap.select(mailbox)):
            return
        validity = int(imap.response("UIDVALIDITY")[1][0])
        uids = listed(imap)
        for _ in range(self.random.randint(1, 6)):
            if self.ending:
                return
            single = [t for t in uids if len(uids[t]) == 1 and self.promises.value(("mail", self.user, mailbox, t))]
            crowded = len(self.mine()) > ROOM
            act = self.random.choice(
                ("expunge", "expunge", "store") if crowded else ("append", "append", "store", "copy", "move", "expunge", "name"))
            if act == "append":
                self.append(imap, mailbox, validity, uids)
            elif act == "name":
                if self.names(imap, mailbox):
                    return
            elif single:
                token = self.random.choice(single)
                getattr(self, act)(imap, mailbox, token, uids)

    def ok(self, answer):
        if answer[0] == "BAD":
            raise Unexpected(f"BAD {answer[1]}")
        if answer[0] == "NO":
            self.refusals.append(b"NO " + (answer[1][0] or b""))
        return answer[0] == "OK"

    def append(self, imap, mailbox, validity, uids):
        token = self.token()
        flags = self.random.sample(FLAGS, self.random.randint(0, 2))
        target = self.random.choice(["INBOX", mailbox])

        def command():
            text = text_of(token, int(token.rsplit("-", 1)[1]))
            if not self.ok(imap.append(target, f"({' '.join(flags)})" if flags else None, None, text)):
                return False
            found = re.search(rb"APPENDUID (\d+) (\d+)", imap.untagged_responses.get("APPENDUID", [b""])[0] or b"")
            return {(self.user, target, *map(int, found.groups())): token} if found else True

        if self.attempt("append", self.added(self.user, target, token, low(flags)), command) and target == mailbox:
            imap.noop()
            uids.clear()
            uids.update(listed(imap))

    def store(self, imap, mailbox, token, uids):
        key = ("mail", self.user, mailbox, token)
        flags = self.random.sample(FLAGS, self.random.randint(1, 2))
        (old,) = self.promises.value(key)
        sign = self.random.choice("+-")
        new = set(old) | set(low(flags)) if sign == "+" else set(old) - set(low(flags))
        self.attempt("store", {key: (tuple(sorted(new)),)}, lambda: self.ok(
            imap.uid("STORE", str(uids[token][0]), f"{sign}FLAGS.SILENT", f"({' '.join(flags)})")))

    def elsewhere(self, mailbox, token):
        names = ["INBOX"] + [key[2] for key in self.promises.keys("mailbox", self.user)]
        return [n for n in names if n != mailbox and not self.promises.value(("mail", self.user, n, token))]

    def copied(self, imap, verb, mailbox, token, uids, change):
        targets = self.elsewhere(mailbox, token)
        if not targets:
            return False
        target = self.random.choice(targets)
        change[("mail", self.user, target, token)] = self.promises.value(("mail", self.user, mailbox, token))

        def command():
            if not self.ok(imap.uid(verb, str(uids[token][0]), target)):
                return False
            told = (imap.untagged_responses.pop("COPYUID", [b""])[-1] or b"").split()
            return {(self.user, target, int(told[0]), int(told[2])): token} if len(told) == 3 else True

        return self.attempt(verb.lower(), change, command)

    def copy(self, imap, mailbox, token, uids):
        self.copied(imap, "COPY", mailbox, token, uids, {})

    def move(self, imap, mailbox, token, uids):
        if self.copied(imap, "MOVE", mailbox, token, uids, {("mail", self.user, mailbox, token): None}):
            uids.pop(token)

    def expunge(self, imap, mailbox, token, uids):
        key = ("mail", self.user, mailbox, token)
        (old,) = self.promises.value(key)
        marked = self.attempt("store", {key: (tuple(sorted({*old, r"\deleted"})),)}, lambda: self.ok(
            imap.uid("STORE", str(uids[token][0]), "+FLAGS", r"(\Deleted)")))
        if marked and self.attempt("expunge", {key: None}, lambda: self.ok(imap.uid("EXPUNGE", str(uids[token][0])))):
            uids.pop(token)

    def names(self, imap, selected):
        """Creates, renames or deletes a mailbox; True when the selected one is not usable any more."""
        names = [key[2] for key in self.promises.keys("mailbox", self.user) if key[2].startswith("x")]
        verb = self.random.choice(["CREATE"] + ["RENAME", "DELETE"] * (len(names) > 2))
        if verb == "CREATE":
            self.serial += 1
            name = f"x{self.serial % 7}"
            if ("mailbox", self.user, name) in self.promises.keys("mailbox", self.user):
                return False
            self.attempt("create", {("mailbox", self.user, name): True}, lambda: self.ok(imap.create(name)))
            return False
        old = self.random.choice(names)
        inside = {key: None for key in self.mine(old)}
        if verb == "DELETE":
            self.attempt("delete", {("mailbox", self.user, old): None, **inside}, lambda: self.ok(imap.delete(old)))
        else:
            self.serial += 1
            new = f"x-{self.name_base}-{self.serial}"
            moved = {("mail", self.user, new, key[3]): self.promises.value(key) for key in inside}
            change = {("mailbox", self.user, old): None, ("mailbox", self.user, new): True, **inside, **moved}
            self.attempt("rename", change, lambda: self.ok(imap.rename(old, new)))
        return old == selected

    # POP3

    def maildrop(self):
        """DELE takes effect with the reply to QUIT. RFC 1939 §6"""
        pop = poplib.POP3_SSL(*self.server.services["pop3s"], context=LAX, timeout=10)
        try:
            pop.user(f"{self.user}@{DOMAIN}")
            pop.pass_(self.server.password(self.user))
            gone = {}
            for number in range(1, min(3, pop.stat()[0]) + 1):
                found = SUBJECT.search(b"\r\n".join(pop.top(number, 0)[1]))
                key = ("mail", self.user, "INBOX", found.group(1).decode())
                if len(self.promises.value(key) or ()) == 1 and len(self.mine()) > ROOM // 4:
                    pop.dele(number)
                    gone[key] = None
            self.attempt("pop-quit", gone, lambda: self.quits(pop)) if gone else pop.quit()
        except poplib.error_proto as refusal:
            if "[IN-USE]" not in str(refusal):
                raise
        finally:
            pop.close()

    def quits(self, pop):
        try:
            return pop.quit().startswith(b"+OK")
        except poplib.error_proto as refusal:
            if "EOF" in str(refusal):
                raise
            self.refusals.append(refusal.args[0])
            return False


class Operator(Client):
    """Adds and deletes domains and users, changes settings, rebuilds and backs up, and is killed too."""

    def turn(self, _=None):
        kind, words, stdin, change = self.plan()
        if set(change) & self.unsure:
            return
        act = self.promises.begin(kind, change)
        process = subprocess.Popen(
            [BINARY, *words, "--data", str(self.server.data)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=self.server.verb_environment)
        if self.random.random() < 0.1:
            time.sleep(self.random.random() * 0.02)
            process.send_signal(signal.SIGKILL)
        _, error = process.communicate(stdin.encode(), timeout=60)
        if process.returncode == 0:
            self.promises.keep(act)
        elif process.returncode == 1:
            self.promises.refuse(act)
            if b"is in use" not in error:  # by a rebuild whose asker was killed
                self.faults.append(f"{words}: refused: {error!r}")
        else:
            self.unsure |= set(change)

    def run(self):
        self.unsure = set()
        super().run()

    def plan(self):
        number = self.random.randint(1, 4)
        domain, address = f"d{number}.test", f"u{number}@{DOMAIN}"
        choice = self.random.random()
        if choice < 0.05:
            return "rebuild", ["rebuild"], "", {}
        if choice < 0.1:
            return "backup", ["backup", str(self.server.home / "backup")], PASSPHRASE, {}
        if choice < 0.4:
            value = str(self.random.randint(1000, 9000))
            return "set", ["set", "limit.users", value, "--domain", DOMAIN], "", {("setting", "limit.users"): value}
        if choice < 0.7:
            if self.promises.value(("user", address)):
                return "user-delete", ["user", "delete", address], "", {("user", address): None}
            return "user-add", ["user", "add", address], "a long password\n", {("user", address): True}
        both = [("domain", domain), ("user", f"postmaster@{domain}")]
        if self.promises.value(("domain", domain)):
            return "domain-delete", ["domain", "delete", domain], "", dict.fromkeys(both)
        return "domain-add", ["domain", "add", domain], "a long password\n", dict.fromkeys(both, True)


def low(flags):
    return [flag.lower() for flag in flags]


def listed(imap):
    """Token -> UIDs of the selected mailbox."""
    found = {}
    _, data = imap.uid("FETCH", "1:*", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    for item in data:
        if isinstance(item, tuple) and (match := SUBJECT.search(item[1])):
            found.setdefault(match.group(1).decode(), []).append(int(re.search(rb"UID (\d+)", item[0]).group(1)))
    return found


def load(server, promises, seed, seconds, retries=(), end=Server.kill):
    """Runs clients against the server for some time, then ends it; the faults they met."""
    users = [user for user in USERS if user != "postmaster"]
    clients = [Client(server, promises, user, seed * 100 + i, f"r{seed}{user[0]}") for i, user in enumerate(users)]
    for client in clients:
        client.retries = [r for r in retries if r[1][0] == client.user]
    clients.append(Operator(server, promises, "root", seed * 100 + 99, f"r{seed}o"))
    for client in clients:
        client.start()
    over = time.monotonic() + seconds
    while time.monotonic() < over and server.process.poll() is None:
        time.sleep(0.001)
    for client in clients:
        client.ending = True
    died = server.process.poll() is not None
    end(server)
    for client in clients:
        client.join(30)
        assert not client.is_alive(), "a client hangs on a dead server"
    return [fault for client in clients for fault in client.faults] + (["the server died by itself"] if died else [])


class Eyes:
    """Looks at a running server as clients do, and remembers which bodies it has compared already."""

    def __init__(self, server, promises, users=tuple(USERS)):
        self.server, self.promises, self.users = server, promises, users
        self.compared = set()
        self.broken = []

    def look(self, directory=True):
        """Everything a server shows, in the terms of `Promises`."""
        shown = {}
        for user in self.users:
            with imaplib.IMAP4_SSL(*self.server.services["imaps"], ssl_context=LAX, timeout=60) as imap:
                imap.login(f"{user}@{DOMAIN}", self.server.password(user))
                for line in imap.list('""', "*")[1]:
                    name = line.decode().rsplit(" ", 1)[1].strip('"')
                    if name != "INBOX":
                        shown[("mailbox", user, name)] = True
                    self.mailbox(imap, user, name, shown)
            self.uidls(user, shown)
        if directory:
            self.directory(shown)
        self.broken += self.promises.history.broken
        return shown

    def mailbox(self, imap, user, name, shown):
        kind, count = imap.select(name, readonly=True)
        if kind != "OK":
            self.broken.append(f"{user}: {name} is listed and cannot be selected: {count}")
            return
        validity, following = (int(imap.response(word)[1][0]) for word in ("UIDVALIDITY", "UIDNEXT"))
        uids = {}
        if int(count[0]):
            _, data = imap.uid("FETCH", "1:*", "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
            for head, text in (item for item in data if isinstance(item, tuple)):
                token = SUBJECT.search(text).group(1).decode()
                uids[int(re.search(rb"UID (\d+)", head).group(1))] = token
                flags = re.search(rb"FLAGS \((.*?)\)", head).group(1).decode().lower().split()
                key = ("mail", user, name, token)
                one = tuple(sorted(flag for flag in flags if flag != r"\recent"))
                shown[key] = tuple(sorted(shown.get(key, ()) + (one,)))
            if len(uids) != int(count[0]):
                self.broken.append(f"{user}: {name} has {count[0]} messages and shows {len(uids)}")
        self.promises.history.see(user, name, validity, following, uids)
        fresh = [uid for uid in uids if (user, name, validity, uid) not in self.compared]
        if fresh:
            _, data = imap.uid("FETCH", ",".join(map(str, fresh)), "(UID BODY.PEEK[])")
            for head, text in (item for item in data if isinstance(item, tuple)):
                uid = int(re.search(rb"UID (\d+)", head).group(1))
                if not text.endswith(text_of(uids[uid], int(uids[uid].rsplit("-", 1)[1]))):
                    self.broken.append(f"{user}: the text of {uids[uid]} in {name} is another")
                self.compared.add((user, name, validity, uid))

    def uidls(self, user, shown):
        pop = poplib.POP3_SSL(*self.server.services["pop3s"], context=LAX, timeout=60)
        pop.user(f"{user}@{DOMAIN}")
        pop.pass_(self.server.password(user))
        lines = [line.decode().split()[1] for line in pop.uidl()[1]]
        pop.quit()
        inbox = sum(len(value) for key, value in shown.items() if key[:3] == ("mail", user, "INBOX"))
        if len(set(lines)) != inbox:
            self.broken.append(f"{user}: {inbox} messages, {len(set(lines))} unique ids")

    def directory(self, shown):
        for line in self.server.daybook("domain", "list", "--json").splitlines():
            name = json.loads(line)["domain"]
            shown[("domain", name)] = True
            for entry in self.server.daybook("user", "list", name, "--json").splitlines():
                shown[("user", json.loads(entry)["address"])] = True
        value = json.loads(self.server.daybook("get", "limit.users", "--domain", DOMAIN, "--json"))["value"]
        shown[("setting", "limit.users")] = value


class Rounds:
    """Rounds of load, kill, restart and proof on one data directory, with one recorder."""

    def __init__(self, server, path):
        self.server = server
        self.promises = Promises(path)
        self.eyes = Eyes(server, self.promises)
        self.promises.holds = self.eyes.look()
        self.retries = []
        self.duplicates = 0

    def round(self, seed, seconds, restart=Server.start, end=Server.kill):
        """One round; everything that is not as promised."""
        faults = load(self.server, self.promises, seed, seconds, self.retries, end)
        restart(self.server)
        return faults + self.prove()

    def prove(self, deep=True):
        """Holds the running server to every promise, and the journal to itself."""
        acts = list(self.promises.open)
        broken = self.promises.settle(self.eyes.look())
        self.retries = [act.retry for act in acts if hasattr(act, "retry")]
        self.duplicates += sum(act.happened for act in acts if hasattr(act, "retry"))
        broken += self.eyes.broken
        if deep:
            for words in (("verify",), ("verify", "--projections")):
                done = self.server.daybook(*words, check=False, timeout=600)
                if done.returncode:
                    broken.append(f"{' '.join(words)}: {done.stderr}{done.stdout}")
        return broken
