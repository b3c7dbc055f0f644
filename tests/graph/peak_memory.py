#!/usr/bin/env python3
"""The bar: 30 series of 3 x 512x512x40 need at most 1.3 times the peak memory of one, with the same --jobs.

usage: peak_memory.py PROGRAM peak_of_30_series
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from program import images, main, phantom, program, write_manifest  # noqa: E402

SERIES, DIFFERENT, JOBS, BAR = 30, 3, 2, 1.3


def peak_mb(*words):
    """Greatest resident memory of a run."""
    child = subprocess.Popen([program(), *map(str, words)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return usage.ru_maxrss / 1024


def test_peak_of_30_series(work):
    study = phantom(work / "in", DIFFERENT, size={"size_x": 512, "size_y": 512, "size_z": 40})
    sessions = ("baseline", "stress", "ketamine")
    ones = [[(f"{i:02d}", t, p) for t, p in zip(sessions, images(study, f"{i % DIFFERENT + 1:02d}"))] for i in range(SERIES)]
    quiet = ("--jobs", JOBS, "--progress", "none", "--log-level", "error")
    single = [peak_mb("run", write_manifest(work / "one.tsv", rows), work / f"out{i}", *quiet)
              for i, rows in enumerate(ones[:DIFFERENT])]
    batch = peak_mb("run", write_manifest(work / "all.tsv", sum(ones, [])), work / "out", *quiet)
    print(f"--jobs {JOBS}: one series {', '.join(f'{mb:.0f}' for mb in single)} MB, {SERIES} series {batch:.0f} MB: "
          f"{batch / max(single):.2f} times the largest, {batch / min(single):.2f} times the smallest")
    assert batch <= BAR * max(single)


if __name__ == "__main__":
    main(globals())
