"""What hostile servers and users try with mail that leaves. S2, S10, S11, S18 and S23 of the reliability catalogue."""
import os
import re
import shutil
import socket
import subprocess
import time

import pytest

import harness
from harness import DOMAIN, Server, Wire, smtp_send, wait_until
from outbound import ALICE, Sender, settings
from test_attacks_smtp import ENDS
from world import remote


@pytest.fixture(scope="module")
def sender(world):
    server = Server(settings=settings(
        world, ("host.name", "day.test"), ("submission.accounts", f"{os.getuid()}={ALICE}"), ("lmtp.listen", "127.0.0.1:24")))
    yield Sender(server.start())
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(autouse=True)
def leave_nothing(sender):
    yield
    sender.daybook("spool", "delete", "--all")


SMUGGLED = b"MAIL FROM:<smuggled@x.test>\r\nRCPT TO:<victim@x.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"


def by_data(sender, recipient, body):
    wire = sender.wire()
    wire.ask(f"MAIL FROM:<{ALICE}>\r\n".encode())
    assert wire.ask(f"RCPT TO:<{recipient}>\r\n".encode()).startswith(b"250")
    wire.ask(b"DATA\r\n")
    return wire.ask(re.sub(rb"(^|\r\n)\.", rb"\1..", body) + b"\r\n.\r\n")


def by_chunks(sender, recipient, body):
    wire = sender.wire()
    wire.ask(f"MAIL FROM:<{ALICE}>\r\n".encode())
    wire.ask(f"RCPT TO:<{recipient}>\r\n".encode())
    return wire.ask(b"BDAT %d LAST\r\n" % len(body) + body)


def by_alias(sender, recipient, body):
    name = f"via-{recipient.replace('@', '-').replace('.', '-')}@{DOMAIN}"
    sender.daybook("alias", "add", name, recipient)
    with sender.server.connect("smtp", 20) as wire:
        wire.reply()
        for line in (b"EHLO c.test\r\n", b"MAIL FROM:<a@elsewhere.test>\r\n", f"RCPT TO:<{name}>\r\n".encode()):
            assert wire.ask(line).startswith(b"250")
        wire.ask(b"DATA\r\n")
        return wire.ask(re.sub(rb"(^|\r\n)\.", rb"\1..", body) + b"\r\n.\r\n")


def by_forward(sender, recipient, body):
    sender.daybook("set", "forward.targets", recipient, "--user", f"bob@{DOMAIN}")
    try:
        with sender.server.connect("smtp", 20) as wire:
            wire.reply()
            wire.ask(b"EHLO c.test\r\n")
            wire.ask(b"MAIL FROM:<a@elsewhere.test>\r\n")
            assert wire.ask(f"RCPT TO:<bob@{DOMAIN}>\r\n".encode()).startswith(b"250")
            return wire.ask(b"BDAT %d LAST\r\n" % len(body) + body)
    finally:
        sender.daybook("set", "forward.targets", "", "--user", f"bob@{DOMAIN}")


def by_lmtp(sender, recipient, body):
    name = f"lmtp-{recipient.replace('@', '-').replace('.', '-')}@{DOMAIN}"
    sender.daybook("alias", "add", name, recipient)
    with Wire(socket.create_connection(("127.0.0.1", sender.server.offset + 24), 20)) as wire:
        wire.reply()
        for line in (b"LHLO c.test\r\n", b"MAIL FROM:<a@elsewhere.test>\r\n", f"RCPT TO:<{name}>\r\n".encode()):
            assert wire.ask(line).startswith(b"250")
        wire.ask(b"DATA\r\n")
        return wire.ask(re.sub(rb"(^|\r\n)\.", rb"\1..", body) + b"\r\n.\r\n")


def by_command(sender, recipient, body):
    done = subprocess.run(
        [harness.BINARY, "sendmail", "-i", "-f", ALICE, recipient], input=body, capture_output=True, timeout=30,
        env={**os.environ, "DAYBOOK_DATA": str(sender.server.data)})
    return b"250" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("way", [by_data, by_chunks, by_alias, by_forward, by_lmtp, by_command], ids=lambda way: way.__name__)
