"""The world of outbound mail itself: each of its hosts does what the tests of delivery rely on."""
import base64
import contextlib
import json
import smtplib
import socket
import ssl
import struct
import threading

import pytest

import unpacked
from harness import wait_until
from world import exchangers, names, remote

MESSAGE = b"From: a@there.test\r\nSubject: across\r\n\r\n.a dot, and\r\nan end\r\n"


def send(host, recipient="b@here.test", message=MESSAGE, timeout=10):
    with smtplib.SMTP(host.address, host.port, timeout=timeout) as smtp:
        return smtp.sendmail("a@there.test", [recipient], message)


@pytest.mark.parametrize("kind", exchangers.ALL, ids=lambda kind: kind.name)
def test_a_real_server_keeps_what_it_takes(world, kind, program):
    host = world.exchanger(kind)
    words = ["smtp-source", "-m", "3", "-f", "a@there.test", "-t", "b@here.test", "-S", "by smtp-source",
             f"inet:{host.address}:{host.port}"]
    unpacked.run(host.command(*words))
    unpacked.run([program("swaks"), "--server", f"{host.address}:{host.port}", "--from", "a@there.test",
                  "--to", "b@here.test", "--header", "Subject: by swaks", *(["--tls"] if kind.has_tls else [])])
    wait_until(lambda: len(host.messages()) == 4, 20, "four messages in the maildir")
    assert sorted(message["Subject"] for message in host.messages()) == ["by smtp-source"] * 3 + ["by swaks"]


def test_the_resolver_knows_what_a_test_adds_at_once(world):
    resolver, port = world.resolver.split(":")

    def answer(name, kind):
        octets = names.ask(resolver, int(port), name, kind)
        return octets and (octets[3] & 15, struct.unpack(">H", octets[6:8])[0])

    domain = world.unique("new")
    assert answer(domain, names.MX) == (names.NAME_ERROR, 0)
    world.domain(world.silent(), world.silent(), name=domain)
    assert answer(domain, names.MX) == (0, 2)
    assert answer(domain, names.A) == (0, 0)
    assert names.ask(resolver, int(port), "any.deaf.test", names.MX, timeout=0.2) is None


def test_silent_and_unreachable_hosts(world):
    host = world.silent()
    with socket.create_connection((host.address, host.port), timeout=5) as taken, pytest.raises(TimeoutError):
        taken.settimeout(0.2)
        taken.recv(1)
    host = world.unreachable()
    with pytest.raises(TimeoutError):
        socket.create_connection((host.address, host.port), timeout=0.5)


def test_a_remote_keeps_the_octets_and_its_record(world, tmp_path):
    host = world.remote(record=tmp_path / "record")
    assert not send(host)
    (letter,) = host.letters
    assert letter.wire == MESSAGE.replace(b"\r\n.", b"\r\n..") and letter.text == MESSAGE
    assert (letter.sender, letter.recipients, letter.header("subject")) == ("a@there.test", ["b@here.test"], "across")
    sender, recipients, wire = json.loads((tmp_path / "record").read_text())
    assert (sender, recipients, base64.b64decode(wire)) == (letter.sender, letter.recipients, letter.wire)


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "half", "dot"])
@pytest.mark.parametrize("action", [
    remote.reply("550 5.7.1 no"), remote.reply("421 4.3.2 later"), remote.close, remote.abort, remote.hang,
    remote.raw(b"250 never", 0.05), remote.flood(b"250-ok\r\n")],
    ids=["refuses", "defers", "closes", "aborts", "hangs", "drips", "floods"])
def test_a_remote_misbehaves_at_any_stage(world, stage, action):
    host = world.remote(on={stage: remote.then(action, remote.close), "helo": action})
    host.reads_half = 10 if stage == "half" else 0

    def attempt():
        with contextlib.suppress(smtplib.SMTPException, OSError):
            send(host)

    client = threading.Thread(target=attempt)
    client.start()
    wait_until(lambda: host.sessions and stage in host.sessions[0].stages, 10, "the stage")
    host.stop()
    client.join()
    assert not host.letters


def test_a_remote_takes_a_message_and_leaves(world):
    host = world.remote(on={"dot": remote.at_first(remote.after_taking(remote.close))})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(host)
    assert not send(host) and len(host.letters) == 2


def test_a_remote_with_tls_and_users(world):
    host = world.remote(context=world.context("mail.here.test"), users={"ann": "secret"})
    trusted = ssl.create_default_context(cafile=world.home / "ca.crt")
    trusted.check_hostname = False
    with smtplib.SMTP(host.address, host.port, timeout=10) as smtp:
        smtp.starttls(context=trusted)
        smtp.login("ann", "secret")
        smtp.sendmail("a@there.test", ["b@here.test"], MESSAGE)
    assert host.letters[0].session.is_secured and host.letters[0].session.user == "ann"
    with smtplib.SMTP(host.address, host.port, timeout=10) as smtp, pytest.raises(ssl.SSLCertVerificationError):
        smtp.starttls(context=ssl.create_default_context())


def test_a_remote_never_ends_its_banner(world):
    host = world.remote(on={"connect": remote.flood(b"220-more\r\n", 1 << 22)})
    with socket.create_connection((host.address, host.port), timeout=5) as wire:
        read = 0
        while more := wire.recv(1 << 20):
            read += len(more)
    assert read >= 1 << 22
