#!/usr/bin/env python3
"""The soak: 60 small series, 12 of them broken in different ways, each in a process of its own; processes are killed at
random, and the whole three times, and started again. In the end there are 48 results equal to those of an undisturbed
run, 12 reasons, and nothing else.

usage: soak.py PROGRAM soak
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from bad_series import bad_series  # noqa: E402
from program import TINY, call, finished, images, main, phantom, program, read_tsv, same, write_manifest  # noqa: E402

GOOD = 48
SESSIONS = ("baseline", "stress", "ketamine")


def workers_of(parent):
    found = []
    for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            found += map(int, children.read_text().split())
        except OSError:
            pass
    return found


def disturbed(rng, seconds, done_at_end, ending, *words):
    """A run of which a worker is killed every few series (`seconds`: what one takes); `ending` reaches itself once so
    many series are done (none: it runs to its end). Returns how many workers were killed."""
    out = pathlib.Path(words[2])
    running = subprocess.Popen([program(), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed = 0
    while running.poll() is None:
        time.sleep(rng.uniform(1, 6) * seconds)
        for worker in rng.sample(workers_of(running.pid), k=min(1, len(workers_of(running.pid)))):
            try:
                os.kill(worker, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
        if ending and len(list(out.glob("sub-*/micr/*_provenance.json"))) >= done_at_end:
            running.send_signal(ending)
            running.wait()
    expected = {signal.SIGKILL: -9, signal.SIGTERM: 3, None: 1}[ending]
    assert running.returncode == expected, f"ended with {running.returncode}, not {expected}"
    time.sleep(0.5)  # workers end with their parent
    finished(out)
    return killed


def test_soak(work):
    rng = random.Random(11)
    study = phantom(work / "in", GOOD, size=TINY)
    subjects = [f"{i + 1:02d}" for i in range(GOOD)]
    rows = [(s, t, image) for s in subjects for t, image in zip(SESSIONS, images(study, s))]
    bad = bad_series(work / "bad", images(study, "01"))
    assert len(bad) == 12
    for name, (files, _) in bad.items():
        rows += [(name, t, file) for t, file in zip(SESSIONS, files)]
    manifest = write_manifest(work / "all.tsv", rows)
    begin = time.monotonic()
    call("run", manifest, work / "reference", status=1)
    seconds = (time.monotonic() - begin) / GOOD

    out = work / "out"
    words = ("run", manifest, out, "--isolate", "--jobs", "2")
    killed = disturbed(rng, seconds, 10, signal.SIGKILL, *words)
    killed += disturbed(rng, seconds, 20, signal.SIGTERM, *words)
    killed += disturbed(rng, seconds, GOOD, None, *words)
    told = [row for row in read_tsv(out / "failures.tsv") if "ended by signal 9 (Killed)" in row["reason"]]
    assert told, "no line tells of a process that was killed"
    call(*words, status=1)
    print(f"{killed} processes killed; {len(told)} told of by the last disturbed run")
    assert killed >= 10

    same(work / "reference", out, "the soak")
    assert finished(out) == {f"sub-{s}_sample-A" for s in subjects}
    reasons = {row["participant_id"]: row["reason"] for row in read_tsv(out / "failures.tsv")}
    assert reasons.keys() == {f"sub-{name}" for name in bad}, reasons
    for name, (_, said) in bad.items():
        assert all(word in reasons[f"sub-{name}"] for word in said), reasons[f"sub-{name}"]


if __name__ == "__main__":
    main(globals())
