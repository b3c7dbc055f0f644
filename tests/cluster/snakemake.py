#!/usr/bin/env python3
"""tools/cluster/snakemake: locally, and through a SLURM of one node that the test starts itself.

usage: snakemake.py PROGRAM TEST...
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from program import TINY, Skip, call, images, main, phantom, program, read_tsv, same, write_manifest  # noqa: E402
from slurm_node import SlurmNode, missing  # noqa: E402

FLOW = HERE.parents[1] / "tools" / "cluster" / "snakemake"


def needs_snakemake():
    if not shutil.which("snakemake"):
        raise Skip("Snakemake is not installed: apt-get install --no-install-recommends snakemake (700 MB)")


def command(profile, study, out, *more):
    return ["snakemake", "--snakefile", FLOW / "Snakefile", "--profile", FLOW / profile, *more, "--config",
            f"input={study}", f"out={out}", f"program={program()}", "threads=1"]


def snakemake(work, *words, environment=None):
    done = subprocess.run(list(map(str, command(*words))), cwd=work, capture_output=True, text=True, timeout=1500,
                          env=environment, check=False)
    assert done.returncode == 0, f"{words}:\n{done.stdout[-3000:]}{done.stderr[-6000:]}"
    return done.stderr


def study_with_a_bad_series(work):
    """Three series, and one whose second image is not there."""
    study = phantom(work / "in", 4, size=TINY)
    rows = [(s, t, i) for s in ("01", "02", "03", "04") for t, i in zip(("baseline", "stress"), images(study, s))]
    absent = work / "absent.tif"
    whole, rows[3] = rows[3][2], (rows[3][0], rows[3][1], absent)
    return write_manifest(work / "all.tsv", rows), absent, whole


def test_local(work):
    needs_snakemake()
    manifest, absent, whole = study_with_a_bad_series(work)
    call("run", manifest, work / "reference", "--jobs", 1, status=1)
    out = work / "out"
    snakemake(work, "local", manifest, out, "--cores", "2")
    same(work / "reference", out, "Snakemake")
    assert [row["participant_id"] for row in read_tsv(out / "failures.tsv")] == ["sub-02"]
    # The image is there now: the next call makes that series only, and joins again.
    shutil.copy(whole, absent)
    told = snakemake(work, "local", manifest, out, "--cores", "2")
    assert told.count("rule series:") == 1 and told.count("rule group:") == 1, told
    call("run", manifest, work / "reference")
    same(work / "reference", out, "Snakemake after the image was brought")
    assert "Nothing to be done" in snakemake(work, "local", manifest, out, "--cores", "2")


def test_slurm(work):
    needs_snakemake()
    if missing():
        raise Skip(f"SLURM is not installed ({', '.join(missing())}): tools/setup installs it")
    study = phantom(work / "in", 4)
    call("run", study, work / "reference", "--jobs", 1)
    out = work / "out"
    with SlurmNode(work / "node") as node:
        flow = subprocess.Popen(list(map(str, command("slurm", study, out))), cwd=work, env=node.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        killed = kill_one(b"--no-group")
        told = flow.communicate(timeout=1500)[0]
        assert flow.returncode == 0, told
        assert killed and "Trying to restart job" in told, told
        node.drain()
    same(work / "reference", out, "Snakemake through SLURM")


def kill_one(word):
    """The first process of the program with that word in its call."""
    for _ in range(3000):
        for entry in pathlib.Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if words[0] == program().encode() and word in words:
                    os.kill(int(entry.name), signal.SIGKILL)
                    return True
            except OSError:
                continue
        time.sleep(0.02)
    return False


if __name__ == "__main__":
    main(globals())
