"""The journal: `daybook bench`, in one process, by turns with bare LMDB in C (journal_peer.c)."""
import json
import os
import shutil
import subprocess

from results import Result, Row

BATCHES = (1, 8, 64, 512)
SCRIBE = {1: 3_000, 8: 20_000, 64: 80_000, 512: 200_000}
MILLISECONDS = 500


def peer(bench, mode, number):
    """What LMDB alone does in a second; None in a run without peers."""
    if not bench.has_peers:
        return None
    place = bench.place()
    done = subprocess.run([bench.program("journal_peer", "-llmdb"), mode, place, str(number),
                           str(bench.scaled(MILLISECONDS))], check=True, capture_output=True, text=True)
    shutil.rmtree(place)
    return float(done.stdout)


def ours(bench, works, size=None):
    """One measurement of each work: its row of `daybook bench`."""
    words = [os.environ["DAYBOOK"], "bench", "--json", "--rounds", "1", "--only", works, "--data",
             str(bench.home), "--milliseconds", str(bench.scaled(MILLISECONDS))]
    done = subprocess.run(words + (["--size", str(size)] if size else []), check=True,
                          capture_output=True, text=True)
    return {row["work"]: row for row in map(json.loads, done.stdout.splitlines())}


def turns(bench, works, size, modes):
    """Peer and Daybook by turns: a list of rates for each mode, of rows for each work."""
    theirs, found = {mode: [] for mode in modes}, {}
    for _ in range(bench.runs):
        for mode, number in modes.items():
            rate = peer(bench, mode, number)
            if rate is not None:
                theirs[mode].append(rate)
        for work, row in ours(bench, works, size).items():
            found.setdefault(work, []).append(row)
    return theirs, found


def column(rows, name, scale=1):
    return [row[name] / scale for row in rows if row[name] is not None]


def at_least(limit):
    return lambda our, _: our >= limit


def batch_row(batch):
    def measure(bench):
        theirs, found = turns(bench, "store,scribe", batch, {"store": batch})
        name, peers = f"journal-{batch}", theirs["store"]
        yield Result(name, "records, store layer", "/s", column(found["store"], "per_second"), peers, "0.9x",
                     lambda our, their: our >= 0.9 * their)
        rows, aim = found["scribe"], SCRIBE[batch]
        yield Result(name, "events through the Scribe", "/s", column(rows, "per_second"), peers, f"{aim:,}/s",
                     at_least(aim))
        yield Result(name, "its thread, each event", "us", column(rows, "writer", 1e3))

    return Row(f"journal-{batch}", f"journal, batches of {batch}", measure, "journal")


def reading(bench):
    theirs, found = turns(bench, "decode,unseal,rebuild", None, {"scan": 100_000, "puts": 60_000})
    for work, what, mode, aim in (("decode", "events decoded", "scan", 1_000_000),
                                  ("unseal", "events opened and decoded", "scan", 400_000),
                                  ("rebuild", "events folded, three rows each", "puts", 100_000)):
        yield Result("journal-read", what, "/s", column(found[work], "per_second"), theirs[mode],
                     f"{aim:,}/s", at_least(aim))


def callers_row(callers):
    def measure(bench):
        rows = [ours(bench, "callers", callers)["callers"] for _ in range(bench.runs)]
        name = f"journal-callers-{callers}"
        yield Result(name, "events", "/s", column(rows, "per_second"))
        yield Result(name, "events in a commit", "", column(rows, "events_per_commit"))
        yield Result(name, "wait for the receipt, half", "us", column(rows, "wait_half", 1e3))
        yield Result(name, "wait for the receipt, 99 %", "us", column(rows, "wait_99", 1e3))

    return Row(f"journal-callers-{callers}", f"group commit, {callers} callers", measure, "journal")


def accept_row(recipients):
    def measure(bench):
        rows = [ours(bench, "accept", recipients)["accept"] for _ in range(bench.runs)]
        name = f"journal-accept-{recipients}"
        yield Result(name, "messages of 4 KB accepted and filed", "/s", column(rows, "per_second"))
        yield Result(name, "the Scribe's thread, each", "us", column(rows, "writer", 1e3))

    return Row(f"journal-accept-{recipients}", f"mail below SMTP, {recipients} recipients, 50 callers", measure,
               "journal")


ROWS = [
    *map(batch_row, BATCHES), Row("journal-read", "journal read back", reading, "journal"),
    *map(callers_row, (1, 10, 50, 500)), *map(accept_row, (1, 10)),
]
