"""Delivery reports, read by Python's email package: what is told, to whom, and when not. RFC 3461, RFC 3464"""
import shutil

import pytest

from clocks import Clock
from harness import DOMAIN, Server, smtp_send, wait_until
from outbound import ALICE, Sender, sending, settings
from world import remote

HOUR = 3600


@pytest.fixture(scope="module")
def sender(world):
    server = Server(settings=settings(world, ("host.name", "day.test")))
    yield Sender(server.start())
    server.stop()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture
def refusing(world):
    """A domain of which nobody exists."""
    host = world.remote(on={"rcpt": remote.reply("550 5.1.1 nobody of that name")})
    return world.domain(host)


def test_a_failure_tells_everything(world, sender, refusing):
    subject = sender.submit(f"a@{refusing}", f"b@{refusing}", text="The text itself.\r\n", mail=["ENVID=QQ314159"],
                            rcpt=[f"ORCPT=rfc822;first@elsewhere.test"])
    report = sender.report(subject).check()
    assert report.of_message["Reporting-MTA"] == "dns; day.test" and report.of_message["Original-Envelope-Id"] == "QQ314159"
    assert [block["Final-Recipient"].split(";")[1].strip() for block in report.of_recipients] == [f"a@{refusing}", f"b@{refusing}"]
    for block in report.of_recipients:
        assert block["Original-Recipient"].replace(" ", "") == "rfc822;first@elsewhere.test"
        assert (block["Action"], block["Status"]) == ("failed", "5.1.1")
        assert block["Diagnostic-Code"].startswith("smtp; 550 5.1.1 nobody")
        assert block["Last-Attempt-Date"]
    message = report.message
    assert message["To"] and ALICE in message["To"] and message["From"].addresses[0].domain == "day.test" or DOMAIN in message["From"]
    assert f"a@{refusing}" in report.parts[0].get_content() and "nobody of that name" in report.parts[0].get_content()


@pytest.mark.parametrize("ret, kind, has_text", [
    ("FULL", "message/rfc822", True), ("HDRS", "text/rfc822-headers", False)])
def test_what_comes_back_is_what_was_asked_for(sender, refusing, ret, kind, has_text):
    subject = sender.submit(f"a@{refusing}", text="The text itself.\r\n", mail=[f"RET={ret}"])
    report = sender.report(subject).check()
    assert report.returned.get_content_type() == kind
    assert ("The text itself." in report.returned.as_string()) == has_text


def test_a_large_message_comes_back_without_its_text(sender, refusing):
    subject = sender.submit(f"a@{refusing}", text="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 40_000, mail=["RET=FULL"])
    assert len(sender.report(subject).check().message.as_bytes()) < 1 << 20


@pytest.mark.parametrize("notify, tells", [("NEVER", False), ("SUCCESS", False), ("DELAY", False), ("FAILURE", True), ("SUCCESS,FAILURE", True)])
def test_failure_is_told_to_those_who_asked(sender, refusing, notify, tells):
    subject = sender.submit(f"a@{refusing}", rcpt=[f"NOTIFY={notify}"])
    sender.wait_empty()
    if tells:
        sender.report(subject).check()
    else:
        # What is told at all is told in the decision that ended the entry.
        assert not sender.reports(subject)


def test_success_is_relayed_or_told_here(world, sender):
    knows, knows_not = world.remote(), world.remote(features=("PIPELINING",))
    to_knowing, to_other = world.domain(knows), world.domain(knows_not)
    subject = sender.submit(f"a@{to_knowing}", f"b@{to_other}", rcpt=["NOTIFY=SUCCESS"], mail=["RET=HDRS", "ENVID=E1"])
    report = sender.report(subject).check()
    (block,) = report.of_recipients
    assert block["Final-Recipient"].endswith(f"b@{to_other}")
    assert (block["Action"], block["Status"][0]) == ("relayed", "2")
    wait_until(lambda: knows.letters, 20, "the message where DSN is known")
    mail, rcpt = knows.letters[0].parameters
    assert "RET=HDRS" in mail and "ENVID=E1" in mail and "NOTIFY=SUCCESS" in rcpt
    mail, rcpt = knows_not.letters[0].parameters
    assert "RET" not in mail and "NOTIFY" not in rcpt


def test_success_in_a_mailbox_here_is_told(sender):
    subject = sender.submit(f"bob@{DOMAIN}", rcpt=["NOTIFY=SUCCESS"])
    (block,) = sender.report(subject).check().of_recipients
    assert (block["Action"], block["Status"][0]) == ("delivered", "2")


def test_the_null_sender_is_never_told(world, sender, refusing):
    """A report about a report would never end."""
    subject = sender.submit(f"a@{refusing}", sender="")
    sender.wait_empty()
    assert not sender.reports(subject)
    assert not [e for e in sender.server.events("--type", "message.queued") if e.get("sender") == "<>"]


def test_a_report_that_cannot_be_delivered_ends(world, sender, refusing):
    """A forward to nobody, of mail whose sender is nobody either."""
    sender.daybook("alias", "add", f"far@{DOMAIN}", f"gone@{refusing}")
    assert smtp_send(sender.server, f"far@{DOMAIN}", b"Subject: far\r\n\r\nx", sender=f"nobody@{refusing}").startswith(b"250")
    sender.wait_empty()
    assert len(sender.types("message.queued")) < 100
    assert not sender.reports()[-1:] or sender.reports()[-1].about != "far"


def test_addresses_of_other_letters(world, sender):
    """RFC 6533: an address in UTF-8 is told as such."""
    host = world.remote(on={"rcpt": remote.reply("550 5.1.1 niemand")})
    name = world.domain(host)
    subject = sender.submit(f"grüße@{name}", mail=["SMTPUTF8", "BODY=8BITMIME"])
    report = sender.report(subject)
    (block,) = report.of_recipients
    assert block["Final-Recipient"].startswith(("utf-8;", "rfc822;")) and block["Status"] == "5.1.1"


def test_delay_is_told_once_and_the_end_after_the_lifetime(world, tmp_path):
    clock = Clock(tmp_path / "clock")
    with sending(tmp_path / "home", world, environment=clock.environment) as sender:
        server = sender.server
        host = world.remote(on={"rcpt": remote.reply("450 4.2.1 the box is busy")})
        domain = world.domain(host)
        told = sender.submit(f"a@{domain}", mail=["RET=HDRS"])
        quiet = sender.submit(f"b@{domain}", rcpt=["NOTIFY=FAILURE"])
        sender.wait_deferred(entries=2)
        assert not sender.reports()
        for attempt, hours in enumerate((2, 3, 5, 10), 2):
            assert server.stop() == 0
            clock.step(hours * HOUR)
            server.start()
            wait_until(lambda: [line["attempts"] for line in sender.spool()] == [attempt] * 2, 20, "the next attempt")
        report = sender.report(told).check()
        (block,) = report.of_recipients
        assert (block["Action"], block["Status"]) == ("delayed", "4.2.1") and block["Will-Retry-Until"]
        assert not sender.reports(quiet)
        assert server.stop() == 0
        clock.step(6 * 24 * HOUR)
        server.start()
        sender.wait_empty()
        assert [[b["Action"] for b in r.of_recipients] for r in sender.reports(told)] == [["delayed"], ["failed"]]
        assert [[b["Action"] for b in r.of_recipients] for r in sender.reports(quiet)] == [["failed"]]
