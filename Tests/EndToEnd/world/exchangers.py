"""Real mail servers that take everything for everybody and keep it in a maildir."""
import contextlib
import mailbox
import os
import pathlib
import re

from unpacked import Peer

BOXES, EXIM, SMTPD, SMTPQ, POSTFIX, POSTDROP = range(64000, 64006)
ACCOUNTS = {"boxes": BOXES, "Debian-exim": EXIM, "opensmtpd": SMTPD, "opensmtpq": SMTPQ, "postfix": POSTFIX,
            "postdrop": POSTDROP}

MAIN_CF = """compatibility_level = 3.6
meta_directory = {root}/etc/postfix
queue_directory = {home}/queue
data_directory = {home}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = {host}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
virtual_mailbox_domains = static:yes
virtual_mailbox_maps = static:mail/
virtual_mailbox_base = {home}
virtual_uid_maps = static:{boxes}
virtual_gid_maps = static:{boxes}
virtual_minimum_uid = 1
{more}
"""
MASTER_CF = """{address}:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""
EXIM_CONF = """primary_hostname = {host}
local_interfaces = {address}
daemon_smtp_ports = {port}
spool_directory = {home}/spool
log_file_path = {home}/%slog
pid_file_path = {home}/exim.pid
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
add_environment =
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {key}
smtp_accept_max = 100
acl_smtp_rcpt = take
acl_smtp_data = take
{more}
begin acl
take:
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {home}/mail
  maildir_format
  user = boxes
  group = boxes
begin retry
* * F,1h,10m
"""
SMTPD_CONF = """pki peer cert "{certificate}"
pki peer key "{key}"
{more}
listen on {address} port {port} hostname {host} tls pki peer
action "in" maildir "{home}/mail" virtual {{ "@" = boxes }}
match from any for any action "in"
"""


class Exchanger(Peer):
    """A mail server as a remote domain's exchanger."""
    has_tls = True

    def __init__(self, home, address, port, host, identity, more=""):
        self.address, self.port, self.host = address, port, host
        certificate, key = identity
        self.values = {"home": home, "address": address, "port": port, "host": host, "certificate": certificate,
                       "key": key, "more": more, "boxes": BOXES}
        super().__init__(home)

    def prepare(self):
        etc = self.home / "etc"
        etc.mkdir()
        passwd = pathlib.Path("/etc/passwd").read_text()
        group = pathlib.Path("/etc/group").read_text()
        for name, number in ACCOUNTS.items():
            passwd += f"{name}:x:{number}:{number}::/nonexistent:/bin/false\n"
            group += f"{name}:x:{number}:\n"
        (etc / "passwd").write_text(passwd)
        (etc / "group").write_text(group)
        self.folder("mail", BOXES)
        self.configure(etc)

    def folder(self, name, owner=0, group=None, mode=0o755):
        place = self.home / name
        place.mkdir(parents=True)
        os.chown(place, owner, owner if group is None else group)
        place.chmod(mode)

    def start(self):
        self.serve()
        self.wait_for(self.port, self.address)

    def letters(self):
        """What it delivered so far, as octets."""
        with contextlib.suppress(FileNotFoundError):
            return [path.read_bytes() for path in sorted((self.home / "mail/new").iterdir())]
        return []

    def messages(self):
        box = mailbox.Maildir(self.home / "mail", create=False)
        return list(box) if (self.home / "mail/new").exists() else []


class Postfix(Exchanger):
    name = "Postfix"
    packages = ("postfix", "libdb5.3", "libicu72", "libnsl2", "libtirpc3", "libsasl2-2")

    def configure(self, etc):
        for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
                     "saved", "trace"):
            self.folder(f"queue/{name}", POSTFIX, mode=0o700)
        self.folder("queue/maildrop", POSTFIX, POSTDROP, 0o730)
        self.folder("queue/public", POSTFIX, POSTDROP, 0o710)
        self.folder("queue/pid")
        self.folder("data", POSTFIX)
        self.folder("postfix")
        self.values["root"] = "/nowhere"
        (self.home / "postfix/main.cf").write_text(MAIN_CF.format(**self.values))
        (self.home / "postfix/master.cf").write_text(MASTER_CF.format(**self.values))

    def serve(self):
        self.run("/usr/lib/postfix/sbin/master", "-d", "-c", str(self.home / "postfix"))


class Exim(Exchanger):
    name = "Exim"
    packages = ("exim4-daemon-light", "exim4-base", "libdb5.3", "libgnutls30", "libgnutls-dane0", "libunbound8",
                "libidn12", "libnsl2", "libtirpc3", "libpcre2-8-0", "libevent-2.1-7")

    def configure(self, etc):
        self.folder("spool", EXIM, mode=0o750)
        # It reads its key, and writes its log, as whom it becomes.
        for place in (self.home, self.values["key"]):
            os.chown(place, EXIM, EXIM)
        (etc / "exim4").mkdir()
        (etc / "exim4/exim4.conf").write_text(EXIM_CONF.format(**self.values))
        (etc / "exim4/exim4.conf").chmod(0o644)

    def serve(self):
        self.run("exim4", "-bdf", "-q1h")


class OpenSMTPD(Exchanger):
    name = "OpenSMTPD"
    #: Debian 12 builds it with an OpenSSL that it does not know: it offers STARTTLS, and each handshake
    #: fails. Such servers are out there, so it stays as it is.
    has_tls = False
    packages = ("opensmtpd", "libdb5.3", "libevent-2.1-7")

    def configure(self, etc):
        (etc / "smtpd.conf").write_text(SMTPD_CONF.format(**self.values))

    def serve(self):
        self.run("smtpd", "-d", "-f", "/etc/smtpd.conf")


ALL = (Postfix, Exim, OpenSMTPD)


class SmtpSink(Peer):
    """Postfix's smtp-sink: takes everything, counts it and throws it away. Without an address it is
    at all of them."""
    name = "smtp-sink"
    packages = Postfix.packages

    def __init__(self, home, address, port, *options):
        self.address, self.port, self.options = address, port, options
        super().__init__(home)

    def start(self):
        self.run("smtp-sink", "-c", "-u", "nobody", *self.options, f"{self.address}:{self.port}", "1024")
        self.wait_for(self.port, self.address or "127.0.0.1")

    @property
    def messages(self):
        """How many it took."""
        with open(self.home / "log", "rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 200))
            counts = re.findall(rb"mesg=(\d+)", log.read())
        return int(counts[-1]) if counts else 0
