"""Mail to other servers: real ones take it, and it goes where the DNS says."""
import itertools
import re
import shutil
import socket

import pytest

from harness import DOMAIN, Server, wait_until
from outbound import Sender, settings
from world import exchangers, remote


@pytest.fixture(scope="module")
def sender(world):
    server = Server(settings=settings(world, ("host.name", "day.test")))
    yield Sender(server.start())
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(autouse=True)
def leave_nothing(sender):
    yield
    sender.daybook("spool", "delete", "--all")


TEXT = "A line.\r\n.A dot first.\r\n..Two.\r\n\r\n" + "x" * 997 + "\r\n.\r\n"


@pytest.mark.parametrize("kind", exchangers.ALL, ids=lambda kind: kind.name)
def test_real_servers_take_it(world, sender, kind):
    """OpenSMTPD's handshake fails, and the mail goes all the same: nobody asked for TLS."""
    host = world.exchanger(kind)
    domain = world.domain(host)
    subject = sender.submit(f"bob@{domain}", f"ann@{domain}", text=TEXT)
    wait_until(lambda: len(host.messages()) == 2, 20, f"two copies at {kind.name}")
    for message in host.messages():
        assert message["Subject"] == subject and message["From"] == f"alice@{DOMAIN}"
        assert message.get_payload().replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")
        assert re.search(r"(?i)(with esmtps|TLS)", message.get_all("Received")[0]) or not kind.has_tls
    sender.wait_empty()
    assert not sender.reports(subject)


def test_smtp_sink_takes_a_hundred(world, sender):
    sink = world.sink()
    domain = world.domain(sink)
    for _ in range(100):
        sender.submit(f"box@{domain}")
    wait_until(lambda: sink.messages == 100, 20, "a hundred messages at the sink")
    sender.wait_empty()


def test_the_best_exchanger_first_then_the_next(world, sender):
    best, next_best, worst = world.remote(), world.remote(), world.remote()
    domain = world.domain(best, next_best, worst)
    sender.submit(f"a@{domain}")
    wait_until(lambda: best.letters, 20, "a message at the best")
    # The session of the first message is still open.
    best.on["mail"] = remote.reply("421 4.3.2 not now")
    sender.submit(f"b@{domain}")
    wait_until(lambda: next_best.letters, 20, "a message at the next")
    next_best.stop()
    world.running.remove(next_best)
    sender.submit(f"c@{domain}")
    wait_until(lambda: worst.letters, 20, "a message at the last")
    assert [host.recipients() for host in (best, next_best, worst)] == [[f"{name}@{domain}"] for name in "abc"]


def test_exchangers_of_equal_preference_share(world, sender):
    hosts, name = [world.remote() for _ in range(2)], world.unique("even")
    world.nsd.add(*[line for host in hosts for line in (
        f"{name}. IN MX 10 {host.host}.", f"{host.host}. IN A {host.address}")])
    for number in itertools.count():
        sender.submit(f"{number}@{name}")
        wait_until(lambda: sum(len(host.letters) for host in hosts) == number + 1, 20, "the next message")
        if all(host.letters for host in hosts):
            break
        assert number < 60, "one of two equals was never chosen"
        for host in hosts:
            for session in host.sessions:
                host.loop.loop.call_soon_threadsafe(session.writer.close)


@pytest.mark.parametrize("family", ["A", "AAAA"])
def test_without_an_mx_the_domain_itself_is_the_host(world, sender, family):
    if family == "AAAA" and not has_v6():
        pytest.skip("no IPv6 on loopback here")
    host = world.remote("::1" if family == "AAAA" else None)
    name = world.unique("implicit")
    world.nsd.add(f"{name}. IN {family} {host.address}")
    sender.submit(f"a@{name}")
    wait_until(lambda: host.letters, 20, "the message")


def has_v6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


def test_an_address_that_refuses_is_followed_by_the_hosts_others(world, sender):
    host, name = world.remote(), world.unique("many")
    world.nsd.add(f"{name}. IN MX 10 {host.host}.", f"{host.host}. IN A {world.address()}", f"{host.host}. IN A {host.address}")
    for number in range(4):
        sender.submit(f"{number}@{name}")
    wait_until(lambda: len(host.recipients()) == 4, 20, "four messages")


@pytest.mark.parametrize("records, status", [
    (["{name}. IN MX 0 ."], "5.1.10"),
    ([], "5.1.2"),
    (["{name}. IN MX 10 day.test."], "5.4.6"),
    (["{name}. IN MX 10 mx.{name}.", "mx.{name}. IN A 0.0.0.0"], "5.4.4"),
], ids=["null MX", "no such domain", "this server", "an address that is none"])
def test_a_domain_without_a_place_is_reported_at_once(world, sender, records, status):
    name = world.unique("nowhere")
    if records:
        world.nsd.add(*[record.format(name=name) for record in records])
    subject = sender.submit(f"a@{name}")
    report = sender.report(subject).check()
    (block,) = report.of_recipients
    assert (block["Action"], block["Status"]) == ("failed", status)
    assert not sender.spool()


