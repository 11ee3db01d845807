"""Mail: messages by SMTP into a mailbox, and what an idle IMAP connection costs."""
import time

import measuring
from results import Result, Row


def alternate(bench, ours, theirs, run):
    """Runs by turns, ours first; a warm-up of each goes before and does not count."""
    sides = [server for server in (ours, theirs) if server]
    figures = {server: [] for server in sides}
    for turn in range(bench.runs + 1):
        for server in sides:
            figure = run(server)
            if turn > 0:
                figures[server].append(figure)
                bench.progress(f"  {server.name}: " + ", ".join(f"{k} {v:.4g}" for k, v in figure.items()))
    return figures[ours], figures.get(theirs, [])


def column(figures, name):
    return [figure[name] for figure in figures]


def sessions_row(sessions, aim, ours_count, peer_count):
    """4 KB messages over a number of sessions."""

    def measure(bench):
        ours, peer = bench.daybook(), bench.mail_peer()
        counts = {ours: bench.scaled(ours_count), peer: bench.scaled(peer_count)}
        a, b = alternate(bench, ours, peer, lambda server: bench.deliver(server, sessions, counts[server], 4096))
        bench.stop(ours, peer)
        name = f"smtp-4k-{sessions}"
        yield Result(name, "delivered", "/s", column(a, "rate"), column(b, "rate"), f"{aim}x",
                     lambda our, their: our >= aim * their)
        yield Result(name, "processor time each", "ms", column(a, "cpu"), column(b, "cpu"), "a thirtieth",
                     lambda our, their: our <= their / 30)
        yield Result(name, "peak of summed RSS", "MB", column(a, "memory"), column(b, "memory"), "under 200 MB",
                     lambda our, _: our < 200)

    return Row(f"smtp-4k-{sessions}", f"SMTP, 4 KB to a local mailbox, {sessions} sessions", measure, "mail")


FULL = 100_000


def full_mailbox(bench):
    """Into a mailbox that holds 100,000 messages already, against an empty one of the same server."""
    messages = bench.scaled(FULL)
    full, empty = bench.daybook(), None
    bench.progress(f"  filling a mailbox with {messages} messages")
    bench.load(full, 50, messages, 4096)
    bench.ports, kept = bench.ports + 2000, bench.ports
    empty = bench.daybook()
    bench.ports = kept
    full.name, empty.name = "full", "empty"
    a, b = alternate(bench, full, empty, lambda server: bench.deliver(server, 10, bench.scaled(8000), 4096))
    bench.stop(full, empty)
    yield Result("smtp-4k-full", f"delivered behind {messages:,} messages; the peer is Daybook's empty mailbox", "/s",
                 column(a, "rate"), column(b, "rate"), "as fast as into an empty one (0.9x)",
                 lambda our, their: our >= 0.9 * their)
    for store in ("maildir", "mdbox"):
        peer = bench.mail_peer(store)
        if peer:
            yield peer_full(bench, peer, store, a)


def peer_full(bench, peer, store, ours):
    """The same into the peer's full mailbox, which is filled through its own LMTP."""
    messages = bench.scaled(FULL)
    bench.progress(f"  filling {peer.name}'s {store} with {messages} messages")
    peer.fill(messages)
    mailbox = measuring.Imap(peer.imap, peer.user, peer.password, timeout=600)
    mailbox.ask(b"SELECT INBOX")
    mailbox.close()
    figures = [bench.deliver(peer, 10, bench.scaled(300), 4096) for _ in range(min(bench.runs, 3))]
    bench.stop(peer)
    return Result("smtp-4k-full", f"delivered behind {messages:,} messages; the peer keeps {store}", "/s",
                  column(ours, "rate"), column(figures, "rate"))


def large_messages(bench):
    """1 MB bodies over ten sessions."""
    ours, peer = bench.daybook(), bench.mail_peer()
    counts = {ours: bench.scaled(400), peer: bench.scaled(200)}
    for sessions in (1, 10):
        a, b = alternate(bench, ours, peer, lambda server: bench.deliver(server, sessions, counts[server], 1 << 20))
        words = f", {sessions} session" + ("s" if sessions > 1 else "")
        yield Result("smtp-1m", "delivered" + words, "/s", column(a, "rate"), column(b, "rate"), "3x",
                     lambda our, their: our >= 3 * their)
        yield Result("smtp-1m", "processor time each" + words, "ms", column(a, "cpu"), column(b, "cpu"), "less",
                     lambda our, their: our < their)
    bench.stop(ours, peer)


def idle_connections(tls):
    """What a connection costs after LOGIN, SELECT and IDLE, by proportional set size."""
    name, limit = ("idle-tls", 64) if tls else ("idle-clear", 16)

    def measure(bench):
        for count in (1000, 5000):
            count = bench.scaled(count)
            ours = [hold(bench, bench.daybook(), count, tls) for _ in range(min(bench.runs, 3))]
            theirs = []
            if not tls and count <= 1000 and (peer := bench.mail_peer()):
                theirs.append(hold(bench, peer, count, tls))
            yield Result(name, f"memory of one of {count:,}", "KiB", ours, theirs, f"under {limit} KiB",
                         lambda our, _: our < limit)

    return Row(name, "IMAP connection after LOGIN, SELECT, IDLE" + (", TLS" if tls else ", in clear"), measure, "mail")


def hold(bench, server, count, tls):
    """KiB for each of `count` idle connections; the first few, which warm up, do not count."""
    port = server.imaps if tls else server.imap
    connections = []

    def connect(more):
        for _ in range(more):
            connection = measuring.Imap(port, server.user, server.password, tls)
            connection.ask(b"SELECT INBOX")
            connection.idle()
            connections.append(connection)
        time.sleep(2)
        return measuring.proportional_size(server.roots)

    before = connect(20)
    each = (connect(count) - before) / count / 1024
    bench.progress(f"  {server.name}: {each:.1f} KiB each of {count}")
    for connection in connections:
        connection.close()
    bench.stop(server)
    return each


ROWS = [
    sessions_row(1, 4, 2000, 500), sessions_row(10, 30, 12000, 800), sessions_row(50, 30, 12000, 800),
    Row("smtp-4k-full", "SMTP, 4 KB into a mailbox of 100,000 messages, 10 sessions", full_mailbox, "mail"),
    Row("smtp-1m", "SMTP, 1 MB to a local mailbox", large_messages, "mail"),
    idle_connections(False), idle_connections(True),
]
