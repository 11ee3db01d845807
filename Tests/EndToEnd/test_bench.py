"""`daybook bench`: every work gives figures, and nothing stays behind. How fast is no test's business."""
import json
import subprocess

import harness


def bench(place, *words):
    return subprocess.run([harness.BINARY, "bench", "--data", str(place), "--rounds", "2", "--milliseconds", "150", *words],
                          capture_output=True, text=True, timeout=300)


def test_every_work_gives_figures_and_nothing_stays(tmp_path):
    done = bench(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["work"], row["size"]) for row in rows] == (
        [("store", n) for n in (1, 8, 64, 512)] + [("scribe", n) for n in (1, 8, 64, 512)]
        + [("callers", n) for n in (1, 10, 50, 500)] + [("decode", 1), ("unseal", 1), ("rebuild", 1)]
        + [("accept", 1), ("accept", 10)]
        + [(work, 1_000) for work in ("spool_page", "spool_page_priority", "spool_due")])
    for row in rows:
        assert 0 < row["least"] <= row["per_second"] <= row["most"], row
        assert row["cpu"] > 0
    commits = {row["size"]: row["events_per_commit"] for row in rows if row["work"] == "scribe"}
    assert commits[1] == 1 and all(commits[size] <= size for size in commits), commits
    assert list(tmp_path.iterdir()) == []


def test_works_are_chosen_by_name_and_size(tmp_path):
    done = bench(tmp_path, "--json", "--only", "store,scribe", "--size", "8")
    assert [json.loads(line)["work"] for line in done.stdout.splitlines()] == ["store", "scribe"]
    wrong = bench(tmp_path, "--only", "nothing")
    assert wrong.returncode == 2 and "the works are store" in wrong.stderr
    assert list(tmp_path.iterdir()) == []