def test_an_exchanger_worse_than_this_server_is_not_asked(world, sender):
    host, name = world.remote(), world.unique("backup")
    world.nsd.add(f"{name}. IN MX 10 day.test.", f"{name}. IN MX 20 {host.host}.", f"{host.host}. IN A {host.address}")
    subject = sender.submit(f"a@{name}")
    assert sender.report(subject).of_recipients[0]["Status"] == "5.4.6" and not host.sessions


def test_one_transaction_for_a_domain_and_one_message_for_each(world, sender):
    one, other = world.remote(), world.remote()
    domains = [world.domain(host) for host in (one, other)]
    sender.submit(*[f"{name}@{domain}" for domain in domains for name in "abc"])
    for host, domain in zip((one, other), domains):
        wait_until(lambda: host.letters, 20, "the message")
        assert [letter.recipients for letter in host.letters] == [[f"{name}@{domain}" for name in "abc"]]


def test_connections_are_used_again(world, sender):
    host = world.remote()
    domain = world.domain(host)
    for number in range(5):
        sender.submit(f"{number}@{domain}")
        wait_until(lambda: len(host.letters) == number + 1, 20, "the next message")
    assert len(host.sessions) == 1


def test_what_is_deferred_goes_when_forced_and_those_taken_do_not_go_twice(world, sender):
    host = world.remote()
    domain = world.domain(host)
    host.on["rcpt"] = remote.by_recipient({f"b@{domain}": "450 4.2.1 not now", f"c@{domain}": "550 5.1.1 nobody"})
    subject = sender.submit(*[f"{name}@{domain}" for name in "abc"])
    report = sender.report(subject).check()
    assert [block["Final-Recipient"] for block in report.of_recipients] == [f"rfc822; {name}@{domain}" for name in "c"]
    entry = sender.entry()
    assert [(line["recipient"], line["status"]) for line in entry] == [
        (f"a@{domain}", "delivered"), (f"b@{domain}", "deferred"), (f"c@{domain}", "failed")]
    assert "450 4.2.1 not now" in entry[1]["reply"] and entry[1]["host"].startswith(host.host)
    del host.on["rcpt"]
    sender.force()
    wait_until(lambda: len(host.letters) == 2, 20, "the second delivery")
    assert host.recipients() == [f"a@{domain}", f"b@{domain}"]
    sender.wait_empty()


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "half", "dot"])
@pytest.mark.parametrize("action", [remote.reply("451 4.3.0 later"), remote.reply("421 4.3.2 closing"), remote.close, remote.abort],
                         ids=["451", "421", "closes", "resets"])
def test_whatever_fails_for_now_is_tried_again(world, sender, stage, action):
    """Once each, and told why. Closing without a reply to the end of data leaves it open what happened:
    both are right, but it is not lost."""
    host = world.remote(on={stage: action, "helo": action})
    host.reads_half = 100 if stage == "half" else 0
    domain = world.domain(host)
    subject = sender.submit(f"a@{domain}")
    sender.wait_deferred()
    assert not host.letters and not sender.reports(subject)
    (line,) = sender.spool()
    assert line["attempts"] == 1
    host.on.clear()
    sender.force()
    wait_until(lambda: host.letters, 20, "the message")
    sender.wait_empty()
    assert len(host.letters) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_what_is_refused_is_reported(world, sender, stage):
    host = world.remote(on={stage: remote.reply("550 5.7.1 not wanted here")})
    domain = world.domain(host)
    subject = sender.submit(f"a@{domain}")
    report = sender.report(subject).check()
    (block,) = report.of_recipients
    assert (block["Action"], block["Status"]) == ("failed", "5.7.1")
    assert "not wanted here" in block["Diagnostic-Code"] and block["Remote-MTA"] == f"dns; {host.host}"
    sender.wait_empty()


def test_an_old_server_without_ehlo(world, sender):
    host = world.remote(on={"ehlo": remote.reply("502 5.5.1 unknown")}, features=())
    sender.submit(f"a@{world.domain(host)}")
    wait_until(lambda: host.letters, 20, "the message")
    assert "helo" in host.sessions[0].stages


def test_eight_bits_go_only_where_they_are_taken(world, sender):
    host = world.remote(features=("PIPELINING", "ENHANCEDSTATUSCODES"))
    text = "grüße\r\n"
    sender.submit(f"a@{world.domain(host)}", text=text, mail=["BODY=8BITMIME"],
                  headers="MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n")
    wait_until(lambda: host.letters or sender.reports(), 20, "the message or its report")
    assert all(octet < 128 for letter in host.letters for octet in letter.wire)