def test_S2_nothing_is_smuggled_out(world, sender, way):
    """Whatever stands in a body, on the wire there are CRLFs alone, stuffed dots, and one message."""
    host = world.remote()
    domain = world.domain(host)
    taken = []
    for number, end in enumerate(ENDS):
        recipient = f"r{number}@{domain}"
        body = b"From: %s\r\nSubject: first\r\n\r\nbody" % ALICE.encode() + end + SMUGGLED
        if way(sender, recipient, body).startswith(b"250"):
            taken.append(recipient)
    wait_until(lambda: len(host.letters) >= len(taken), 20, "all that was taken")
    assert sorted(host.recipients()) == sorted(taken) and taken
    assert_clean(host)


def assert_clean(host):
    """No line end but CRLF came, and nothing that stood in a message as a command."""
    for session in host.sessions:
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", bytes(session.heard))
        assert not [command for command in session.commands if b"smuggled" in command]


def test_S2_nothing_is_smuggled_out_in_a_report(world, sender):
    """A message that comes back whole in a report of its failure is as harmless on the wire."""
    home, refuses = world.remote(), world.remote(on={"rcpt": remote.reply("550 5.1.1 no")})
    author = f"author@{world.domain(home)}"
    sender.daybook("alias", "add", f"back@{DOMAIN}", f"x@{world.domain(refuses)}")
    taken = 0
    for end in ENDS:
        body = b"Subject: first\r\n\r\nbody" + end + SMUGGLED
        with sender.server.connect("smtp", 20) as wire:
            wire.reply()
            for line in (b"EHLO c.test\r\n", f"MAIL FROM:<{author}> RET=FULL\r\n".encode(), f"RCPT TO:<back@{DOMAIN}>\r\n".encode()):
                assert wire.ask(line).startswith(b"250")
            taken += wire.ask(b"BDAT %d LAST\r\n" % len(body) + body).startswith(b"250")
    wait_until(lambda: len(home.letters) >= taken, 20, "a report of each")
    assert len(home.letters) == taken > 0 and all(letter.sender == "" and b"Subject: first" in letter.text for letter in home.letters)
    assert_clean(home)


def test_S10_unknown_and_disabled_recipients_are_refused_not_bounced(world, sender):
    host = world.remote()
    victim = f"victim@{world.domain(host)}"
    for recipient in (f"nobody@{DOMAIN}", f"a@{world.domain(world.remote())}"):
        answer = smtp_send(sender.server, recipient, b"Subject: x\r\n\r\nx", sender=victim)
        assert answer.startswith(b"55"), answer
    assert not sender.spool() and not host.sessions


def test_S10_nothing_is_bounced_to_the_null_sender(world, sender):
    refuses = world.remote(on={"rcpt": remote.reply("550 5.1.1 no")})
    sender.daybook("alias", "add", f"away@{DOMAIN}", f"x@{world.domain(refuses)}")
    before = len(sender.types("message.accepted"))
    with sender.server.connect("smtp", 20) as wire:
        wire.reply()
        for line in (b"EHLO c.test\r\n", b"MAIL FROM:<>\r\n", f"RCPT TO:<away@{DOMAIN}>\r\n".encode()):
            assert wire.ask(line).startswith(b"250")
        wire.ask(b"DATA\r\n")
        assert wire.ask(b"Subject: x\r\nAuto-Submitted: auto-replied\r\n\r\nx\r\n.\r\n").startswith(b"250")
    sender.wait_empty()
    assert len(sender.types("message.accepted")) == before + 1


def test_S11_aliases_in_a_ring_end(sender):
    ring = [f"ring{n}@{DOMAIN}" for n in range(5)]
    refused = []
    for here, there in zip(ring, ring[1:] + ring[:1]):
        done = sender.daybook("alias", "add", here, there, check=False)
        refused.append(done.returncode)
    answer = smtp_send(sender.server, ring[0], b"Subject: round\r\n\r\nx")
    assert answer[:1] == b"5" or refused[-1] != 0
    assert not sender.spool()


def test_S11_forwards_to_each_other_end(sender):
    people = [f"{name}@{DOMAIN}" for name in ("alice", "bob")]
    for person, other in zip(people, reversed(people)):
        sender.daybook("set", "forward.targets", other, "--user", person)
    try:
        assert smtp_send(sender.server, people[0], b"Subject: to and fro\r\n\r\nx").startswith(b"250")
        time.sleep(0.5)
        copies = [sum(m["Subject"] == "to and fro" for m in sender.inbox(name)) for name in ("alice", "bob")]
        assert copies == [1, 1]
    finally:
        for person in people:
            sender.daybook("set", "forward.targets", "", "--user", person)


