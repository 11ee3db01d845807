"""Greylisting, abuse rules, blocks, lists and the PROXY protocol, seen from several addresses.

The server listens on 127.0.0.1 and is told to whitelist exactly that; clients come from 127.0.0.2 and on.
"""
import base64
import contextlib
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import threading

import pytest

import clocks
from harness import DOMAIN, Server, Wire, wait_until

EXACT = ("protection.whitelist", "127.0.0.1/32,::1/128")
LAX = ssl._create_unverified_context()
REJECTIONS = {"smtp": b"554 5.7.1", "submission": b"554 5.7.1", "imap": b"* BYE", "pop3": b"-ERR [SYS/PERM]"}
PLAIN_PORT = {"smtp": "submission", "imap": "imap", "pop": "pop3"}
TLS_PORT = {"smtp": "submissions", "imap": "imaps", "pop": "pop3s"}


@pytest.fixture
def fresh(fresh):
    return lambda settings=(): fresh(settings=[EXACT, *settings])


@contextlib.contextmanager
def wire(server, service, source="127.0.0.1", tls=False, first=b""):
    with socket.create_connection(server.services[service], timeout=15, source_address=(source, 0)) as connection:
        if first:
            connection.sendall(first)
        yield Wire(LAX.wrap_socket(connection) if tls else connection)


def greeting(server, service, source, first=b""):
    with wire(server, service, source, first=first) as client:
        return client.line()


def sign_in(server, service, password, source, user=f"bob@{DOMAIN}"):
    """`yes`, `no`, or `shut` where the server does not talk to the address."""
    try:
        with wire(server, TLS_PORT[service], source, tls=True) as client:
            hello = client.line()
            if not hello:
                return "shut"
            if service == "smtp":
                client.ask(b"EHLO guess.test\r\n")
                token = base64.b64encode(f"\0{user}\0{password}".encode())
                answer = client.ask(b"AUTH PLAIN " + token + b"\r\n")
                return {b"235": "yes", b"535": "no", b"421": "no"}.get(answer[:3], "shut")
            if service == "imap":
                client.send(f'a LOGIN "{user}" "{password}"\r\n'.encode())
                answer = client.tagged(b"a")
                return "yes" if b"a OK" in answer else "no" if b"a NO" in answer else "shut"
            client.send(f"USER {user}\r\nPASS {password}\r\n".encode())
            client.line()
            answer = client.line()
            # Who is told that the maildrop is in use has signed in; the session before may not have ended yet.
            return "yes" if answer.startswith((b"+OK", b"-ERR [IN-USE]")) else "no" if answer.startswith(b"-ERR") else "shut"
    except (ConnectionError, ssl.SSLError, TimeoutError):
        return "shut"


def blocks(server):
    return [json.loads(line) for line in server.daybook("block", "list", "--json").splitlines()]


def blocked(server, source, seconds=30):
    wait_until(lambda: any(block["source"] == source for block in blocks(server)), seconds, f"the block of {source}")
    return [block for block in blocks(server) if block["source"] == source]


@pytest.mark.parametrize("service", ["smtp", "imap", "pop"])
def test_A_a_guessing_passwords_blocks_the_address_and_not_the_victim(fresh, service):
    server = fresh()
    answers = [sign_in(server, service, f"guess {number}", "127.0.0.2") for number in range(14)]
    assert answers == ["no"] * 10 + ["shut"] * 4
    [block] = blocked(server, "127.0.0.2")
    assert (block["rule"], block["service"], block["count"], block["threshold"]) == ("brute_force", service, 10, 10)
    assert 1700 < block["left"] <= 1800
    # Who is shut out is told so where that can be read.
    assert greeting(server, PLAIN_PORT[service], "127.0.0.2").startswith(REJECTIONS[PLAIN_PORT[service]])
    # The victim signs in from elsewhere, and other protocols are open.
    assert sign_in(server, service, server.password("bob"), "127.0.0.3") == "yes"
    assert sign_in(server, service, server.password("bob"), "127.0.0.1") == "yes"
    other = next(name for name in TLS_PORT if name != service)
    assert sign_in(server, other, server.password("bob"), "127.0.0.2") == "yes"
    assert json.loads(server.daybook("status", "--json"))["blocks"] == 1
    server.daybook("block", "lift", "127.0.0.2", "--service", service)
    wait_until(lambda: sign_in(server, service, server.password("bob"), "127.0.0.2") == "yes", 30, "the lifted block")
    assert blocks(server) == []
    assert server.daybook("block", "lift", "127.0.0.2", check=False).returncode == 1
    events = server.events("--type", "source.blocked,source.unblocked")
    assert [event["type"] for event in events] == ["source.blocked", "source.unblocked"]
    assert events[0]["personal"]["source"] == "127.0.0.2" and events[1]["payload"]["reason"] == "lifted"
    assert events[1]["actor"].startswith("operator")


def test_A_a_guessing_at_once_from_many_addresses(fresh):
    server = fresh()
    sources = [f"127.0.1.{number}" for number in range(1, 13)]
    outcomes = {source: [] for source in sources}

    def guess(source):
        while "shut" not in outcomes[source] and len(outcomes[source]) < 40:
            outcomes[source].append(sign_in(server, "imap", "guess", source))

    threads = [threading.Thread(target=guess, args=(source,)) for source in sources for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for source in sources:
        # Three connections at once: the two others may be on their way when the tenth fails.
        assert outcomes[source].count("no") <= 12 and "shut" in outcomes[source], (source, outcomes[source])
        assert blocked(server, source)
    assert sign_in(server, "imap", server.password("bob"), "127.0.0.3") == "yes"
    assert len(server.events("--type", "source.blocked")) == len(sources)


def test_S19_asking_for_recipients_that_do_not_exist_blocks(fresh):
    server = fresh()
    asked = 0
    for _ in range(10):
        with wire(server, "smtp", "127.0.0.4") as client:
            if not client.reply().startswith(b"220"):
                break
            client.ask(b"HELO harvest.test\r\n")
            client.ask(b"MAIL FROM:<a@harvest.test>\r\n")
            while True:
                answer = client.ask(f"RCPT TO:<nobody{asked}@{DOMAIN}>\r\n".encode())
                if not answer:
                    break
                asked += 1
                if not answer.startswith(b"550"):
                    break
    assert asked == 50
    [block] = blocked(server, "127.0.0.4")
    assert block["rule"] == "harvesting" and 3500 < block["left"] <= 3600
    assert greeting(server, "smtp", "127.0.0.4").startswith(b"554 5.7.1")
    assert greeting(server, "imap", "127.0.0.4").startswith(b"* OK")


def test_sessions_and_connections_for_nothing_block(fresh):
    server = fresh(settings=[("abuse.denial_of_service_threshold", "30")])
    heard = [greeting(server, "pop3", "127.0.0.5")[:4] for _ in range(32)]
    assert heard == [b"+OK "] * 29 + [b"-ERR"] * 3
    assert blocked(server, "127.0.0.5")[0]["rule"] == "denial_of_service"
    # A session counts when the server has seen its end, which may be after the next has begun.
    heard = []
    wait_until(lambda: heard.append(greeting(server, "smtp", "127.0.0.6")[:3]) or heard[-1] == b"554", 30, "the block")
    assert heard.count(b"220") >= 20
    assert blocked(server, "127.0.0.6")[0]["rule"] == "bad_smtp_sessions"
    assert [greeting(server, "smtp", "127.0.0.1")[:3] for _ in range(40)] == [b"220"] * 40, "loopback is whitelisted"
    refused = lambda: sum(
        event["payload"]["refused"] for event in server.events("--type", "traffic.summarised")
        if event["personal"]["client"] == "127.0.0.5")
    server.stop()
    assert refused() == 3


def test_lists_are_per_protocol_and_act_at_once(fresh):
    server = fresh()
    server.daybook("access", "deny", "127.0.0.0/8", "--service", "smtp,pop", "--comment", "all but us")
    wait_until(lambda: greeting(server, "smtp", "127.0.0.7").startswith(b"554"), 30, "the blacklist")
    assert greeting(server, "pop3", "127.0.0.7").startswith(b"-ERR")
    assert greeting(server, "imap", "127.0.0.7").startswith(b"* OK")
    assert greeting(server, "smtp", "127.0.0.1").startswith(b"220"), "the narrower network decides"
    server.daybook("access", "allow", "127.0.0.7")
    wait_until(lambda: greeting(server, "smtp", "127.0.0.7").startswith(b"220"), 30, "the whitelist")
    assert [sign_in(server, "imap", "guess", "127.0.0.7") for _ in range(12)] == ["no"] * 12
    rows = [json.loads(line) for line in server.daybook("access", "list", "--json").splitlines()]
    assert rows == [
        {"network": "127.0.0.0/8", "action": "deny", "services": "smtp,pop", "comment": "all but us"},
        {"network": "127.0.0.7/32", "action": "allow", "services": "smtp,imap,pop", "comment": ""}]
    server.daybook("access", "remove", "127.0.0.7")
    wait_until(lambda: greeting(server, "smtp", "127.0.0.7").startswith(b"554"), 30, "the entry taken off")
    server.stop()
    server.start()
    assert greeting(server, "smtp", "127.0.0.7").startswith(b"554"), "after a restart"
    for words, says in [(("deny", "somewhere"), "192.0.2.0/24"), (("deny", "10.0.0.0/8", "--service", "ftp"), "smtp, imap or pop"),
                        (("remove", "10.0.0.0/8"), "10.0.0.0/8")]:
        done = server.daybook("access", *words, check=False)
        assert done.returncode == 1 and says in done.stderr and done.stderr.count("\n") == 1


@pytest.fixture
def timed(tmp_path):
    """A server whose clock can be moved."""
    clock = clocks.Clock(tmp_path / "clock")
    server = Server(directory=tmp_path, settings=[EXACT], environment=clock.environment).start()
    yield server, clock
    server.kill()


def journaled(server, kind, count):
    wait_until(lambda: len(server.events("--type", kind)) >= count, 30, f"{count} {kind}")


def test_A11_a_counter_goes_on_after_a_kill_and_a_step(timed):
    server, clock = timed
    assert [sign_in(server, "imap", "guess", "127.0.0.8") for _ in range(9)] == ["no"] * 9
    # Nine failures: quarters were passed at three, six and nine.
    wait_until(lambda: any(
        count["count"] == 9 for event in server.events("--type", "abuse.counted")
        for count in event["personal"]["counts"]), 30, "the ninth failure in the journal")
    server.kill()
    clock.set(-86_400)
    server.start()
    assert [sign_in(server, "imap", "guess", "127.0.0.8") for _ in range(3)] == ["no", "shut", "shut"]
    blocked(server, "127.0.0.8")
    for step in (86_400, 400_000_000, 0):
        clock.set(step)
        assert sign_in(server, "imap", server.password("bob"), "127.0.0.8") == "shut"
        server.kill()
        server.start()
        assert sign_in(server, "imap", server.password("bob"), "127.0.0.8") == "shut", f"a step of {step} s"
        assert 1 <= blocked(server, "127.0.0.8")[0]["left"] <= 1800
    clock.let_pass(1_801)
    wait_until(lambda: sign_in(server, "imap", server.password("bob"), "127.0.0.8") == "yes", 30, "the end of the block")
    journaled(server, "source.unblocked", 1)
    assert [event["payload"]["reason"] for event in server.events("--type", "source.unblocked")] == ["ended"]
    assert len(server.events("--type", "source.blocked")) == 1


def rcpt(server, source, sender="ann@elsewhere.test", user="bob", service="smtp"):
    heard = []
    with wire(server, service, source) as client:
        heard.append(client.reply())
        for command in ("EHLO client.test", f"MAIL FROM:<{sender}>", f"RCPT TO:<{user}@{DOMAIN}>", "QUIT"):
            heard.append(client.ask(f"{command}\r\n".encode()))
    assert all(heard), (heard, server.tail())
    return heard[3][:9]


def test_A11_greylisting_goes_by_the_time_that_passes(timed):
    server, clock = timed
    assert rcpt(server, "127.0.0.9") == b"451 4.7.1"
    assert rcpt(server, "127.0.0.1") == b"250 2.1.5", "loopback is whitelisted"
    journaled(server, "greylist.seen", 1)
    for step in (86_400, -86_400, 400_000_000):
        clock.set(step)
        server.kill()
        server.start()
        assert rcpt(server, "127.0.0.9") == b"451 4.7.1", f"a step of {step} s is no time that passes"
    clock.let_pass(14 * 60)
    assert rcpt(server, "127.0.0.9") == b"451 4.7.1", "too early"
    clock.let_pass(90)
    assert rcpt(server, "127.0.0.99") == b"250 2.1.5", "the network came again in time"
    assert rcpt(server, "127.0.1.9") == b"451 4.7.1", "another network did not"
    assert rcpt(server, "127.0.0.9", sender="eve@elsewhere.test") == b"451 4.7.1"
    journaled(server, "greylist.passed", 1)
    clock.set(0)
    server.kill()
    server.start()
    clock.let_pass(35 * 86_400)
    assert rcpt(server, "127.0.0.9") == b"250 2.1.5", "remembered"
    journaled(server, "greylist.passed", 2)
    clock.let_pass(37 * 86_400)
    assert rcpt(server, "127.0.0.9") == b"451 4.7.1", "forgotten after 36 days"
    assert json.loads(server.daybook("status", "--json"))["greylist"] >= 1
    server.daybook("set", "greylisting.disabled", "on", "--user", f"bob@{DOMAIN}")
    wait_until(lambda: rcpt(server, "127.0.2.9") == b"250 2.1.5", 30, "the user's switch")
    # Greylisted clients do as they are told: nobody of them is blocked for it.
    assert blocks(server) == []


def test_who_signs_in_is_not_greylisted(fresh):
    server = fresh()
    with wire(server, "submissions", "127.0.0.9", tls=True) as client:
        client.reply()
        client.ask(b"EHLO client.test\r\n")
        token = base64.b64encode(f"\0alice@{DOMAIN}\0{server.password('alice')}".encode())
        assert client.ask(b"AUTH PLAIN " + token + b"\r\n").startswith(b"235")
        client.ask(f"MAIL FROM:<alice@{DOMAIN}>\r\n".encode())
        assert client.ask(f"RCPT TO:<bob@{DOMAIN}>\r\n".encode()).startswith(b"250")


def v2(client, port=4000):
    addresses = socket.inet_aton(client) + socket.inet_aton("127.0.0.1") + struct.pack(">HH", port, 143)
    return b"\r\n\r\n\0\r\nQUIT\n" + b"\x21\x11" + struct.pack(">H", len(addresses)) + addresses


def v1(client):
    return f"PROXY TCP4 {client} 127.0.0.1 4000 143\r\n".encode()


@pytest.mark.parametrize("header", [v1, v2])
def test_a_trusted_proxy_speaks_for_its_clients(fresh, header):
    server = fresh()
    server.daybook("set", "proxy.trusted", "127.0.0.20/32")

    def through(client, password, service="imaps"):
        with socket.create_connection(server.services[service], timeout=15, source_address=("127.0.0.20", 0)) as connection:
            connection.sendall(header(client))
            try:
                secured = Wire(LAX.wrap_socket(connection))
                if not secured.line():
                    return "shut"
                secured.send(f'a LOGIN "bob@{DOMAIN}" "{password}"\r\n'.encode())
                return "yes" if b"a OK" in secured.tagged(b"a") else "no"
            except (ConnectionError, ssl.SSLError):
                return "shut"

    wait_until(lambda: through("203.0.113.5", server.password("bob")) == "yes", 30, "the setting")
    signed_in = server.events("--type", "session.signed_in")
    assert signed_in[-1]["personal"]["client"] == "203.0.113.5"
    assert [through("203.0.113.66", "guess") for _ in range(11)] == ["no"] * 10 + ["shut"]
    assert blocked(server, "203.0.113.66")[0]["rule"] == "brute_force"
    assert through("203.0.113.5", server.password("bob")) == "yes", "the proxy is not the client"
    # Faults: no header, half of one, and a header from somebody else.
    for first in (b"a LOGIN x y\r\n", b"PROXY TCP4 1.2.3.4\r\n", b"\r\n\r\n\0\r\nQUIT\n\x21\x12\0\0"):
        assert greeting(server, "imap", "127.0.0.20", first) == b""
    with wire(server, "imap", "127.0.0.21") as client:
        assert client.line().startswith(b"* OK")
        client.send(header("203.0.113.7"))
        assert client.closed()
    wait_until(lambda: "not trusted" in server.tail(), 30, "the diagnostic")
    lines = [line for line in server.tail().splitlines() if "proxy_header_refused" in line]
    assert any("no valid PROXY header" in line for line in lines)
    assert not any("127.0.0.2" in line or "203.0.113" in line for line in lines), "no addresses in diagnostics"


# Sender and recipient of nmap's smtp-open-relay, then those of the reliability catalogue.
PROBES = [
    ("", "relay@scanme.test"), ("spam@scanme.test", "relay@scanme.test"), ("spam@nowhere", "relay@scanme.test"),
    ("spam@[127.0.0.1]", "relay@scanme.test"), ("spam@[127.0.0.1]", "relay%scanme.test@[127.0.0.1]"),
    ("spam@[127.0.0.1]", f"relay%scanme.test@{DOMAIN}"), ("spam@[127.0.0.1]", '"relay@scanme.test"'),
    ("spam@[127.0.0.1]", '"relay%scanme.test"'), ("spam@[127.0.0.1]", "relay@scanme.test@[127.0.0.1]"),
    ("spam@[127.0.0.1]", '"relay@scanme.test"@[127.0.0.1]'), ("spam@[127.0.0.1]", f"relay@scanme.test@{DOMAIN}"),
    ("spam@[127.0.0.1]", "@[127.0.0.1]:relay@scanme.test"), ("spam@[127.0.0.1]", f"@{DOMAIN}:relay@scanme.test"),
    ("spam@[127.0.0.1]", "scanme.test!relay"), ("spam@[127.0.0.1]", "scanme.test!relay@[127.0.0.1]"),
    ("spam@[127.0.0.1]", f"scanme.test!relay@{DOMAIN}"), ("a@b.test", f"user%elsewhere.test@{DOMAIN}"),
    ("a@b.test", f"elsewhere.test!user@{DOMAIN}"), ("a@b.test", f'"user@elsewhere.test"@{DOMAIN}'),
    ("a@b.test", f"user@elsewhere.test@{DOMAIN}"), ("a@b.test", "user@[127.0.0.1]"), ("a@b.test", "user@[IPv6:::1]"),
    (f"alice@{DOMAIN}", "user@elsewhere.test"), (f"alice@{DOMAIN}", f"bob@{DOMAIN}"), (f"postmaster@{DOMAIN}", "user@elsewhere.test")]


@pytest.mark.parametrize("service", ["smtp", "submission", "submissions"])
@pytest.mark.parametrize("after", ["nothing", "a failed sign-in"])
def test_S9_nothing_is_relayed_for_who_has_not_signed_in(fresh, service, after):
    server = fresh()
    for number in range(0, len(PROBES), 5):
        with wire(server, service, tls=service == "submissions") as client:
            assert client.reply().startswith(b"220")
            client.ask(b"EHLO probe.test\r\n")
            if after == "a failed sign-in":
                client.ask(b"AUTH PLAIN " + base64.b64encode(f"\0bob@{DOMAIN}\0wrong".encode()) + b"\r\n")
            for sender, recipient in PROBES[number:number + 5]:
                answers = [client.ask(f"MAIL FROM:<{sender}>\r\n".encode()), client.ask(f"RCPT TO:<{recipient}>\r\n".encode())]
                assert answers[1][:1] in (b"5", b"4"), (sender, recipient, answers)
                assert client.ask(b"DATA\r\n")[:1] == b"5"
                client.ask(b"RSET\r\n")
    kinds = {event["type"] for event in server.events()}
    assert not kinds & {"message.accepted", "message.queued", "message.filed"}


@pytest.mark.parametrize("service", ["smtp", "imap", "pop3"])
def test_A_a_hydra_guesses_ten_thousand_passwords_in_vain(fresh, program, tmp_path, service):
    hydra = program("hydra")
    # Hydra comes from where it is told to go: 127.0.0.1 must not be exempt.
    server = fresh(settings=[("protection.whitelist", "::1/128")])
    words = tmp_path / "words"
    words.write_text("".join(f"guess {number}\n" for number in range(9_999)) + server.password("bob") + "\n")
    host, port = server.services[{"smtp": "submissions", "imap": "imaps", "pop3": "pop3s"}[service]]
    output = tmp_path / "output"
    with open(output, "wb") as out:
        # It does not give up by itself: it takes what is shut for trouble on the way.
        guessing = subprocess.Popen(
            [hydra, "-I", "-S", "-t", "4", "-w", "5", "-l", f"bob@{DOMAIN}", "-P", str(words), "-s", str(port), f"{service}://{host}"],
            stdout=out, stderr=out, cwd=tmp_path, start_new_session=True)
    try:
        [block] = blocked(server, "127.0.0.1", 120)
        assert block["rule"] == "brute_force"
        protocol = service.replace("pop3", "pop")
        assert sign_in(server, protocol, server.password("bob"), "127.0.0.3") == "yes"
    finally:
        # With its children, of which some outlive it otherwise.
        os.killpg(guessing.pid, signal.SIGKILL)
        guessing.wait()
    assert b"[DATA] attacking" in output.read_bytes() and b"password:" not in output.read_bytes()
    server.stop()
    tried = sum(event["payload"]["failures"] for event in server.events("--type", "session.refused"))
    # Ten, and what its four connections had under way.
    assert 10 <= tried <= 14
