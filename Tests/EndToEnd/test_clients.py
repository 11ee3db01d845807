"""Real mail programs against the running server: what a user's own clients do, end to end."""
import contextlib
import email
import hashlib
import imaplib
import mailbox
import os
import poplib
import smtplib
import ssl
import subprocess

import imap_tools
import pytest

from harness import DOMAIN, smtp_send, wait_until

LAX = ssl._create_unverified_context()
MECHANISMS = ["PLAIN", "LOGIN", "SCRAM-SHA-256"]


def run(words, stdin="", **options):
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=60, **options)
    assert done.returncode == 0, f"{words[0]}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def inbox(server, user, folder="INBOX"):
    """Every message of a folder, read by Python's own imaplib over TLS."""
    with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"{user}@{DOMAIN}", server.password(user))
        imap.select(folder, readonly=True)
        numbers = imap.search(None, "ALL")[1][0].split()
        return [email.message_from_bytes(imap.fetch(n, "(BODY.PEEK[])")[1][0][1]) for n in numbers]


def find(server, user, subject, folder="INBOX"):
    return [m for m in inbox(server, user, folder) if m["Subject"] == subject]


def test_swaks_delivers_and_the_headers_are_added(server, program):
    run([program("swaks"), "--server", server.address("smtp"), "--to", f"bob@{DOMAIN}",
         "--from", "ann@elsewhere.test", "--header", "Subject: by swaks", "--body", "Hello."])
    (message,) = find(server, "bob", "by swaks")
    assert message["Return-Path"] == "<ann@elsewhere.test>"
    assert message["Delivered-To"] == f"bob@{DOMAIN}"
    assert "with ESMTP" in message["Received"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("service", ["submission", "submissions"])
def test_swaks_submits_with_tls_and_auth(server, program, mechanism, service):
    subject = f"swaks {mechanism} {service}"
    tls = "--tls" if service == "submission" else "--tls-on-connect"
    run([program("swaks"), "--server", server.address(service), tls, "--auth", mechanism,
         "--auth-user", f"alice@{DOMAIN}", "--auth-password", server.password("alice"),
         "--from", f"alice@{DOMAIN}", "--to", f"bob@{DOMAIN}", "--header", f"Subject: {subject}",
         "--suppress-data"])
    (message,) = find(server, "bob", subject)
    assert message["Message-ID"] and message["Date"]
    assert "ESMTPSA" in message["Received"]


def test_submission_completes_date_and_message_id(server):
    """RFC 6409 §8."""
    with smtplib.SMTP(*server.services["submission"]) as smtp:
        smtp.starttls(context=LAX)
        smtp.login(f"alice@{DOMAIN}", server.password("alice"))
        smtp.sendmail(f"alice@{DOMAIN}", [f"bob@{DOMAIN}"], b"Subject: bare\r\n\r\nbody\r\n")
    (message,) = find(server, "bob", "bare")
    assert message["Date"] and message["Message-ID"].startswith("<")


def test_curl_sends_and_reads(server, program):
    login = f"alice@{DOMAIN}:{server.password('alice')}"
    run([program("curl"), "-sSk", "--ssl-reqd", f"smtp://{server.address('submission')}",
         "--mail-from", f"alice@{DOMAIN}", "--mail-rcpt", f"alice@{DOMAIN}", "-u", login, "-T", "-"],
        stdin="Subject: by curl\r\n\r\ncurl body\r\n")
    number = len(inbox(server, "alice"))
    text = run([program("curl"), "-sSk", "-u", login,
                f"imaps://{server.address('imaps')}/INBOX;MAILINDEX={number}"])
    assert "Subject: by curl" in text and "curl body" in text
    text = run([program("curl"), "-sSk", "-u", login, f"pop3s://{server.address('pop3s')}/{number}"])
    assert "curl body" in text


@pytest.mark.parametrize("mechanism", ["plain", "login", "scram-sha-256"])
def test_msmtp_submits(server, program, tmp_path, mechanism):
    host, port = server.services["submission"]
    config = tmp_path / "msmtprc"
    config.write_text(
        f"account default\nhost {host}\nport {port}\ntls on\ntls_certcheck off\nauth {mechanism}\n"
        f"user alice@{DOMAIN}\npassword {server.password('alice')}\nfrom alice@{DOMAIN}\n")
    config.chmod(0o600)
    subject = f"msmtp {mechanism}"
    run([program("msmtp"), "-C", str(config), f"bob@{DOMAIN}"], stdin=f"Subject: {subject}\n\nhi\n")
    assert find(server, "bob", subject)


def mbsync_config(server, folder, path):
    host, port = server.services["imaps"]
    certificate = server.data / "tls" / "self-made.crt"
    folder.mkdir(exist_ok=True)
    path.write_text(
        f"IMAPAccount day\nHost localhost\nPort {port}\nUser bob@{DOMAIN}\nPass \"{server.password('bob')}\"\n"
        f"SSLType IMAPS\nCertificateFile {certificate}\n\nIMAPStore far\nAccount day\n\n"
        f"MaildirStore near\nPath {folder}/\nInbox {folder}/INBOX\nSubFolders Verbatim\n\n"
        "Channel all\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nSyncState *\n")
    return ["mbsync", "-c", str(path), "all"]


def test_mbsync_pulls_and_pushes_both_ways(server, program, tmp_path):
    program("mbsync")
    for number in range(20):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: sync %d\r\n\r\nx" % number).startswith(b"250")
    near = tmp_path / "mail"
    words = mbsync_config(server, near, tmp_path / "mbsyncrc")
    run(words)
    local = mailbox.Maildir(near / "INBOX", create=False)
    subjects = {m["Subject"] for m in local}
    assert {f"sync {n}" for n in range(20)} <= subjects
    local.add(mailbox.MaildirMessage(b"Subject: pushed\r\nFrom: b@x.test\r\n\r\npushed body\r\n"))
    key = next(k for k, m in local.items() if m["Subject"] == "sync 3")
    local.discard(key)
    run(words)
    assert find(server, "bob", "pushed")
    run(words)
    assert len(mailbox.Maildir(near / "INBOX", create=False)) == len(inbox(server, "bob"))


def test_offlineimap_pulls_and_pushes_both_ways(server, program, tmp_path):
    """A12: interrupted at random and run again, it converges with nothing doubled and nothing lost."""
    program("offlineimap")
    host, port = server.services["imaps"]
    config = tmp_path / "offlineimaprc"
    config.write_text(
        f"[general]\naccounts = day\nmetadata = {tmp_path}/meta\nui = quiet\n[Account day]\nlocalrepository = near\n"
        f"remoterepository = far\n[Repository near]\ntype = Maildir\nlocalfolders = {tmp_path}/near\n"
        f"[Repository far]\ntype = IMAP\nremotehost = {host}\nremoteport = {port}\nremoteuser = bob@{DOMAIN}\n"
        f"remotepass = {server.password('bob')}\nssl = yes\ncert_fingerprint = {fingerprint(server)}\n"
        "folderfilter = lambda name: name in ('INBOX', 'Archive')\n")
    words = ["offlineimap", "-c", str(config), "-o"]
    # It cannot go on where it was stopped while it laid out its own tables.
    run(words)
    for number in range(20):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: offline %d\r\n\r\nx" % number).startswith(b"250")
    for pause in (0.3, 0.5, 0.7):
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(words, capture_output=True, timeout=pause)
    run(words)
    local = mailbox.Maildir(tmp_path / "near/INBOX", create=False)
    here = [m["Subject"] for m in local if m["Subject"].startswith("offline")]
    assert sorted(here) == sorted(f"offline {n}" for n in range(20))
    local.add(mailbox.MaildirMessage(b"Subject: pushed by offlineimap\r\nFrom: b@x.test\r\n\r\nbody\r\n"))
    local.discard(next(key for key, m in local.items() if m["Subject"] == "offline 3"))
    run(words)
    run(words)
    subjects = [m["Subject"] for m in inbox(server, "bob")]
    assert subjects.count("pushed by offlineimap") == 1 and "offline 3" not in subjects
    assert len(mailbox.Maildir(tmp_path / "near/INBOX", create=False)) == len(subjects)


def fingerprint(server):
    pem = (server.data / "tls/self-made.crt").read_text()
    return hashlib.sha1(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def test_imap_tools_works_through_a_mailbox(server):
    """The client library imap-tools: folders, search, flags, copy, move, append, delete."""
    with imap_tools.MailBox(*server.services["imaps"], ssl_context=LAX).login(f"alice@{DOMAIN}", server.password("alice")) as box:
        for number in range(5):
            message = f"Subject: tool {number}\r\nFrom: Zoë <z@x.test>\r\nTo: alice@{DOMAIN}\r\n\r\nnaïve {number}\r\n"
            box.append(message.encode(), "INBOX", flag_set=["\\Flagged", "tool"])
        found = list(box.fetch(imap_tools.AND(subject="tool", flagged=True), mark_seen=False, bulk=True))
        assert {m.subject for m in found} >= {f"tool {n}" for n in range(5)} and "tool" in found[0].flags
        assert list(box.uids(imap_tools.AND(text="naïve 3"), charset="UTF-8"))
        box.folder.create("Tools/Été & co")
        assert box.folder.exists("Tools/Été & co")
        one, two, *_ = [m.uid for m in found]
        box.copy([one], "Tools/Été & co")
        box.move([two], "Tools/Été & co")
        box.flag([one], "\\Seen", True)
        assert [m.uid for m in box.fetch(imap_tools.AND(uid=one, seen=True), mark_seen=False)] == [one]
        assert not list(box.uids(imap_tools.AND(uid=two)))
        assert box.folder.status("Tools/Été & co")["MESSAGES"] == 2
        box.folder.set("Tools/Été & co")
        assert {m.subject for m in box.fetch()} <= {f"tool {n}" for n in range(5)}
        box.folder.rename("Tools/Été & co", "Tools/Winter")
        box.folder.subscribe("Tools/Winter", True)
        assert "Tools/Winter" in [f.name for f in box.folder.list(subscribed_only=True)]
        box.folder.set("INBOX")
        box.delete([m.uid for m in found if m.uid != two])
        assert not [m for m in box.fetch(imap_tools.AND(subject="tool"))]
        box.folder.delete("Tools/Winter")


def test_mutt_reads_the_mailbox(server, program, tmp_path):
    assert smtp_send(server, f"alice@{DOMAIN}", b"Subject: for mutt\r\n\r\nread me").startswith(b"250")
    host, port = server.services["imaps"]
    rc = tmp_path / "muttrc"
    rc.write_text(
        f"set imap_user=alice@{DOMAIN}\nset imap_pass='{server.password('alice')}'\n"
        f"set folder=imaps://localhost:{port}/\nset spoolfile=+INBOX\nset ssl_verify_host=no\n"
        f"set ssl_verify_dates=no\nset certificate_file={server.data}/tls/self-made.crt\n"
        f"set header_cache=\nset quit=yes\nset move=no\nset wait_key=no\nset delete=no\n"
        f"set mbox_type=mbox\nset confirmappend=no\nset confirmcreate=no\n"
        f"push '<limit>~s \"for mutt\"<enter><copy-message>{tmp_path}/copy<enter><exit>'\n")
    subprocess.run(["script", "-qec", f"mutt -n -F {rc}", "/dev/null"], input="", text=True,
                   timeout=20, capture_output=True, env={**os.environ, "TERM": "vt100", "HOME": str(tmp_path)})
    copied = list(mailbox.mbox(tmp_path / "copy", create=False))
    assert [m["Subject"] for m in copied] == ["for mutt"]


@pytest.mark.parametrize("auth", ["password"])
def test_fetchmail_empties_the_maildrop(fresh, program, tmp_path, auth):
    server = fresh()
    for number in range(5):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: fetch %d\r\n\r\n.dot\r\n..two" % number).startswith(b"250")
    host, port = server.services["pop3"]
    rc = tmp_path / "fetchmailrc"
    rc.write_text(
        f"poll {host} service {port} protocol pop3 auth {auth} user \"bob@{DOMAIN}\" password \"{server.password('bob')}\"\n"
        f"sslproto \"tls1.2+\" no sslcertck mda \"cat >> {tmp_path}/out\"\n")
    rc.chmod(0o600)
    run([program("fetchmail"), "-f", str(rc), "--pidfile", str(tmp_path / "pid"), "-s"],
        env={**os.environ, "HOME": str(tmp_path)})
    text = (tmp_path / "out").read_text()
    assert all(f"Subject: fetch {n}" in text for n in range(5)) and "\n.dot" in text and "\n..two" in text
    assert inbox(server, "bob") == []


def test_mpop_retrieves_over_tls(fresh, program, tmp_path):
    server = fresh()
    for number in range(5):
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: mpop %d\r\n\r\nx" % number).startswith(b"250")
    host, port = server.services["pop3s"]
    config = tmp_path / "mpoprc"
    config.write_text(
        f"account default\nhost {host}\nport {port}\ntls on\ntls_starttls off\ntls_certcheck off\n"
        f"user bob@{DOMAIN}\npassword {server.password('bob')}\nauth scram-sha-256\nkeep on\n"
        f"delivery mbox {tmp_path}/box\nuidls_file {tmp_path}/uidls\n")
    config.chmod(0o600)
    run([program("mpop"), "-C", str(config)])
    run([program("mpop"), "-C", str(config)])
    assert len(mailbox.mbox(tmp_path / "box", create=False)) == 5


def test_imap_and_pop_give_the_same_octets(server):
    """One reader of octets serves both: prefix, then body (docs/decisions/0003)."""
    body = b"Subject: same\r\n\r\n" + b"".join(b"line %d\r\n.\r\n" % n for n in range(5000))
    assert smtp_send(server, f"alice@{DOMAIN}", body).startswith(b"250")
    with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"alice@{DOMAIN}", server.password("alice"))
        imap.select("INBOX", readonly=True)
        last = imap.search(None, "ALL")[1][0].split()[-1]
        items = imap.fetch(last, "(RFC822.SIZE BODY.PEEK[])")[1][0]
        by_imap, described = items[1], items[0]
    pop = poplib.POP3_SSL(*server.services["pop3s"], context=LAX)
    pop.user(f"alice@{DOMAIN}")
    pop.pass_(server.password("alice"))
    count = pop.stat()[0]
    by_pop = b"\r\n".join(pop.retr(count)[1]) + b"\r\n"
    size = int(pop.list(count).split()[2])
    pop.quit()
    assert by_imap == by_pop and len(by_imap) == size
    assert b"RFC822.SIZE %d" % size in described
    assert by_imap.endswith(body + b"\r\n")


def test_idle_tells_of_new_mail(server):
    with imaplib.IMAP4_SSL(*server.services["imaps"], ssl_context=LAX) as imap:
        imap.login(f"bob@{DOMAIN}", server.password("bob"))
        before = int(imap.select("INBOX")[1][0])
        imap.send(b"x IDLE\r\n")
        assert imap.readline().startswith(b"+")
        assert smtp_send(server, f"bob@{DOMAIN}", b"Subject: idle\r\n\r\nx").startswith(b"250")
        assert b"* %d EXISTS" % (before + 1) in imap.readline()
        imap.send(b"DONE\r\n")
        wait_until(lambda: imap.readline().startswith(b"x OK"))


def test_replay_tells_the_story_and_verify_proves_it(server):
    smtp_send(server, f"bob@{DOMAIN}", b"Subject: story\r\n\r\nx", sender="teller@elsewhere.test")
    events = server.events()
    types = [event["type"] for event in events]
    assert types[0] == "journal.created" and "user.added" in types and "message.filed" in types
    assert [event["position"] for event in events] == list(range(1, len(events) + 1))
    assert any("teller@elsewhere.test" in str(event) for event in events)
    server.daybook("verify")
    server.daybook("verify", "--projections")
