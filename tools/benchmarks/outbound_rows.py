"""Mail that leaves: submitted for elsewhere, delivered to Postfix's smtp-sink on loopback.

Both sides find their destinations through the same nsd and unbound, deliver over their own
connections and with the limits they are shipped with, and have their syncs on.
"""
import base64
import contextlib
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
    for words in (("dns.resolver", f"{world.unbound.address}:{world.dns_port}"), ("delivery.port", str(world.port)),
                  ("delivery.allow_local", "on"), ("throttle.messages_per_hour", "0", "--domain", harness.DOMAIN),
                  ("throttle.bandwidth_per_hour", "0", "--domain", harness.DOMAIN)):
        ours.server.daybook("set", *words)
    ours.smtp, ours.sender = ours.server.services["submission"][1], ours.user
    ours.authentication = (base64.b64encode(f"\0{ours.user}\0{ours.password}".encode()).decode(),)
    return ours


def leave(bench, server, sink, recipient, sessions, messages):
    """Submits messages and waits until the sink has them all."""
    before = sink.messages
    with measuring.Usage(server.roots) as usage:
        began = time.monotonic()
        done = subprocess.run(
            [bench.program("smtp_load"), "127.0.0.1", str(server.smtp), str(sessions), str(messages), "4096", recipient,
             "100", server.sender, *server.authentication], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{server.name}: {done.stderr.strip()}")
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
    world = World(bench.home / f"world-{bench.count}", dns_port=53)
    try:
        sink = world.add(exchangers.SmtpSink(world.home / "sink", "", world.port))
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
            a, b = alternate(bench, ours, peer, lambda server: leave(bench, server, sink, recipient, 10, counts[server]))
            bench.stop(ours, peer)
        yield Result(name, "submitted and delivered", "/s", column(a, "rate"), column(b, "rate"), f"{AIM}x",
                     lambda our, their: our >= AIM * their)
        yield Result(name, "processor time each", "ms", column(a, "cpu"), column(b, "cpu"), "less",
                     lambda our, their: our < their)
        yield Result(name, "peak of summed RSS", "MB", column(a, "memory"), column(b, "memory"))

    return Row(name, title, measure, "outbound")


ROWS = [
    outbound_row("outbound-1", "4 KB to one destination, 10 sessions submit", "box@one.test", 10_000, 2_000),
    outbound_row("outbound-1000", "4 KB to a thousand destinations, 10 sessions submit", "box@d#.test", 10_000, 2_000),
]
