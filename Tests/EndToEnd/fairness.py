"""Mail to dead destinations first, then one message to a living one: does it wait?"""
import dataclasses
import itertools
import random
import threading
import time

from harness import wait_until
from outbound import ALICE

COUNT = itertools.count(1)
#: Messages of one connection, and those that are sent before their replies are read.
SHARE, BATCH = 900, 50


@dataclasses.dataclass
class Found:
    queued: int
    #: From the reply to the submission until the living remote had it.
    seconds: list
    delivered_of_dead: int
    memory: int

    def __str__(self):
        times = " ".join(f"{seconds * 1000:.0f}" for seconds in self.seconds)
        return f"{self.queued} messages to dead destinations queued; living ones delivered after {times} ms; {self.memory >> 10} MB"


def dead_domains(world, count):
    """Where so many messages go: names nobody answers, hosts that never say a word, hosts that drop
    each SYN; each name several times, in an order of its own."""
    silent, unreachable = [world.silent() for _ in range(20)], [world.unreachable() for _ in range(3)]
    names, lines = [], []
    for number in range(max(1, count // 100)):
        for kind, hosts in (("silent", silent), ("unreachable", unreachable)):
            host, name = hosts[number % len(hosts)], f"{kind}{number}.dead.test"
            lines += [f"{name}. IN MX 10 {host.host}.", f"{host.host}. IN A {host.address}"]
            names += [name] * 20
    world.nsd.add(*sorted(set(lines)))
    names += [f"d{number}.deaf.test" for number in range(max(1, count // 10))] * 6
    random.Random(count).shuffle(names)
    return names


def queue(sender, domains, connections=4):
    """Submits one message to each domain."""
    shares = iter([domains[at:at + SHARE] for at in range(0, len(domains), SHARE)])
    lock, failed = threading.Lock(), []

    def work():
        while True:
            with lock:
                share = next(shares, None)
            if share is None:
                return
            with sender.wire() as wire:
                for at in range(0, len(share), BATCH):
                    failed.extend(send(wire, share[at:at + BATCH]))

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[:3]


def send(wire, domains):
    """One message to each domain, all in one packet; the replies that are none of success."""
    wire.send(b"".join(
        f"MAIL FROM:<{ALICE}>\r\nRCPT TO:<x@{name}>\r\nBDAT {len(text(name))} LAST\r\n".encode() + text(name)
        for name in domains))
    return [answer for answer in [wire.reply() for _ in range(3 * len(domains))] if answer[:3] != b"250"]


def text(name):
    return f"From: {ALICE}\r\nTo: x@{name}\r\nSubject: into the void\r\n\r\nHello.\r\n".encode()


def measure(sender, world, count, rounds=5):
    living = world.remote()
    domain = world.domain(living)
    domains = dead_domains(world, count)
    queue(sender, domains)
    seconds = []
    for number in range(1, rounds + 1):
        sender.submit(f"{number}@{domain}")
        began = time.monotonic()
        wait_until(lambda: len(living.letters) >= number, 60, "the message to the living")
        seconds.append(time.monotonic() - began)
    sent = sender.types("message.sent")
    return Found(len(domains), seconds, len(sent) - rounds, sender.server.memory("Rss"))
