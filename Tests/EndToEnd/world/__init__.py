"""The mail world around a server under test, on loopback: names, exchangers, and who misbehaves.

Every host has an address of its own out of 127.0.0.0/8 and takes mail at one port, the same for all,
as it is outside. A domain of a world is `<name>.test`; nothing of it exists before a test says so.
"""
import os
import pathlib
import socket
import ssl
import subprocess

import harness

from . import exchangers, names
from .remote import Loop, Remote

NEW_KEY = ("-newkey", "rsa:2048", "-nodes")


class World:
    def __init__(self, home, dns_port=None, keeps_names=False):
        self.home = pathlib.Path(home)
        self.home.mkdir(exist_ok=True)
        offset = harness.free_offset()
        self.port, self.dns_port = offset + 26, dns_port or offset + 53
        self.count = 0
        self.running = []
        self.loop = Loop()
        try:
            self.nsd = self.add(
                names.Nsd(self.home / "nsd", self.address(), self.dns_port, 3600 if keeps_names else 1))
            self.unbound = self.add(
                names.Unbound(self.home / "unbound", self.address(), self.dns_port, self.nsd.address, keeps_names))
            self.deaf = self.add(names.Deaf(
                self.loop, self.address(), self.dns_port, (self.unbound.address, self.dns_port)))
        except BaseException:
            self.stop()
            raise

    @property
    def resolver(self):
        """Where servers under test ask: the resolver behind what drops names below deaf.test."""
        return "%s:%d" % self.deaf.front.getsockname()

    def add(self, peer):
        self.running.append(peer)
        return peer

    def stop(self):
        for peer in reversed(self.running):
            peer.stop()
        self.loop.stop()

    def address(self):
        """An address that nobody else of this run has."""
        self.count += 1
        return f"127.{64 + os.getpid() % 128}.{self.count // 250}.{self.count % 250 + 1}"

    def unique(self, stem):
        self.count += 1
        return f"{stem}{self.count}.test"

    def domain(self, *hosts, name=None):
        """A new domain whose exchangers are these, the first the best; its name."""
        name = name or self.unique("d")
        self.nsd.add(*[line for rank, host in enumerate(hosts, 1) for line in (
            f"{name}. IN MX {rank * 10} {host.host}.", f"{host.host}. IN {kind_of(host.address)} {host.address}")])
        return name

    def remote(self, address=None, **options):
        """A remote that does what it is told; see `remote.Remote`."""
        options.setdefault("host", self.unique("mx"))
        return self.add(Remote(self.loop, address or self.address(), options.pop("port", self.port), **options))

    def exchanger(self, kind, more=""):
        """A real mail server of a kind of `exchangers`, with more lines of its configuration."""
        host = self.unique("mx")
        return self.add(kind(self.home / host, self.address(), self.port, host, self.identity(host), more))

    def sink(self, *options):
        sink = exchangers.SmtpSink(self.home / self.unique("sink"), self.address(), self.port, *options)
        sink.host = self.unique("mx")
        return self.add(sink)

    def silent(self):
        """A host whose kernel takes connections, and nobody ever says a word; it has no process."""
        return self.add(Silent(self.address(), self.port, self.unique("mx"), 4096))

    def unreachable(self):
        """A host that drops every SYN: its queue of connections is full."""
        silent = self.add(Silent(self.address(), self.port, self.unique("mx"), 0))
        silent.fill()
        return silent

    def identity(self, *hosts, days=30):
        """A certificate for these names by the world's own authority, and its key: two paths."""
        authority, secret = self.home / "ca.crt", self.home / "ca.key"
        if not authority.exists():
            openssl("req", "-x509", *NEW_KEY, "-subj", "/CN=World", "-days", "30",
                    "-keyout", secret, "-out", authority)
        stem = self.home / f"{hosts[0]}-{days}"
        key, request, certificate = (stem.with_suffix(f".{end}") for end in ("key", "csr", "crt"))
        if not certificate.exists():
            names_file = stem.with_suffix(".san")
            names_file.write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + "\n")
            openssl("req", *NEW_KEY, "-subj", f"/CN={hosts[0]}", "-keyout", key, "-out", request)
            openssl("x509", "-req", "-in", request, "-CA", authority, "-CAkey", secret, "-CAcreateserial",
                    "-days", str(days), "-extfile", names_file, "-out", certificate)
        return certificate, key

    def context(self, *hosts, days=30):
        """What a remote needs to speak TLS under these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.identity(*hosts, days=days))
        return context


class Silent:
    """A listening socket that nobody serves."""

    def __init__(self, address, port, host, backlog):
        self.address, self.port, self.host = address, port, host
        self.fillers = []
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(backlog)

    def fill(self):
        """Connects until the kernel drops what comes."""
        while True:
            filler = socket.socket()
            filler.settimeout(0.3)
            self.fillers.append(filler)
            try:
                filler.connect((self.address, self.port))
            except TimeoutError:
                return

    def stop(self):
        for sock in [self.socket, *self.fillers]:
            sock.close()


def kind_of(address):
    return "AAAA" if ":" in address else "A"


def openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.strip()[-300:]}")
