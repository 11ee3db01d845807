"""Runs the shipped binary on a scratch directory, for tests and tools.

A `Server` owns its data directory and its process; it ends what it started by its process id.
"""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.path.abspath(os.environ.get("DAYBOOK", ROOT / ".build/release/daybook"))
DOMAIN = "demo.test"
USERS = {"postmaster": "correct horse 1", "alice": "battery staple 2", "bob": "tr0ub4dor and 3"}


def free_offset():
    """A port offset at which all seven ports are free now; DAYBOOK_PORTS says where to begin."""
    for offset in range(int(os.environ.get("DAYBOOK_PORTS", "20000")), 60000, 1000):
        offset += os.getpid() % 900
        try:
            for port in (25, 587, 465, 143, 993, 110, 995):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", offset + port))
            return offset
        except OSError:
            continue
    raise RuntimeError("no free port range")


def mortal():
    """Tests that are killed leave no server behind; one that another thread starts outlives that thread."""
    is_main = threading.current_thread() is threading.main_thread()
    return ["setpriv", "--pdeathsig", "KILL"] if is_main else []


class Server:
    def __init__(self, directory=None, users=USERS, settings=(), environment=None, wrapper=()):
        self.home = pathlib.Path(directory or tempfile.mkdtemp(prefix="daybook-test-"))
        self.data = self.home / "data"
        self.users = users
        self.environment = {**os.environ, **(environment or {})}
        self.wrapper = list(wrapper)
        self.process = None
        self.services = {}
        self.offset = free_offset()
        if not (self.data / "journal").exists():
            self.daybook("init")
            admin, *others = users.items()
            self.daybook("domain", "add", DOMAIN, "--administrator", admin[0], stdin=admin[1] + "\n")
            for name, password in others:
                self.daybook("user", "add", f"{name}@{DOMAIN}", stdin=password + "\n")
            for words in settings:
                self.daybook("set", *words)

    def daybook(self, *words, stdin="", check=True, timeout=120):
        """Runs a verb on this data directory; its standard output."""
        done = subprocess.run(
            [BINARY, *words, "--data", str(self.data)], input=stdin, capture_output=True, text=True,
            timeout=timeout, env=self.verb_environment)
        if check and done.returncode != 0:
            raise AssertionError(f"daybook {' '.join(words)}: exit {done.returncode}: {done.stderr}{done.stdout}")
        return done.stdout if check else done

    @property
    def verb_environment(self):
        """That of the server without what makes its disk fail."""
        faults = {"SIMDISK_AT", "SIMDISK_FOR", "SIMDISK_LIES", "SIMDISK_COUNT"}
        return {name: value for name, value in self.environment.items() if name not in faults}

    def start(self, *options, wait=30):
        with open(self.home / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, *mortal(), BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1",
                 "--port-offset", str(self.offset), "--json", *options],
                stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        timer = threading.Timer(wait, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            code = self.process.wait()
            raise RuntimeError(f"the server did not start: exit {code}: {self.tail()}")
        self.services = {
            name: (address.rsplit(":", 1)[0], int(address.rsplit(":", 1)[1]))
            for name, address in json.loads(line)["services"].items() if not address.startswith("unix:")}
        return self

    def tail(self):
        return (self.home / "server.log").read_text(errors="replace")[-2000:]

    @property
    def pid(self):
        """The server's own process id, also below a wrapper such as strace."""
        if not self.wrapper:
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def kill(self):
        with contextlib.suppress(ProcessLookupError, IndexError, FileNotFoundError):
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=30):
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGINT)
            try:
                return self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"the server did not stop: {self.tail()}")
        return self.process.returncode if self.process else None

    def address(self, service):
        return "%s:%d" % self.services[service]

    def password(self, name):
        return self.users[name]

    def connect(self, service, timeout=10):
        return Wire(socket.create_connection(self.services[service], timeout=timeout))

    def memory(self, kind="Pss"):
        """Proportional set size in KiB, or another figure of smaps_rollup."""
        for line in pathlib.Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{kind}:"):
                return int(line.split()[1])
        raise RuntimeError(f"no {kind} line")

    def events(self, *options):
        return [json.loads(line) for line in self.daybook("replay", "--json", *options).splitlines()]


class Wire:
    """A raw line-oriented connection."""

    def __init__(self, connection):
        self.socket = connection
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        """One line with its CRLF; what was there when the peer closed otherwise."""
        while b"\n" not in self.buffer:
            try:
                more = self.socket.recv(65536)
            except ConnectionError:
                more = b""
            if not more:
                rest, self.buffer = self.buffer, b""
                return rest
            self.buffer += more
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line + b"\n"

    def reply(self):
        """One SMTP reply, all its lines."""
        lines = []
        while True:
            line = self.line()
            lines.append(line)
            if len(line) < 4 or line[3:4] != b"-":
                return b"".join(lines)

    def ask(self, command):
        self.send(command)
        return self.reply()

    def tagged(self, tag):
        """IMAP lines up to and with the tagged one."""
        lines = []
        while True:
            line = self.line()
            lines.append(line)
            if not line or line.startswith(tag + b" "):
                return b"".join(lines)

    def closed(self):
        """Whether the peer has closed within the time-out."""
        try:
            while self.socket.recv(65536):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False


def smtp_send(server, recipient, body, service="smtp", sender="sender@elsewhere.test", timeout=20):
    """Delivers one message by raw SMTP; the reply to its end of data."""
    with server.connect(service, timeout) as wire:
        wire.reply()
        wire.ask(b"EHLO client.test\r\n")
        wire.ask(f"MAIL FROM:<{sender}>\r\n".encode())
        answer = wire.ask(f"RCPT TO:<{recipient}>\r\n".encode())
        if not answer.startswith(b"250"):
            return answer
        wire.ask(b"DATA\r\n")
        answer = wire.ask(body.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        wire.send(b"QUIT\r\n")
        return answer


def wait_until(condition, seconds=10, what="the condition"):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s")
