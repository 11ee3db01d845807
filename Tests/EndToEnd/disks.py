"""One scenario of some forty acts, run again and again over a disk that fails at one place.

The disk is `tools/simdisk` below libc, or strace that kills at a system call. After each run the
server starts again on what is left, and everything that was promised must hold.
"""
import contextlib
import copy
import hashlib
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

from harness import DOMAIN, ROOT, Server, smtp_send, wait_until
from promises import Promises
from torture import USERS, Client, Eyes, Operator, text_of

SYSTEM_CALLS = "pwrite64,pwritev,pwritev2,writev,fdatasync,fsync,ftruncate,fallocate,rename,renameat,unlink,mkdir,rmdir"


def shim(name):
    """Compiles one of tools/simdisk for LD_PRELOAD; its path."""
    source = ROOT / f"tools/simdisk/{name}.c"
    out = ROOT / ".build" / f"{name}-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.so"
    if not out.exists():
        out.parent.mkdir(exist_ok=True)
        fresh = out.with_suffix(f".{os.getpid()}")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(fresh), str(source), "-lpthread", "-ldl"], check=True)
        fresh.replace(out)
    return str(out)


def simulated(server, **options):
    """Puts the simulated disk under a server, after a boot of the machine: SIMDISK_* in lower case."""
    boot, plug = server.home / "boot_id", server.home / "plug"
    digits = f"{random.SystemRandom().getrandbits(128):032x}"
    boot.write_text(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}\n")
    plug.unlink(missing_ok=True)
    words = {"root": server.data, "boot": boot, "count": server.home / "operations", "plug": plug, **options}
    server.environment = {name: value for name, value in server.environment.items() if not name.startswith("SIMDISK_")}
    server.environment["LD_PRELOAD"] = shim("simdisk")
    server.environment.update({f"SIMDISK_{name.upper()}": str(value) for name, value in words.items()})


def pull_the_plug(server):
    """The power goes off now: what was not synced is lost by the toss of a coin."""
    (server.home / "plug").touch()
    wait_for_darkness(server)


