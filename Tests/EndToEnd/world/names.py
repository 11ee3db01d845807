"""The domain names of a world: an authoritative server (nsd), a resolver (unbound), and names whose
questions nobody ever answers."""
import asyncio
import os
import selectors
import signal
import socket
import struct
import threading
import time

from unpacked import Peer

NSD = """server:
  ip-address: {address}@{port}
  do-ip6: no
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{home}"
  zonelistfile: "{home}/zones.list"
  database: ""
  xfrdfile: ""
  xfrdir: "{home}"
  pidfile: "{home}/nsd.pid"
  rrl-ratelimit: 0
  verbosity: 1
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "zone"
"""
# Nobody outside is asked.
UNBOUND = """server:
  interface: {address}
  port: {port}
  do-ip6: no
  do-daemonize: no
  num-threads: 1
  username: ""
  chroot: ""
  directory: "{home}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "test." nodefault
{more}remote-control:
  control-enable: no
stub-zone:
  name: "."
  stub-addr: {authority}@{port}
"""
#: Nothing is kept: a zone that changes is seen at once.
FORGETFUL = """  cache-max-ttl: 0
  cache-max-negative-ttl: 0
  infra-host-ttl: 1
"""
A, SOA, MX, AAAA = 1, 6, 15, 28
NAME_ERROR = 3


class Nsd(Peer):
    """It knows the root zone, and so every name there is."""
    name = "nsd"
    packages = ("nsd", "libevent-2.1-7", "libfstrm0", "libprotobuf-c1")

    def __init__(self, home, address, port, lifetime):
        self.address, self.port, self.lifetime, self.serial, self.lines = address, port, lifetime, 1, []
        super().__init__(home)

    def prepare(self):
        (self.home / "nsd.conf").write_text(NSD.format(address=self.address, port=self.port, home=self.home))
        self.write()

    def write(self):
        head = f"$TTL {self.lifetime}\n. IN SOA ns.test. root.test. {self.serial} 3600 600 86400 1\n. IN NS ns.test.\n"
        new = self.home / "zone.new"
        new.write_text(f"{head}ns.test. IN A {self.address}\n" + "".join(f"{line}\n" for line in self.lines))
        new.rename(self.home / "zone")

    def start(self):
        self.run("nsd", "-d", "-c", str(self.home / "nsd.conf"))
        self.wait_for(self.port, self.address)

    def add(self, *lines):
        """Adds records, in the notation of zone files; they are served when this returns."""
        self.lines += lines
        self.serial += 1
        self.write()
        # Files that changed within one second of the clock look alike to nsd.
        stamp = time.time() + self.serial
        os.utime(self.home / "zone", (stamp, stamp))
        self.processes[0].send_signal(signal.SIGHUP)
        end = time.monotonic() + 20
        while self.served() != self.serial:
            if time.monotonic() > end:
                raise RuntimeError(f"nsd does not serve the new zone: {self.tail()}")
            time.sleep(0.01)

    def served(self):
        """The serial number of the zone that it serves."""
        answer = ask(self.address, self.port, ".", SOA)
        if not answer or answer[7] == 0:
            return None
        # Behind the question stands the record: its name, ten octets, its data, which end in five numbers.
        start = 17 + (2 if answer[17] >= 0xc0 else 1)
        length, = struct.unpack(">H", answer[start + 8:start + 10])
        return struct.unpack(">5I", answer[:start + 10 + length][-20:])[0]


class Unbound(Peer):
    """The resolver that servers under test ask."""
    name = "unbound"
    packages = ("unbound", "libevent-2.1-7", "libprotobuf-c1", "libpython3.11", "libnghttp2-14")

    def __init__(self, home, address, port, authority, keeps_names):
        self.address, self.port, self.authority, self.keeps_names = address, port, authority, keeps_names
        super().__init__(home)

    def prepare(self):
        text = UNBOUND.format(address=self.address, port=self.port, home=self.home, authority=self.authority,
                              more="" if self.keeps_names else FORGETFUL)
        (self.home / "unbound.conf").write_text(text)

    def start(self):
        self.run("unbound", "-d", "-c", str(self.home / "unbound.conf"))
        self.wait_for(self.port, self.address)


class Deaf:
    """Stands before a resolver and drops every question about names below `suffix` that comes by UDP."""

    def __init__(self, loop, address, port, resolver, suffix="deaf.test"):
        self.loop, self.resolver, self.suffix = loop, resolver, name_octets(suffix)[:-1].lower()
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self.front.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.front.bind((address, port))
        self.dropped, self.waiting, self.number, self.is_over = 0, {}, 0, False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        self.streams = loop.run(asyncio.start_server(self.stream, address, port))

    async def stream(self, reader, writer):
        """One connection, for answers that are too long for UDP."""
        far_reader, far_writer = await asyncio.open_connection(*self.resolver)

        async def pipe(source, sink):
            try:
                while octets := await source.read(1 << 16):
                    sink.write(octets)
                    await sink.drain()
            except ConnectionError:
                pass
            finally:
                sink.close()

        await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))

    def serve(self):
        with selectors.DefaultSelector() as selector:
            for sock in (self.front, self.back):
                sock.setblocking(False)
                selector.register(sock, selectors.EVENT_READ)
            while not self.is_over:
                for key, _ in selector.select(0.2):
                    self.pass_on(key.fileobj)

    def pass_on(self, sock):
        while True:
            try:
                octets, client = sock.recvfrom(4096)
            except OSError:
                return
            if sock is self.back:
                answer = self.waiting.pop(octets[:2], None)
                if answer:
                    self.front.sendto(answer[0] + octets[2:], answer[1])
            elif self.suffix in octets.lower():
                self.dropped += 1
            else:
                self.number = (self.number + 1) % 65536
                own = struct.pack(">H", self.number)
                self.waiting[own] = (octets[:2], client)
                self.back.sendto(own + octets[2:], self.resolver)

    def stop(self):
        self.is_over = True
        self.thread.join()
        self.loop.loop.call_soon_threadsafe(self.streams.close)
        self.front.close()
        self.back.close()


def name_octets(name):
    """A name as it is on the wire."""
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def ask(address, port, name, kind, timeout=1):
    """One question by UDP; the octets of the answer, None without one. RFC 1035 §4.1"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        try:
            sock.sendto(struct.pack(">6H", 7, 0x100, 1, 0, 0, 0) + name_octets(name) + struct.pack(">2H", kind, 1),
                        (address, port))
            return sock.recv(4096)
        except OSError:
            return None
