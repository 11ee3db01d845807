"""What can change while the server runs: listeners, limits, certificates, the host name; and what a flood leaves behind."""
import contextlib
import os
import signal
import smtplib
import socket
import ssl
import subprocess
import time

import pytest

from harness import DOMAIN, Wire, smtp_send, wait_until

SOON = 1.5
LAX = ssl._create_unverified_context()


def opens(port, host="127.0.0.1"):
    with contextlib.suppress(OSError), socket.create_connection((host, port), 2) as one:
        return one.recv(4096)[:3]
    return None


def certificate(folder, name, *hosts):
    """A self-signed certificate made by openssl: its PEM files."""
    names = ",".join(f"DNS:{host}" for host in hosts)
    chain, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-keyout", f"{key}.new", "-out", f"{chain}.new"],
        check=True, capture_output=True)
    os.replace(f"{key}.new", key)
    os.replace(f"{chain}.new", chain)
    return chain, key


def shown(server, host, service="imaps", *options):
    """The common name of the certificate that a client asking for `host` sees."""
    words = ["openssl", "s_client", "-connect", server.address(service), *options]
    words += ["-servername", host] if host else ["-noservername"]
    done = subprocess.run(words, input=b"", capture_output=True, timeout=20)
    text = subprocess.run(["openssl", "x509", "-noout", "-subject"], input=done.stdout, capture_output=True)
    return text.stdout.decode().strip().removeprefix("subject=CN = ")


def log(server):
    return (server.home / "server.log").read_text(errors="replace")


def test_a_changed_port_acts_within_a_second_and_no_other_session_notices(fresh):
    server = fresh()
    with server.connect("imap") as steady, server.connect("pop3") as moved:
        steady.line()
        moved.line()
        old, new = server.services["pop3"][1], server.offset + 1110
        server.daybook("set", "listen.pop3", "1110")
        began = time.monotonic()
        wait_until(lambda: opens(new) == b"+OK", SOON, "the new port")
        wait_until(lambda: opens(old) is None, SOON, "the end of the old port")
        assert time.monotonic() - began < SOON
        assert moved.closed()
        steady.send(b"a NOOP\r\n")
        assert steady.line().startswith(b"a OK")
    assert server.process.poll() is None


def test_a_service_is_switched_off_and_on(fresh):
    server = fresh()
    port = server.services["imaps"][1]
    server.daybook("set", "listen.imaps", "0")
    wait_until(lambda: opens_at_all(port) is False, SOON, "the end of IMAP over TLS")
    server.daybook("set", "listen.imaps", "993")
    wait_until(lambda: opens_at_all(port), SOON, "IMAP over TLS")
    assert shown(server, None) != ""


def opens_at_all(port):
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
        return True
    except OSError:
        return False


def test_two_services_change_places(fresh):
    server = fresh()
    imap, pop = server.services["imap"][1], server.services["pop3"][1]
    server.daybook("set", "listen.imap", "110")
    server.daybook("set", "listen.pop3", "143")
    wait_until(lambda: opens(pop) == b"* O" and opens(imap) == b"+OK", 7, "both in their new places")


def test_addresses_are_opened_and_closed(fresh):
    server = fresh(settings=[("listen.addresses", "127.0.0.1")])
    server.stop()
    server.process = subprocess.Popen(
        [*serve_without_listen(server)], stdout=subprocess.PIPE, stderr=open(server.home / "server.log", "ab"), text=True)
    server.process.stdout.readline()
    port = server.offset + 25
    assert opens(port) == b"220" and opens(port, "127.0.0.2") is None
    server.daybook("set", "listen.addresses", "127.0.0.1,127.0.0.2")
    wait_until(lambda: opens(port, "127.0.0.2") == b"220", SOON, "the second address")
    server.daybook("set", "listen.addresses", "all")
    wait_until(lambda: opens(port, "127.0.0.3") == b"220", SOON, "all addresses")
    assert opens(port, "::1") in (b"220", None)
    server.daybook("set", "listen.addresses", "127.0.0.2")
    wait_until(lambda: opens(port) is None and opens(port, "127.0.0.2") == b"220", SOON, "one address alone")


