"""Makes a long journal quickly: by SMTP and IMAP like any other, only pipelined."""
import ssl
import threading

from harness import DOMAIN, Server, Wire

LAX = ssl._create_unverified_context()
READERS = {f"r{number}": "one password for all" for number in range(40)}
SENDERS = 30


def deliver(server, first, count):
    """Messages of a few lines to one or two readers each, a thousand in a connection."""
    names = list(READERS)
    for start in range(first, first + count, 500):
        with server.connect("smtp", 60) as wire:
            wire.reply()
            wire.ask(b"EHLO bulk.test\r\n")
            for batch in range(start, start + 500, 50):
                commands, replies = b"", 0
                for number in range(batch, batch + 50):
                    to = {names[number % 40], names[number // 7 % 40]}
                    text = f"From: <s{number}@elsewhere.test>\r\nTo: <all@{DOMAIN}>\r\nSubject: bulk {number}\r\n\r\n" + "line\r\n" * 8
                    commands += f"MAIL FROM:<s{number}@elsewhere.test>\r\n".encode()
                    commands += b"".join(f"RCPT TO:<{name}@{DOMAIN}>\r\n".encode() for name in to)
                    commands += f"BDAT {len(text)} LAST\r\n".encode() + text.encode()
                    replies += 2 + len(to)
                wire.send(commands)
                for _ in range(replies):
                    answer = wire.reply()
                    assert answer.startswith(b"250"), answer


def read(server, name):
    """One reader flags each message, answers some and expunges a fifth."""
    with server.connect("imaps", 120) as plain, Wire(LAX.wrap_socket(plain.socket)) as wire:
        wire.line()
        for tag, command in ((b"a", f"LOGIN {name}@{DOMAIN} \"{READERS[name]}\""), (b"b", "SELECT INBOX")):
            wire.send(tag + b" " + command.encode() + b"\r\n")
            answer = wire.tagged(tag)
        count = max(int(line.split()[1]) for line in answer.splitlines() if line.endswith(b"EXISTS"))
        for start in range(1, count + 1, 400):
            commands = [f"STORE {n} +FLAGS.SILENT (\\Seen)" for n in range(start, min(start + 400, count + 1))]
            commands += [f"STORE {n} +FLAGS.SILENT (\\Answered \\Deleted)" for n in range(start, min(start + 400, count + 1), 5)]
            wire.send(b"".join(b"c%d " % i + command.encode() + b"\r\n" for i, command in enumerate(commands)))
            wire.tagged(b"c%d" % (len(commands) - 1))
        wire.send(b"z EXPUNGE\r\n")
        assert b"z OK" in wire.tagged(b"z")


def grow(server, events):
    """Lets the journal grow by at least so many events."""
    head = lambda: int(server.daybook("status", "--json").split('"head":')[1].split(",")[0])
    target, number = head() + events, 0
    while head() < target:
        share = min(1_500, (target - head()) // (6 * SENDERS) // 500 * 500 + 500)
        work = [threading.Thread(target=deliver, args=(server, number + i * share, share)) for i in range(SENDERS)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        number += SENDERS * share
        work = [threading.Thread(target=read, args=(server, name)) for name in READERS]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    return head()


def long_journal(events, **options):
    """A running server with that many events."""
    server = Server(users={"postmaster": READERS["r0"], **READERS}, **options).start()
    grow(server, events)
    return server
