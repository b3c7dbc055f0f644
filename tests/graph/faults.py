#!/usr/bin/env python3
"""A run is ended at a chosen call that changes a file: by a kill, a full disk or a lost mount (see faults.c). What
is there then is whole, and running again leaves the same tree as a run that nothing disturbed.

usage: faults.py PROGRAM TEST...       FAULTS names the built faults.c
"""
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from program import TINY, call, finished, main, phantom, program, same  # noqa: E402


def faulty_run(study, out, at, kind, log=""):
    environment = dict(os.environ, LD_PRELOAD=os.environ["FAULTS"], FAULT_FOLDER=str(out), FAULT_AT=str(at),
                       FAULT_KIND=kind, FAULT_LOG=str(log))
    return subprocess.run([program(), "run", study, out, "--jobs", "1"], capture_output=True, text=True, timeout=300,
                          env=environment, check=False)


def every_call(work, kind, points, statuses, words=""):
    """Ends runs at `points` calls, spread over all there are (0: at each of them, but of writes one after the other to
    one file only at the first and the last)."""
    study = phantom(work / "in", 2, size=TINY)
    call("run", study, work / "undisturbed", "--jobs", 1)
    counted = faulty_run(study, work / "counted", 0, "none", work / "log")
    assert counted.returncode == 0, counted.stderr
    log = (work / "log").read_text().splitlines()
    calls = len(log)
    assert calls > 100, f"only {calls} calls change a file: the faults are not where they should be"
    rng = random.Random(5)
    if points:
        chosen = [rng.randint(1 + calls * i // points, calls * (i + 1) // points) for i in range(points)]
    else:
        chosen = [at for at in range(1, calls + 1) if not log[at - 1] == log[at - 2] == log[at % calls]]
    for at in chosen:
        out = work / "out"
        done = faulty_run(study, out, at, kind)
        where = f"{kind} at call {at} of {calls}"
        assert done.returncode in statuses, f"{where}: status {done.returncode}\n{done.stderr}"
        assert words in done.stderr, f"{where}: it does not say '{words}':\n{done.stderr}"
        if out.exists():
            finished(out)
        call("run", study, out, "--jobs", 1)
        same(work / "undisturbed", out, where)
        shutil.rmtree(out)
    print(f"{kind}: {len(chosen)} of {calls} calls")


def test_kill(work):
    every_call(work, "kill", 12, {-9})


def test_kill_at_each_call(work):
    every_call(work, "kill", 0, {-9})


def test_full_disk(work):
    every_call(work, "full", 8, {1, 2}, "the disk is full")


def test_lost_mount(work):
    every_call(work, "lost", 8, {1, 2}, "Input/output error")


if __name__ == "__main__":
    main(globals())
