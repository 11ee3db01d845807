"""The auto-responder: one answer a day, also over a kill. RFC 3834"""
from harness import DOMAIN, smtp_send
from test_clients import find, inbox

SETTINGS = [("responder.text", "I am away.\nBob"), ("responder.subject", "Away"), ("responder.enabled", "on")]


def prepare(server):
    for key, value in SETTINGS:
        server.daybook("set", key, value, "--user", f"bob@{DOMAIN}")
    server.daybook("set", "smtp.require_authentication", "off", "--domain", DOMAIN)


def ask(server, subject, sender="alice"):
    smtp_send(server, f"bob@{DOMAIN}", f"From: {sender}@{DOMAIN}\r\nTo: bob@{DOMAIN}\r\n"
              f"Message-ID: <{subject}@x.test>\r\nSubject: {subject}\r\n\r\nx\r\n".encode(), sender=f"{sender}@{DOMAIN}")


def test_one_answer_a_day_also_after_a_kill(fresh):
    server = fresh()
    prepare(server)
    ask(server, "first")
    (answer,) = find(server, "alice", "Away")
    assert answer["Return-Path"] == "<>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert answer["In-Reply-To"] == "<first@x.test>"
    assert answer.get_payload(decode=True) == b"I am away.\r\nBob\r\n"
    server.kill()
    server.start()
    ask(server, "second")
    assert len(find(server, "alice", "Away")) == 1
    assert len(inbox(server, "bob")) == 2
    ask(server, "third", sender="postmaster")
    assert len(find(server, "postmaster", "Away")) == 0, "postmaster is no person"
    (told,) = [event for event in server.events() if event["type"] == "responder.answered"]
    assert told["payload"]["origin"] < told["payload"]["reply"] < told["position"]


def test_an_answer_to_elsewhere_waits_in_the_spool(fresh):
    server = fresh()
    prepare(server)
    smtp_send(server, f"bob@{DOMAIN}", f"To: bob@{DOMAIN}\r\nSubject: hello\r\n\r\nx\r\n".encode())
    queued = [event for event in server.events() if event["type"] == "message.queued"]
    assert [event["payload"]["kind"] for event in queued] == ["auto_responder"]
    assert server.daybook("verify", "--projections")