def test_S11_a_ring_of_servers_ends(world, sender):
    """The remote sends everything back; Received fields count the rounds. RFC 5321 §6.3"""
    rounds = []

    async def back(session):
        rounds.append(session.wire)
        text = re.sub(rb"(?m)^\.\.", b".", bytes(session.wire))
        session.remote.loop.loop.run_in_executor(None, lambda path=session.sender: answers.append(
            smtp_send(sender.server, f"boomerang@{DOMAIN}", text, sender=path)))

    answers = []
    host = world.remote(on={"dot": back})
    sender.daybook("alias", "add", f"boomerang@{DOMAIN}", f"a@{world.domain(host)}")
    assert smtp_send(sender.server, f"boomerang@{DOMAIN}", b"Subject: round\r\n\r\nx").startswith(b"250")
    wait_until(lambda: answers and not answers[-1].startswith(b"250"), 60, "the end of the ring")
    assert answers[-1].startswith(b"554 5.4.6") and len(rounds) <= 102


def test_S18_a_report_for_a_transaction_and_none_without_bounds(world, sender):
    sender.daybook("set", "throttle.bandwidth_per_hour", "0", "--domain", DOMAIN)
    host = world.remote(on={"rcpt": remote.reply("550 5.1.1 no")})
    domain = world.domain(host)
    subject = sender.submit(*[f"u{n}@{domain}" for n in range(200)], mail=["RET=FULL"], rcpt=["NOTIFY=SUCCESS,FAILURE,DELAY"],
                            text=("z" * 76 + "\r\n") * 20_000)
    sender.wait_empty()
    reports = sender.reports(subject)
    assert 1 <= len(reports) <= sum(session.stages.count("mail") for session in host.sessions)
    assert sum(len(report.check().of_recipients) for report in reports) == 200
    assert all(len(report.message.as_bytes()) < 1 << 20 for report in reports)


NUL = remote.raw(b"250 2.1.0 o\0k\r\n")
LONG = remote.flood(b"250 " + b"x" * 65_536)
HOSTILE = {
    "banner without end": {"connect": remote.flood(b"220-more\r\n")},
    "250- for ever": {"ehlo": remote.flood(b"250-MORE\r\n")},
    "a line of a gigabyte": {"connect": LONG},
    "a reply of a gigabyte": {"mail": LONG},
    "NUL in the banner": {"connect": remote.raw(b"220 \0\0\0\r\n")},
    "NUL in a reply": {"mail": NUL},
    "no reply at all": {"rcpt": remote.raw(b"\r\n\r\n\r\n")},
    "letters for a number": {"mail": remote.raw(b"2x0 ok\r\n")},
    "a code out of range": {"rcpt": remote.reply("999 ok")},
    "421 within the message": {"half": remote.then(remote.reply("421 4.3.2 closing"), remote.close)},
    "354 to the end of data": {"dot": remote.reply("354 more")},
    "250 to DATA": {"data": remote.reply("250 ok")},
    "replies nobody asked for": {"ehlo": remote.raw(b"250 mx\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n")},
}


@pytest.mark.parametrize("on", HOSTILE.values(), ids=HOSTILE.keys())
def test_S23_a_hostile_server_costs_nobody_else(world, sender, on):
    host, good = world.remote(on=on), world.remote()
    host.reads_half = 100 if "half" in on else 0
    bad_domain, good_domain = world.domain(host), world.domain(good)
    before = sender.server.memory("Rss")
    subject = sender.submit(f"a@{bad_domain}")
    wait_until(lambda: host.sessions, 20, "the attempt")
    sender.submit(f"b@{good_domain}")
    wait_until(lambda: good.letters, 20, "the message to the good one")
    wait_until(lambda: host.letters or sender.reports(subject) or any(line["attempts"] for line in sender.spool()), 60, "the end of it")
    for session in host.sessions:
        if hasattr(session, "flooded"):
            wait_until(lambda: not session.is_open, 20, "the end of the flood")
            assert session.flooded < 64 << 20, "it went on listening"
    assert sender.server.memory("Rss") < before + (64 << 10)
    assert len(host.letters) <= 1 and sender.server.process.poll() is None


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "10.0.0.1", "169.254.1.1", "224.0.0.1", "::1", "::", "::ffff:127.0.0.1", "fe80::1"])
def test_S23_names_that_point_inside_are_not_gone_to(world, tmp_path_factory, address, walled):
    name = world.unique("inside")
    world.nsd.add(f"{name}. IN MX 10 mx.{name}.", f"mx.{name}. IN {'AAAA' if ':' in address else 'A'} {address}")
    subject = walled.submit(f"a@{name}")
    (block,) = walled.report(subject).of_recipients
    assert block["Status"] == "5.4.4"


