"""What processes use, and the few words of IMAP that tell what a mailbox holds."""
import os
import socket
import ssl
import threading
import time

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


def processes():
    """Of every process: its parent, its processor seconds with those of its ended children, and
    its resident octets."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                words = file.read().rpartition(b") ")[2].split()
        except OSError:
            continue
        seconds = sum(map(int, words[11:15])) / TICK
        found[int(name)] = (int(words[1]), seconds, int(words[21]) * PAGE)
    return found


def tree(roots, found):
    """The process ids of `roots` and everything below them."""
    members = [root for root in roots if root in found]
    for member in members:
        members += [child for child, (parent, _, _) in found.items() if parent == member]
    return members


def processor_seconds(roots):
    found = processes()
    return sum(found[member][1] for member in tree(roots, found))


def proportional_size(roots):
    """PSS of the process trees in octets."""
    total = 0
    for member in tree(roots, processes()):
        try:
            with open(f"/proc/{member}/smaps_rollup") as file:
                total += next((int(line.split()[1]) for line in file if line.startswith("Pss:")), 0)
        except OSError:
            continue
    return total * 1024


class Usage:
    """Processor seconds of process trees while it is open, and the peak of their summed memory."""

    def __init__(self, roots):
        self.roots = roots
        self.peak = 0
        self.over = threading.Event()

    def __enter__(self):
        self.before = processor_seconds(self.roots)
        self.sampler = threading.Thread(target=self._sample, daemon=True)
        self.sampler.start()
        return self

    def _sample(self):
        while True:
            found = processes()
            self.peak = max(self.peak, sum(found[member][2] for member in tree(self.roots, found)))
            if self.over.wait(0.25):
                return

    def __exit__(self, *_):
        self.over.set()
        self.sampler.join()
        self.seconds = processor_seconds(self.roots) - self.before


class Imap:
    """One IMAP connection, signed in."""

    def __init__(self, port, user, password, tls=False, timeout=120):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = CONTEXT.wrap_socket(self.socket)
        self.waiting = b""
        self.line()
        self.ask(f'LOGIN "{user}" "{password}"'.encode())

    def line(self):
        while b"\r\n" not in self.waiting:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError(f"closed by the server: {self.waiting!r}")
            self.waiting += more
        line, self.waiting = self.waiting.split(b"\r\n", 1)
        return line

    def ask(self, command):
        """The untagged lines of the answer, which must be OK."""
        self.socket.sendall(b"a " + command + b"\r\n")
        lines = []
        while not (line := self.line()).startswith(b"a "):
            lines.append(line)
        if not line.startswith(b"a OK"):
            raise RuntimeError(f"{command[:40]!r}: {line!r}")
        return lines

    def messages(self):
        """How many messages INBOX holds."""
        for line in self.ask(b"STATUS INBOX (MESSAGES)"):
            if b"MESSAGES" in line:
                return int(line.rpartition(b"MESSAGES")[2].strip(b" )"))
        raise RuntimeError("no answer to STATUS")

    def wait_for(self, count, seconds=120):
        """Waits until INBOX holds `count` messages."""
        end = time.monotonic() + seconds
        while (have := self.messages()) < count:
            if time.monotonic() > end:
                raise RuntimeError(f"{have} of {count} messages came within {seconds} s")
            time.sleep(0.02)

    def idle(self):
        self.socket.sendall(b"a IDLE\r\n")
        while not self.line().startswith(b"+"):
            pass

    def close(self):
        self.socket.close()


CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE
