"""Mail that leaves: submitted for elsewhere, delivered to Postfix's smtp-sink on loopback.

Both sides find their destinations through the same nsd and unbound, deliver over their own
connections and with the limits they are shipped with, and have their syncs on. Names live for an hour,
as is usual: unbound remembers them, and so may who asks it.
"""
import base64
import contextlib
import socket
import statistics
import subprocess
import time

import harness
import measuring
from mail_rows import alternate, column
from results import Result, Row
from world import World, exchangers

AIM = 5
DESTINATIONS = 1000


class Relay(exchangers.Postfix):
    """Postfix as it is shipped, with the world's resolver: it asks at port 53 alone."""
    authentication = ()

    def __init__(self, world):
        self.resolver = world.unbound.address
        more = f"smtp_tcp_port = {world.port}\nsmtp_host_lookup = dns\nsmtp_dns_support_level = enabled"
        super().__init__(world.home / "relay", "127.0.0.1", harness.free_offset() + 25, "relay.test",
                         world.identity("relay.test"), more)
        self.smtp, self.sender = self.port, "load@elsewhere.test"

    def configure(self, etc):
        super().configure(etc)
        main = self.home / "postfix/main.cf"
        kept = [line for line in main.read_text().splitlines() if not line.startswith("virtual_")]
        main.write_text("\n".join(kept) + "\n")
        (etc / "resolv.conf").write_text(f"nameserver {self.resolver}\n")


def daybook(bench, world):
    """Daybook with its user signed in to send; the world's names and port."""
    ours = bench.daybook()
    set_up(ours, f"{world.unbound.address}:{world.dns_port}", world.port)
    return ours


def set_up(ours, resolver, port):
    for words in (("dns.resolver", resolver), ("delivery.port", str(port)), ("delivery.allow_local", "on"),
                  ("throttle.messages_per_hour", "0", "--domain", harness.DOMAIN),
                  ("throttle.bandwidth_per_hour", "0", "--domain", harness.DOMAIN)):
        ours.server.daybook("set", *words)
    ours.smtp, ours.sender = ours.server.services["submission"][1], ours.user
    ours.authentication = (base64.b64encode(f"\0{ours.user}\0{ours.password}".encode()).decode(),)


def submit(bench, server, recipient, sessions, messages, octets):
    """Submits messages, a hundred in a connection."""
    done = subprocess.run(
        [bench.program("smtp_load"), "127.0.0.1", str(server.smtp), str(sessions), str(messages), str(octets), recipient,
         "100", server.sender, *server.authentication], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{server.name}: {done.stderr.strip()}")


def leave(bench, server, sink, recipient, sessions, messages):
    """Submits messages and waits until the sink has them all."""
    before = sink.messages
    with measuring.Usage(server.roots) as usage:
        began = time.monotonic()
        submit(bench, server, recipient, sessions, messages, 4096)
        submitted = time.monotonic() - began
        end = began + 300
        while (taken := sink.messages - before) < messages:
            if time.monotonic() > end:
                raise RuntimeError(f"{server.name}: {taken} of {messages} messages came within 300 s")
            time.sleep(0.005)
        seconds = time.monotonic() - began
    bench.progress(f"  {server.name}: submitted in {submitted:.2f} s, delivered in {seconds:.2f} s")
    return {"rate": messages / seconds, "cpu": usage.seconds / messages * 1e3, "memory": usage.peak / 1e6}


@contextlib.contextmanager
def outside(bench):
    """A world with a sink behind every address, and a thousand and one domains: d0.test ... and one.test."""
    world = World(bench.home / f"world-{bench.count}", dns_port=53, keeps_names=True)
    try:
        # As many sessions as a thousand servers have.
        sink = world.add(exchangers.SmtpSink(world.home / "sink", "", world.port, "-m", "10000"))
        world.nsd.add("one.test. IN MX 10 mx.one.test.", f"mx.one.test. IN A {world.address()}", *[
            line for n in range(DESTINATIONS)
            for line in (f"d{n}.test. IN MX 10 mx.d{n}.test.", f"mx.d{n}.test. IN A {world.address()}")])
        yield world, sink
    finally:
        world.stop()


def outbound_row(name, title, recipient, ours_count, peer_count):
    def measure(bench):
        if not bench.has_peers:
            return bench.progress("  left out: the sink is Postfix's, which needs root")
        with outside(bench) as (world, sink):
            ours, peer = daybook(bench, world), bench.started(Relay(world))
            counts = {ours: bench.scaled(ours_count), peer: bench.scaled(peer_count)}
            a, b = alternate(bench, ours, peer, lambda server: leave(bench, server, sink, recipient, 50, counts[server]))
            bench.stop(ours, peer)
        yield Result(name, "submitted and delivered", "/s", column(a, "rate"), column(b, "rate"), f"{AIM}x",
                     lambda our, their: our >= AIM * their)
        yield Result(name, "processor time each", "ms", column(a, "cpu"), column(b, "cpu"), "less",
                     lambda our, their: our < their)
        yield Result(name, "peak of summed RSS", "MB", column(a, "memory"), column(b, "memory"))

    return Row(name, title, measure, "outbound")


ENTRIES = 1_000_000
PAGES = {"time": 10, "priority": None, "next": None}


def spool_page(bench):
    """The first page of a long spool, by `daybook spool list`; an empty spool's page is taken off."""
    with Deafness() as deaf:
        ours = bench.daybook()
        set_up(ours, deaf.place, 25)
        empty = {order: listing(ours, order) for order in PAGES}
        entries = bench.scaled(ENTRIES)
        bench.progress(f"  queueing {entries} messages")
        submit(bench, ours, "box@d#.test", 50, entries, 400)
        for order, limit in PAGES.items():
            pages = [listing(ours, order) for _ in range(max(5, bench.runs))]
            found = [(page - min(empty[order], page)) * 1e3 for page in pages]
            yield Result("spool-page", f"first page of {entries:,} by {order}, over that of an empty spool", "ms", found,
                         aim=f"under {limit} ms" if limit else "", test=limit and (lambda our, _, limit=limit: our < limit))
        bench.stop(ours)


class Deafness:
    """A resolver that never answers, so that what is queued stays."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.place = "%s:%d" % self.socket.getsockname()
        return self

    def __exit__(self, *_):
        self.socket.close()


def listing(ours, order):
    """Seconds of one page: the median of five."""
    seconds = []
    for _ in range(5):
        began = time.monotonic()
        ours.server.daybook("spool", "list", "--sort", order)
        seconds.append(time.monotonic() - began)
    return statistics.median(seconds)


ROWS = [
    outbound_row("outbound-1", "4 KB to one destination, 50 sessions submit", "box@one.test", 10_000, 2_000),
    outbound_row("outbound-1000", "4 KB to a thousand destinations, 50 sessions submit", "box@d#.test", 10_000, 2_000),
    Row("spool-page", "first page of a spool of a million", spool_page, "outbound"),
]