def serve_without_listen(server):
    from harness import BINARY
    return [BINARY, "serve", "--data", str(server.data), "--port-offset", str(server.offset), "--json"]


def test_an_occupied_port_is_told_and_what_runs_goes_on(fresh):
    server = fresh()
    old, taken = server.services["smtp"][1], server.offset + 2500
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken))
        other.listen()
        server.daybook("set", "listen.smtp", "2500")
        wait_until(lambda: "event=listener_not_opened service=smtp" in log(server), SOON, "the diagnostic")
        assert f"127.0.0.1:{taken}" in log(server) and "Address already in use" in log(server)
        assert opens(old) == b"220"
        assert opens(server.services["imap"][1]) == b"* O"
    wait_until(lambda: opens(taken) == b"220" and opens(old) is None, 8, "the port once it is free")
    assert log(server).count("event=listener_not_opened") == 1


def test_an_occupied_port_at_the_start_is_told_at_once(fresh):
    server = fresh()
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", server.offset + 25))
        other.listen()
        with pytest.raises(RuntimeError, match="Address already in use"):
            server.start()
    server.start()


def test_limits_act_on_the_next_connection(fresh):
    server = fresh()
    server.daybook("set", "pop.connections_per_address", "2")
    held = []

    def third_is_refused():
        held.append(server.connect("pop3"))
        return held[-1].line().startswith(b"-ERR [SYS/TEMP] Too many")

    wait_until(third_is_refused, SOON, "the limit")
    server.daybook("set", "pop.connections_per_address", "50")
    wait_until(lambda: server.connect("pop3").line().startswith(b"+OK"), SOON, "the new limit")
    for one in held:
        one.socket.close()


def test_the_host_name_is_changed_everywhere(fresh):
    server = fresh()
    server.daybook("set", "host.name", "mx.other.test")
    wait_until(lambda: b"mx.other.test" in server.connect("smtp").line(), SOON, "the greeting of SMTP")
    assert b"mx.other.test" in server.connect("imap").line()
    assert b"mx.other.test" in server.connect("pop3").line()
    wait_until(lambda: "mx.other.test" in names(server), SOON, "the self-made certificate")


def names(server):
    done = subprocess.run(["openssl", "s_client", "-connect", server.address("imaps")], input=b"", capture_output=True, timeout=20)
    text = subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName"], input=done.stdout, capture_output=True)
    return text.stdout.decode()


def test_each_name_is_shown_its_certificate(fresh, tmp_path):
    server = fresh()
    own = shown(server, "one.test")
    one = certificate(tmp_path, "first", "one.test", "*.wild.test")
    two = certificate(tmp_path, "second", "unrelated.test")
    server.daybook("set", "tls.certificates", f"one.test={one[0]}:{one[1]},two.test={two[0]}:{two[1]}")
    wait_until(lambda: shown(server, "one.test") == "first", SOON, "the first certificate")
    for host, name in [("two.test", "second"), ("mail.two.test", "second"), ("MAIL.Two.Test", "second"), ("a.wild.test", "first"),
                       ("unrelated.test", "second"), ("nobody.test", "first"), (None, "first")]:
        assert shown(server, host) == name, host
    for service, protocol in [("smtp", "smtp"), ("submission", "smtp"), ("imap", "imap"), ("pop3", "pop3")]:
        assert shown(server, "two.test", service, "-starttls", protocol) == "second", service
    for service in ["submissions", "pop3s"]:
        assert shown(server, "two.test", service) == "second", service
    server.daybook("set", "tls.certificates", "")
    wait_until(lambda: shown(server, "one.test") == own, SOON, "the self-made certificate again")


