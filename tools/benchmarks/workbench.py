"""What a run of the benchmarks works with: its directory, its servers, its load."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import harness
import measuring
import peers
import unpacked

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS = "alice@demo.test"


class Daybook:
    """The server under test on a fresh data directory, syncs on, limits out of the way."""
    name = "Daybook"
    settings = [
        ("limit.disk_space", "0", "--domain", harness.DOMAIN),
        ("authentication.plain_without_tls", "on", "--domain", harness.DOMAIN),
        ("smtp.connections_per_address", "1000"), ("imap.connections_per_address", "100000")]

    def __init__(self, home, ports):
        self.server = harness.Server(home, settings=self.settings)
        self.server.offset = ports
        self.server.start()
        self.roots = [self.server.pid]
        self.smtp, self.imap, self.imaps = (self.server.services[name][1] for name in ("smtp", "imap", "imaps"))
        self.user, self.password = ADDRESS, self.server.password("alice")

    def stop(self):
        self.server.stop()


class Bench:
    def __init__(self, ports, runs, is_quick, has_peers, is_json):
        self.ports, self.runs, self.is_quick, self.is_json = ports, runs, is_quick, is_json
        self.has_peers = has_peers and unpacked.can_run()
        if has_peers and not self.has_peers:
            self.progress("no peers: they need root")
        self.count = 0

    def __enter__(self):
        # Not /tmp, which may be in memory.
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="daybook-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")))
        self.home.chmod(0o755)
        self.running = []
        return self

    def __exit__(self, *_):
        for server in self.running:
            server.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def progress(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)

    def scaled(self, count):
        """A tenth of the work in a quick run."""
        return max(1, count // 10) if self.is_quick else count

    def place(self):
        self.count += 1
        return self.home / str(self.count)

    def daybook(self):
        home = self.place()
        home.mkdir()
        return self.started(Daybook(home, self.ports))

    def mail_peer(self, store="maildir", **options):
        """Postfix and Dovecot; None in a run without peers."""
        if not self.has_peers:
            return None
        return self.started(peers.PostfixDovecot(self.place(), self.ports + 5000, store, **options))

    def started(self, server):
        self.running.append(server)
        return server

    def stop(self, *servers):
        for server in filter(None, servers):
            server.stop()
            self.running.remove(server)

    def load(self, server, sessions, messages, octets):
        """Sends messages to the server's user; what the load generator reports."""
        done = subprocess.run(
            [self.program("smtp_load"), "127.0.0.1", str(server.smtp), str(sessions), str(messages), str(octets),
             ADDRESS], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{server.name}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def deliver(self, server, sessions, messages, octets):
        """Sends messages and waits until the mailbox holds them: the rate of that, the milliseconds
        of processor time for each, and the peak of the servers' memory in MB."""
        mailbox = measuring.Imap(server.imap, server.user, server.password)
        before = mailbox.messages()
        with measuring.Usage(server.roots) as usage:
            began = time.monotonic()
            self.load(server, sessions, messages, octets)
            mailbox.wait_for(before + messages)
            seconds = time.monotonic() - began
        mailbox.close()
        return {"rate": messages / seconds, "cpu": usage.seconds / messages * 1e3, "memory": usage.peak / 1e6}

    def program(self, name, *libraries):
        """A C program beside this file, compiled into the run's directory."""
        binary = self.home / name
        if not binary.exists():
            subprocess.run(["cc", "-O2", "-o", str(binary), str(HERE / f"{name}.c"), "-lm", *libraries], check=True)
        return str(binary)