TANGLES = {
    "three hundred MXs": (["{n}. IN MX 10 {host}.", "{host}. IN A {address}"]
                           + [f"{{n}}. IN MX {20 + number} m{number}.{{n}}." for number in range(300)], "taken"),
    "a ring of CNAMEs": (["{n}. IN CNAME a.{n}.", "a.{n}. IN CNAME b.{n}.", "b.{n}. IN CNAME a.{n}."], None),
    "an MX that is a ring of CNAMEs": (["{n}. IN MX 10 a.{n}.", "a.{n}. IN CNAME b.{n}.", "b.{n}. IN CNAME a.{n}."], None),
    "an MX without an address": (["{n}. IN MX 10 a.{n}."], "5.4.4"),
    "an MX that is an address": (["{n}. IN MX 10 127.0.0.1."], "5.4.4"),
    "an MX behind a CNAME": (["{n}. IN CNAME c.{n}.", "c.{n}. IN MX 10 {host}.", "{host}. IN A {address}"], "taken"),
}


@pytest.mark.parametrize("records, end", TANGLES.values(), ids=TANGLES.keys())
def test_S23_tangled_names_end(world, sender, records, end):
    host, name = world.remote(), world.unique("tangle")
    world.nsd.add(*[record.format(n=name, host=host.host, address=host.address) for record in records])
    subject = sender.submit(f"a@{name}")
    if end == "taken":
        wait_until(lambda: host.letters, 30, "the message")
    elif end:
        assert sender.report(subject).of_recipients[0]["Status"] == end
    else:
        wait_until(lambda: sender.reports(subject) or any(line["attempts"] for line in sender.spool()), 30, "the end of it")


@pytest.fixture(scope="module")
def walled(world):
    """A server that does not go to local addresses, as is the default."""
    server = Server(settings=[words for words in settings(world) if words[0] != "delivery.allow_local"])
    yield Sender(server.start())
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


GO = remote.reply("220 2.0.0 go ahead")


def broken_tls(world, name):
    """Remotes whose TLS is not what it should be."""
    if name == "for another host":
        return {"context": world.context("other.test")}
    if name == "over":
        return {"context": world.context("old.test", days=0)}
    context = world.context("any.test")
    return {"context": context, "on": {
        "no handshake": {"starttls": remote.then(GO, remote.listen, remote.raw(bytes(100)), remote.close)},
        "in clear instead": {"starttls": remote.then(GO, remote.listen, remote.raw(b"250 ok\r\n"))},
        "closes": {"starttls": remote.then(GO, remote.close)},
        "refuses": {"starttls": remote.reply("454 4.7.0 not now")},
        "lines injected": {"starttls": remote.raw(b"220 go\r\n250 injected\r\n250 injected\r\n")},
        "half a reply": {"starttls": remote.raw(b"220 go\r\n250-in clear\r\n")},
    }[name]}


@pytest.mark.parametrize("what", ["for another host", "over", "no handshake", "in clear instead", "closes", "refuses"])
def test_S23_broken_tls_is_survived_where_nobody_asked_for_it(world, sender, what):
    """Opportunistic: encrypted with anybody's certificate, in clear where the handshake fails. RFC 7435"""
    host = world.remote(**broken_tls(world, what))
    sender.submit(f"a@{world.domain(host)}")
    wait_until(lambda: host.letters, 20, "the message")
    assert host.letters[0].session.is_secured == (what in ("for another host", "over"))


@pytest.mark.parametrize("what", ["lines injected", "half a reply"])
def test_S23_octets_behind_the_reply_to_starttls_end_it(world, sender, what):
    """Somebody is in the middle: nothing is said any more, in clear neither. RFC 3207 §4.2"""
    host = world.remote(**broken_tls(world, what))
    sender.submit(f"a@{world.domain(host)}")
    sender.wait_deferred()
    assert not host.letters and all(session.stages[-1] == "starttls" for session in host.sessions)