def test_curl_trusts_the_certificate_it_asks_for(fresh, tmp_path, program):
    curl = program("curl")
    server = fresh()
    chain, key = certificate(tmp_path, "mail", "mail.demo.test")
    server.daybook("set", "tls.certificates", f"demo.test={chain}:{key}")
    wait_until(lambda: shown(server, "mail.demo.test") == "mail", SOON, "the certificate")
    port = server.services["imaps"][1]
    done = subprocess.run(
        [curl, "-sS", "--cacert", str(chain), "--resolve", f"mail.demo.test:{port}:127.0.0.1", f"imaps://mail.demo.test:{port}/",
         "-u", f"alice@{DOMAIN}:{server.password('alice')}"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and "INBOX" in done.stdout, done.stderr


@pytest.mark.parametrize("nudge", [False, True], ids=["by itself", "by SIGHUP"])
def test_a_renewed_certificate_is_shown_and_sessions_go_on(fresh, tmp_path, nudge):
    chain, key = certificate(tmp_path, "old", "one.test")
    server = fresh(settings=[("tls.certificates", f"one.test={chain}:{key}")])
    assert shown(server, "one.test") == "old"
    with server.connect("imap") as steady:
        steady.line()
        renewed = certificate(tmp_path, "new", "one.test")
        stamps = [os.stat(path) for path in (chain, key)]
        for source, target, stamp in zip(renewed, (chain, key), stamps):
            with open(source, "rb") as file, open(target, "r+b" if nudge else "wb") as out:
                out.write(file.read())
                out.truncate()
        if nudge:
            os.kill(server.pid, signal.SIGHUP)
        wait_until(lambda: shown(server, "one.test") == "new", SOON, "the renewed certificate")
        steady.send(b"a NOOP\r\n")
        assert steady.line().startswith(b"a OK")


def test_a_bad_certificate_is_told_and_the_old_one_is_shown_on(fresh, tmp_path):
    chain, key = certificate(tmp_path, "good", "one.test")
    server = fresh(settings=[("tls.certificates", f"one.test={chain}:{key}")])
    chain.write_text("nonsense")
    wait_until(lambda: "event=certificate_unusable name=one.test" in log(server), SOON, "the diagnostic")
    assert "shown=\"the one before\"" in log(server)
    assert shown(server, "one.test") == "good"
    server.daybook("set", "tls.certificates", f"one.test={chain}:{key},two.test=/absent.crt:/absent.key")
    wait_until(lambda: "name=two.test" in log(server) and "/absent.crt" in log(server), SOON, "the absent file")
    assert shown(server, "two.test") == "good"
    certificate(tmp_path, "good", "one.test")
    time.sleep(SOON)
    assert log(server).count("event=certificate_unusable") == 2


def test_a_server_with_bad_certificates_alone_starts_with_its_own(fresh, tmp_path):
    (tmp_path / "bad.crt").write_text("nonsense")
    server = fresh(settings=[("tls.certificates", f"one.test={tmp_path}/bad.crt:{tmp_path}/bad.crt")])
    assert "event=certificate_unusable" in log(server)
    assert shown(server, "one.test") != ""


def test_the_tls_floor_is_raised_and_lowered(fresh):
    server = fresh()

    def speaks(version):
        done = subprocess.run(
            ["openssl", "s_client", "-connect", server.address("imaps"), version], input=b"", capture_output=True, timeout=20)
        return done.returncode == 0

    assert speaks("-tls1_2") and speaks("-tls1_3")
    server.daybook("set", "tls.floor", "1.3")
    wait_until(lambda: not speaks("-tls1_2"), SOON, "the end of TLS 1.2")
    assert speaks("-tls1_3")
    server.daybook("set", "tls.floor", "1.2")
    wait_until(lambda: speaks("-tls1_2"), SOON, "TLS 1.2 again")


def test_the_log_level_acts(fresh):
    server = fresh(settings=[("log.level", "error")])
    server.daybook("set", "tls.certificates", "one.test=/absent.crt:/absent.key")
    wait_until(lambda: "level=error event=certificate_unusable" in log(server), SOON, "an error")
    assert "level=info" not in log(server)


def test_a_flood_is_summed_up_by_the_minute(fresh):
    """10,000 connections and refused recipients are a bounded number of events."""
    server = fresh(settings=[("smtp.connections_per_address", "20"), ("smtp.unknown_recipients", "1000"), ("connection.bad_commands", "1000")])
    before = len(server.events())
    for last in range(1, 11):
        for _ in range(900):
            with contextlib.suppress(OSError), socket.create_connection(server.services["smtp"], 5, (f"127.0.0.{last + 10}", 0)):
                pass
    for last in range(1, 11):
        with socket.create_connection(server.services["smtp"], 10, (f"127.0.0.{last + 10}", 0)) as one:
            wire = Wire(one)
            wire.reply()
            wire.ask(b"EHLO flood.test\r\n")
            wire.ask(b"MAIL FROM:<a@b.test>\r\n")
            wire.send(b"".join(b"RCPT TO:<nobody%d@demo.test>\r\n" % n for n in range(100)))
            for _ in range(100):
                assert wire.reply().startswith(b"550")
            assert wire.ask(b"QUIT\r\n").startswith(b"221")
    crowd = []
    for _ in range(30):
        crowd.append(socket.create_connection(server.services["smtp"], 5, ("127.0.0.50", 0)))
    assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: honest\r\n\r\nx").startswith(b"250")
    for one in crowd:
        one.close()
    server.stop()
    events = server.events()
    sums = server.events("--type", "traffic.summarised")
    assert sums and all(event["type"] == "traffic.summarised" for event in sums)
    assert len(sums) <= 3 * 11, len(sums)
    assert len(events) - before <= len(sums) + 20
    payloads = [event["payload"] if "payload" in event else event for event in sums]
    assert sum(p["connections"] + p["refused"] for p in payloads) >= 9_000 + 10 + 30
    assert sum(p["bad"] for p in payloads) == 1_000
    assert sum(p["refused"] for p in payloads) >= 5
    assert {p.get("service") for p in payloads} == {"smtp"}


def test_cram_md5_is_offered_where_a_domain_allows_it(fresh):
    """It works from the next sign-in that shows the password; switched off, it is gone."""
    server = fresh()
    user, password = f"alice@{DOMAIN}", server.password("alice")

    def offered():
        with smtplib.SMTP_SSL(*server.services["submissions"], context=LAX) as smtp:
            smtp.ehlo()
            return "CRAM-MD5" in smtp.esmtp_features["auth"]

    def signs_in(mechanism):
        with smtplib.SMTP_SSL(*server.services["submissions"], context=LAX) as smtp:
            smtp.ehlo()
            smtp.user, smtp.password = user, password
            return smtp.auth(mechanism, getattr(smtp, "auth_" + mechanism.lower().replace("-", "_")))[0]

    assert not offered()
    server.daybook("set", "authentication.cram_md5", "on", "--domain", DOMAIN)
    wait_until(offered, SOON, "the offer")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        signs_in("CRAM-MD5")
    assert signs_in("PLAIN") == 235 and signs_in("CRAM-MD5") == 235
    server.daybook("set", "authentication.cram_md5", "off", "--domain", DOMAIN)
    wait_until(lambda: not offered(), SOON, "the end of the offer")


def test_the_grace_time_is_that_of_the_settings(fresh):
    server = fresh(settings=[("serve.shutdown_grace", "1")])
    with server.connect("smtp") as wire:
        wire.reply()
        wire.ask(b"HELO x.test\r\n")
        wire.ask(b"MAIL FROM:<a@b.test>\r\n")
        wire.ask(f"RCPT TO:<bob@{DOMAIN}>\r\n".encode())
        wire.ask(b"DATA\r\n")
        began = time.monotonic()
        assert server.stop() == 0
        assert 0.8 < time.monotonic() - began < 4
