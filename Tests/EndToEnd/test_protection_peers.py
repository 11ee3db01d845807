"""Protection before real peers: a Postfix that is greylisted, and HAProxy in front of every listener."""
import json
import smtplib
import socket
import ssl

import pytest

import clocks
import unpacked
from harness import DOMAIN, Server, Wire, wait_until
from world import exchangers
from world.proxies import HAProxy

EXACT = ("protection.whitelist", "127.0.0.1/32,::1/128")
LAX = ssl._create_unverified_context()
IMPATIENT = """virtual_mailbox_domains =
relayhost = [{host}]:{port}
smtp_bind_address = {source}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""


def blocks(server):
    return [json.loads(line) for line in server.daybook("block", "list", "--json").splitlines()]


def test_a_real_postfix_is_greylisted_comes_again_and_passes(world, tmp_path):
    clock = clocks.Clock(tmp_path / "clock")
    server = Server(directory=tmp_path, settings=[EXACT], environment=clock.environment).start()
    try:
        host, port = server.services["smtp"]
        relay = world.exchanger(exchangers.Postfix, IMPATIENT.format(host=host, port=port, source="127.0.0.40"))

        def send(subject):
            with smtplib.SMTP(relay.address, relay.port, timeout=20) as smtp:
                smtp.sendmail("ann@elsewhere.test", [f"bob@{DOMAIN}"], f"Subject: {subject}\r\n\r\nhello\r\n".encode())

        def told():
            return (relay.home / "log").read_text().count("451 4.7.1 Greylisted")

        send("first")
        wait_until(lambda: told() >= 3, 60, "three attempts that are too early")
        assert server.events("--type", "message.accepted") == []
        wait_until(lambda: server.events("--type", "greylist.seen"), 30, "the triplet in the journal")
        clock.let_pass(15 * 60)
        wait_until(lambda: len(server.events("--type", "message.accepted")) == 1, 60, "the message")
        before = told()
        send("second")
        wait_until(lambda: len(server.events("--type", "message.accepted")) == 2, 60, "the second message")
        assert told() == before, "who has passed is not asked again"
        wait_until(lambda: server.events("--type", "greylist.passed"), 30, "its passing in the journal")
        assert len(server.events("--type", "greylist.seen")) == len(server.events("--type", "greylist.passed")) == 1
        assert blocks(server) == [], "who comes again as told is no bad client"
    finally:
        server.kill()


@pytest.fixture
def proxied(fresh, tmp_path):
    """A server and a factory of proxies before it, which come from 127.0.0.60."""
    if not unpacked.can_run():
        pytest.skip("foreign servers run as root only, in mount namespaces")
    proxies = []
    server = fresh(settings=[EXACT, ("proxy.trusted", "127.0.0.60/32")])

    def make(options):
        tmp_path.chmod(0o755)
        proxy = HAProxy(tmp_path / f"proxy{len(proxies)}", f"127.0.0.{61 + len(proxies)}", "127.0.0.60", server.services,
                        options)
        proxies.append(proxy)
        return proxy

    yield server, make
    for proxy in proxies:
        proxy.stop()


def first_line(proxy, server, service, source):
    """What the server says first through a proxy; empty where it says nothing."""
    try:
        with socket.create_connection((proxy.address, server.services[service][1]), timeout=20,
                                      source_address=(source, 0)) as connection:
            return Wire(LAX.wrap_socket(connection) if service.endswith("s") else connection).line()
    except (ConnectionError, ssl.SSLError):
        return b""


def sign_in(proxy, server, password, source):
    with socket.create_connection((proxy.address, server.services["imaps"][1]), timeout=20,
                                  source_address=(source, 0)) as connection:
        try:
            client = Wire(LAX.wrap_socket(connection))
            if not client.line():
                return "shut"
            client.send(f'a LOGIN "bob@{DOMAIN}" "{password}"\r\n'.encode())
            return "yes" if b"a OK" in client.tagged(b"a") else "no"
        except (ConnectionError, ssl.SSLError):
            return "shut"


@pytest.mark.parametrize("options", [
    "send-proxy check-send-proxy", "send-proxy-v2 check-send-proxy",
    "send-proxy-v2 check-send-proxy proxy-v2-options crc32c,unique-id,ssl,authority"])
def test_haproxy_speaks_for_its_clients_at_every_listener(proxied, options):
    server, make = proxied
    proxy = make(options)
    greetings = {"smtp": b"220 ", "submission": b"220 ", "submissions": b"220 ", "imap": b"* OK", "imaps": b"* OK",
                 "pop3": b"+OK ", "pop3s": b"+OK "}
    assert set(greetings) == set(server.services)
    for service, words in greetings.items():
        wait_until(lambda: first_line(proxy, server, service, "127.0.0.70")[:4] == words, 20, f"{service} through {options}")
    assert sign_in(proxy, server, server.password("bob"), "127.0.0.70") == "yes"
    assert server.events("--type", "session.signed_in")[-1]["personal"]["client"] == "127.0.0.70"
    assert [sign_in(proxy, server, "guess", "127.0.0.71") for _ in range(12)] == ["no"] * 10 + ["shut"] * 2
    wait_until(lambda: blocks(server), 30, "a block")
    assert [block["source"] for block in blocks(server)] == ["127.0.0.71"]
    assert first_line(proxy, server, "imap", "127.0.0.71").startswith(b"* BYE")
    # Neither the other clients nor the proxy, which has looked in many times by now, are shut out.
    assert sign_in(proxy, server, server.password("bob"), "127.0.0.70") == "yes"
    server.daybook("access", "deny", "127.0.0.70", "--service", "pop")
    wait_until(lambda: first_line(proxy, server, "pop3", "127.0.0.70").startswith(b"-ERR"), 30, "the blacklist")
    assert "proxy_header_refused" not in server.tail()
