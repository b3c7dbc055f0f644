#!/usr/bin/env python3
"""tools/cluster/slurm on a real SLURM of one node, which this test starts and ends by itself.

usage: slurm.py PROGRAM TEST...
"""
import os
import pathlib
import signal
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from program import Skip, call, finished, main, phantom, program, read_tsv, same, write_manifest, images  # noqa: E402
from slurm_node import SlurmNode, missing  # noqa: E402

SUBMIT = HERE.parents[1] / "tools" / "cluster" / "slurm" / "submit"


def started(folder):
    if missing():
        raise Skip(f"SLURM is not installed ({', '.join(missing())}): tools/setup installs it")
    return SlurmNode(folder)


def submit(node, work, tasks, *words):
    node.environment["SPINECHRON"] = program()
    return node.call(SUBMIT, tasks, *words, "--", "--cpus-per-task=1", "--mem=1500M", "--time=10", cwd=work).stdout


def process_of(shard):
    """The running program that does this shard, once there is one."""
    for _ in range(600):
        for entry in pathlib.Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == program().encode() and shard.encode() in words:
                return int(entry.name)
        time.sleep(0.02)
    raise AssertionError(f"no process does shard {shard}")


def test_array(work):
    """A batch as an array of two tasks. One's program is killed in the middle, the other is pre-empted; the join
    equals a run on one machine."""
    study = phantom(work / "in", 16)
    call("run", study, work / "reference", "--jobs", 1)
    with started(work / "node") as node:
        out = work / "out"
        array = submit(node, work, 2, study, out).split()[1]
        killed = process_of("1/2")
        while not list(out.glob("sub-*/micr/*_provenance.json")):
            time.sleep(0.01)
        os.kill(killed, signal.SIGSTOP)  # or it is done before the other one starts
        preempted = process_of("2/2")
        os.kill(killed, signal.SIGKILL)
        os.kill(preempted, 0)  # it must be at work still
        node.call("scontrol", "requeue", f"{array}_2")
        done = finished(out)
        assert len(done) < 16, "nothing was left to do when the tasks were ended"
        node.drain()
        logs = [p.read_text() for p in sorted(work.glob("spinechron-*_*.log"))]
        assert "back into the queue" in logs[0], logs[0]
        assert "done before" in logs[1] and logs[1].count("done before") == 2, logs[1]
        jobs = node.call("scontrol", "show", "job", "--oneliner").stdout
        assert jobs.count("JobState=COMPLETED") == 3 and jobs.count("Restarts=1") == 2, jobs
        assert "no series" not in logs[0] + logs[1]
    same(work / "reference", out, "an array of two tasks")
    assert not read_tsv(out / "failures.tsv")


def test_failures(work):
    """A bad series ends its task with status 1, which no other run would mend: it stays out of the queue, and the
    results are joined all the same. A call that is wrong is not submitted."""
    study = phantom(work / "in", 3)
    rows = [(s, t, i) for s in ("01", "02", "03") for t, i in zip(("baseline", "stress"), images(study, s))]
    rows[3] = (rows[3][0], rows[3][1], work / "missing.tif")
    manifest = write_manifest(work / "all.tsv", rows)
    call("run", manifest, work / "reference", "--jobs", 1, status=1)
    with started(work / "node") as node:
        submit(node, work, 2, manifest, work / "out")
        node.drain()
        jobs = node.call("scontrol", "show", "job", "--oneliner").stdout
        assert jobs.count("JobState=FAILED") == 1 and jobs.count("JobState=COMPLETED") == 2, jobs
        assert "Restarts=1" not in jobs, jobs
        node.environment["SPINECHRON"] = program()
        wrong = node.call(SUBMIT, 2, manifest, work / "wrong", "--set", "match.rescue_um=-1", check=False, cwd=work)
        assert wrong.returncode == 2 and "match.rescue_um" in wrong.stderr, wrong
        assert not (work / "wrong").exists()
    same(work / "reference", work / "out", "an array with a bad series")
    assert [row["participant_id"] for row in read_tsv(work / "out" / "failures.tsv")] == ["sub-02"]


if __name__ == "__main__":
    main(globals())
