"""Postfix and Dovecot from Debian's packages, unpacked and run below a directory.

No account is made: accounts that every Debian has stand in for theirs. Their configuration is in
this directory; `@NAME@` in it is filled in here.
"""
import grp
import os
import pathlib
import pwd
import subprocess

import unpacked

HERE = pathlib.Path(__file__).resolve().parent
USER, PASSWORD = "alice@demo.test", "battery staple 2"
#: Who delivers; Postfix's queue belongs to `mail`, Dovecot's processes to `daemon` and `nobody`.
MAIL_OWNER, MAILBOX_OWNER, DROP_GROUP = "mail", "backup", "news"


class PostfixDovecot(unpacked.Peer):
    """Postfix hands each message to Dovecot's LMTP; Dovecot keeps it and serves IMAP."""
    name = "Postfix + Dovecot"
    packages = (HERE / "packages.txt").read_text().split()

    def __init__(self, home, ports, store="maildir", imap="default"):
        """`store` is maildir or mdbox, `imap` one of the files imap-*.conf."""
        self.store, self.smtp, self.imap = store, ports + 25, ports + 143
        self.user, self.password = USER, PASSWORD
        self.values = {
            "ROOT": str(unpacked.ROOT), "HOME": str(home), "SMTP": str(self.smtp), "IMAP": str(self.imap), "STORE": store,
            "OWNER": MAIL_OWNER, "GROUP": DROP_GROUP, "MAILBOX_OWNER": MAILBOX_OWNER, "PASSWORD": PASSWORD,
            "MAILBOX_GROUP": grp.getgrgid(pwd.getpwnam(MAILBOX_OWNER).pw_gid).gr_name,
            "IMAP_MODE": imap}
        super().__init__(home)

    def prepare(self):
        owner, boxes = pwd.getpwnam(MAIL_OWNER), pwd.getpwnam(MAILBOX_OWNER)
        drop = grp.getgrnam(DROP_GROUP).gr_gid
        for name in ("postfix", "dovecot", "dovecot/run", "queue", "queue/pid"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
                     "saved", "trace", "maildrop", "public"):
            folder = self.home / "queue" / name
            folder.mkdir()
            os.chown(folder, owner.pw_uid, drop if name in ("maildrop", "public") else owner.pw_gid)
            folder.chmod(0o730 if name == "maildrop" else 0o710 if name == "public" else 0o700)
        for name, account in (("postfix-data", owner), ("mailboxes", boxes)):
            (self.home / name).mkdir()
            os.chown(self.home / name, account.pw_uid, account.pw_gid)
        for source in HERE.glob("*.c[fo]*"):
            text = source.read_text()
            for name, value in self.values.items():
                text = text.replace(f"@{name}@", value)
            folder = "postfix" if source.suffix == ".cf" else "dovecot"
            (self.home / folder / source.name).write_text(text)
        (self.home / "dovecot/users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")

    def start(self):
        self.run("dovecot", "-F", "-c", str(self.home / "dovecot/dovecot.conf"))
        self.run("/usr/lib/postfix/sbin/master", "-d", "-c", str(self.home / "postfix"))
        for port in (self.smtp, self.imap):
            self.wait_for(port)

    def fill(self, messages):
        """Puts messages into the mailbox: as files of a maildir, imported where it is an mdbox."""
        box = self.home / "mailboxes/alice"
        maildir = box / "maildir"
        for name in ("cur", "new", "tmp"):
            (maildir / name).mkdir(parents=True, exist_ok=True)
        text = "Subject: number %08d\r\nMessage-ID: <%d@elsewhere.test>\r\n\r\n" + ("x" * 72 + "\r\n") * 54
        for number in range(messages):
            octets = (text % (number, number)).encode()
            name = f"{1_700_000_000 + number}.M0P1.peer,S={len(octets)},W={len(octets)}:2,"
            (maildir / "cur" / name).write_bytes(octets)
        subprocess.run(["chown", "-R", MAILBOX_OWNER + ":", str(box)], check=True)
        if self.store != "maildir":
            configuration = str(self.home / "dovecot/dovecot.conf")
            subprocess.run(
                self.command("doveadm", "-c", configuration, "import", "-u", USER, f"maildir:{maildir}", "", "ALL"),
                check=True, stdout=self.log, stderr=self.log)