def wait_for_darkness(server):
    """The process is dead, and the simulated disk has taken away what was not synced."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.process.wait(20)
    server.kill()
    server.process.stdout.read()


class Base:
    """A data directory with users, stopped cleanly, of which each run gets a copy."""

    def __init__(self):
        server = Server(users=USERS)
        self.home = server.home
        server.start()
        self.holds = Eyes(server, Promises(self.home / "promises")).look()
        server.stop()
        (server.data / "ballast").unlink(missing_ok=True)

    def copy(self):
        home = pathlib.Path(tempfile.mkdtemp(prefix="daybook-run-"))
        subprocess.run(["cp", "-r", "--sparse=always", str(self.home / "data"), str(home)], check=True)
        return Server(directory=home, users=USERS)

    def remove(self):
        shutil.rmtree(self.home)


class Run:
    """The scenario on a copy of the base, and what it left."""

    def __init__(self, base, wrapper=()):
        self.server = base.copy()
        self.server.wrapper = list(wrapper)
        self.promises = Promises(self.server.home / "promises")
        self.promises.holds = copy.copy(base.holds)
        self.died = False

    def scenario(self):
        """The same acts each time; ends early where the server does."""
        try:
            self.server.start()
        except RuntimeError:
            self.died = True
            return self
        client = Client(self.server, self.promises, "alice", 7, "a")
        operator = Operator(self.server, self.promises, "root", 7, "o")
        operator.unsure = set()
        for turn in (client.send, client.mailboxes, client.submit, client.mailboxes, client.maildrop, client.mailboxes):
            # Without a reply nobody knows what the next act would change.
            for step in (lambda: client.turn(turn), operator.turn):
                if self.server.process.poll() is None and not self.promises.open:
                    step()
        self.died = self.server.process.poll() is not None
        return self

    def has_ended(self):
        """Whether the process is over: who does not know what became of a commit ends to find out."""
        return self.server.process.poll() is not None

    def delivers(self, number):
        """Whether one more message is taken."""
        token = f"more-{number}-20"
        act = self.promises.begin("send", {("mail", "bob", "INBOX", token): ((),)})
        try:
            answer = smtp_send(self.server, f"bob@{DOMAIN}", text_of(token, 20)[:-2])
        except OSError:
            answer = b""
        if answer.startswith(b"250"):
            self.promises.keep(act)
        elif answer:
            self.promises.refuse(act)
        return answer.startswith(b"250")

    def operations(self):
        return int((self.server.home / "operations").read_text())

    def settle(self):
        """Starts again on what is left; everything that is not as promised."""
        self.server.wrapper = []
        try:
            self.server.start()
        except RuntimeError as failure:
            return [f"does not start again: {failure}"]
        return self.prove()

    def prove(self):
        """Everything that is not as promised on the running server."""
        eyes = Eyes(self.server, self.promises)
        broken = self.promises.settle(eyes.look()) + eyes.broken
        for words in (("verify",), ("verify", "--projections")):
            done = self.server.daybook(*words, check=False)
            if done.returncode:
                broken.append(f"{' '.join(words)}: {done.stderr}{done.stdout}")
        return broken

    def remove(self):
        if self.server.process and self.server.process.poll() is None:
            self.server.kill()
        shutil.rmtree(self.server.home)


@contextlib.contextmanager
def small_disk(path, size):
    """A file system of its own, of so many MiB, mounted over a loop device; None where that cannot be."""
    image, mount = path / "disk.img", path / "mount"
    mount.mkdir()
    subprocess.run(["truncate", "-s", f"{size}M", str(image)], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(mount)], capture_output=True).returncode:
        yield None
        return
    try:
        yield mount
    finally:
        subprocess.run(["umount", str(mount)], check=True)
        image.unlink()


def free_bytes(path):
    facts = os.statvfs(path)
    return facts.f_bavail * facts.f_frsize


def operations(base):
    """How many operations on the disk the scenario makes."""
    run = Run(base)
    simulated(run.server)
    run.scenario()
    run.server.stop()
    total = run.operations()
    run.remove()
    return total


def power_cut(base, at, seed, lies=0):
    """The power goes off at an operation, or after the last. Whether it did there, and what is broken."""
    run = Run(base)
    simulated(run.server, at=at, seed=seed, lies=lies)
    run.scenario()
    wait_for_darkness(run.server) if run.died else pull_the_plug(run.server)
    simulated(run.server)
    return over(run)


def failing(base, at, what, lasts=1):
    """One operation, or some, fail; then the power goes off."""
    run = Run(base)
    simulated(run.server, at=at, what=what, seed=at, **{"for": lasts})
    run.scenario()
    wait_for_darkness(run.server) if run.died else pull_the_plug(run.server)
    simulated(run.server)
    return over(run)


def refilled(base, at, lasts=12):
    """There is no space for some operations, then there is again: the server that ran all the time takes
    mail, holds what it promised, and its State equals a rebuild, unless it ended."""
    run = Run(base)
    simulated(run.server, at=at, what="enospc", **{"for": lasts})
    run.scenario()
    broken = []
    if not run.has_ended():
        try:
            numbers = itertools.count(1)
            wait_until(lambda: run.has_ended() or all(run.delivers(next(numbers)) for _ in range(5)), 60, "room to write")
            broken = [] if run.has_ended() else run.prove()
        except AssertionError as failure:
            broken = [str(failure)]
    run.died = run.has_ended()
    run.server.kill()
    simulated(run.server)
    died, promised, after = over(run)
    return died, promised, broken + after


def killed_at(base, at):
    """strace kills the process when one of its threads makes its mutating system call number `at`."""
    inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={SYSTEM_CALLS}",
              "-e", f"inject={SYSTEM_CALLS}:signal=KILL:when={at}"]
    return over(Run(base, wrapper=inject).scenario())


def over(run):
    """(whether the server died in the scenario, positive replies, what is broken)"""
    if run.server.process.poll() is None:
        run.server.kill()
    last_words = run.server.tail()
    broken = run.settle()
    if broken:
        broken.append(last_words)
    result = (run.died, sum(run.promises.kept.values()), broken)
    run.remove()
    return result
