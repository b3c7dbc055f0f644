#!/usr/bin/env python3
"""Whole batches with the real program on small phantoms: equal bytes however they are run, nothing lost or half
written when a run is killed, and bad input that costs its own series only.

usage: batches.py PROGRAM TEST...      TEST is a function below without "test_"
"""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

PROGRAM = ""
SMALL = ["--set", "size_x=160", "--set", "size_y=160", "--set", "size_z=14", "--set", "photons=60"]


def call(*words, status=0, **more):
    done = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=600, check=False, **more)
    assert done.returncode == status, f"{words} ended with {done.returncode}, not {status}:\n{done.stdout}{done.stderr}"
    return done


def phantom(folder, subjects):
    call("phantom", folder, *SMALL, "--set", f"subjects={subjects}", "--set", "samples=1", "--log-level", "warning")
    return folder


def tree(folder):
    """Every file and folder with a digest of its bytes. What the clock decides is not compared: the seconds in a
    provenance file."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_dir():
            found[name] = "folder"
            continue
        data = path.read_bytes()
        if name.endswith("_provenance.json"):
            content = json.loads(data)
            for timing in content.get("timings", []):
                timing["seconds"] = 0
            data = json.dumps(content).encode()
        found[name] = hashlib.sha256(data).hexdigest()
    return found


def same(a, b, what):
    a, b = tree(a), tree(b)
    lines = [f"  only there: {n}" for n in a.keys() - b.keys()] + [f"  only here: {n}" for n in b.keys() - a.keys()]
    lines += [f"  differs: {n}" for n in a.keys() & b.keys() if a[n] != b[n]]
    assert not lines, f"{what} left another tree:\n" + "\n".join(sorted(lines))
    assert len(a) > 10, "there is nothing to compare"


def test_equal_bytes(work):
    study = phantom(work / "in", 4)
    call("run", study, work / "one", "--jobs", 1)
    call("run", study, work / "three", "--jobs", 3)
    same(work / "one", work / "three", "--jobs 3")
    call("run", study, work / "apart", "--jobs", 2, "--isolate")
    same(work / "one", work / "apart", "--isolate")
    for shard in (2, 1):
        call("run", study, work / "shards", "--shard", f"{shard}/2")
    call("group", work / "shards")
    same(work / "one", work / "shards", "two shards and group")


def test_resume(work):
    study = phantom(work / "in", 2)
    call("run", study, work / "out")
    times = {p: p.stat().st_mtime_ns for p in (work / "out").rglob("*_spines.tsv") if "sub-" in p.name}
    again = call("run", study, work / "out")
    assert "2 of them done before" in again.stderr, again.stderr
    assert all(p.stat().st_mtime_ns == t for p, t in times.items()), "a result that was done was made again"
    # A result that was damaged is made again, the other is left alone.
    damaged = sorted(times)[0]
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:100])
    assert "1 of them done before" in call("run", study, work / "out").stderr
    assert damaged.read_bytes() == whole
    assert "0 of them done before" in call("run", study, work / "out", "--force").stderr
    assert "0 of them done before" in call("run", study, work / "out", "--set", "match.rescue_um=1.5").stderr


def survive(work, *options, kills=12):
    study = phantom(work / "in", 3)
    begin = time.monotonic()
    call("run", study, work / "undisturbed", *options)
    seconds = time.monotonic() - begin
    rng = random.Random(7)
    out = work / "out"
    for _ in range(kills):
        running = subprocess.Popen([PROGRAM, "run", study, out, *options], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.02, 0.9 * seconds))
        running.kill()
        running.wait()
        for mark in out.glob("sub-*/micr/*_provenance.json"):
            files = json.loads(mark.read_text())["completion"]["files"]
            for name, sha256 in files.items():
                assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256, f"{name} is not whole"
    time.sleep(0.5)  # workers of the last one end with it
    call("run", study, out, *options)
    same(work / "undisturbed", out, f"{kills} kills")


def test_kills(work):
    survive(work)


def test_kills_isolated(work):
    survive(work, "--isolate", kills=6)


def test_signals(work):
    study = phantom(work / "in", 3)
    call("run", study, work / "undisturbed")
    for number, options in ((signal.SIGINT, []), (signal.SIGTERM, []), (signal.SIGTERM, ["--isolate"])):
        out = work / f"out{number}{len(options)}"
        running = subprocess.Popen([PROGRAM, "run", study, out, *options], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while not (out / "progress.json").exists() and running.poll() is None:
            time.sleep(0.01)
        progress = json.loads((out / "progress.json").read_text())
        assert progress["state"] == "running" and progress["series"] == 3, progress
        time.sleep(0.3)
        begin = time.monotonic()
        running.send_signal(number)
        text = running.communicate(timeout=10)
        assert running.returncode == 3, f"ended with {running.returncode}: {text}"
        assert time.monotonic() - begin < 2.2, "it took longer than 2 s to end"
        call("run", study, out, *options)
        same(work / "undisturbed", out, "an interrupted run")
    running = subprocess.Popen([PROGRAM, "run", study, work / "twice"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    while not (work / "twice" / "progress.json").exists() and running.poll() is None:
        time.sleep(0.01)
    begin = time.monotonic()
    running.send_signal(signal.SIGINT)
    time.sleep(0.1)
    if running.poll() is None:
        running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 3
    assert time.monotonic() - begin < 1, "a second signal did not end it at once"


def nrrd(path, samples, size=(64, 64, 8), voxel=(0.12, 0.12, 1.0), announced=None):
    """A small 16-bit stack; `announced`: the sizes its header names."""
    header = ("NRRD0004\ntype: uint16\ndimension: 3\nsizes: {} {} {}\nencoding: raw\nendian: little\n".format(
        *(announced or size)))
    if voxel:
        header += "spacings: {} {} {}\nunits: \"um\" \"um\" \"um\"\n".format(*voxel)
    path.write_bytes(header.encode() + b"\n" + struct.pack(f"<{len(samples)}H", *samples))
    return path


def bad_sessions(work):
    """name -> (sessions' files, what the reason must say)"""
    rng = random.Random(3)
    count = 64 * 64 * 8
    noise = [max(0, int(rng.gauss(100, 10))) for _ in range(count)]
    good = nrrd(work / "noise.nrrd", noise)
    whole = good.read_bytes()
    cut, empty, text = work / "cut.nrrd", work / "empty.tif", work / "text.tif"
    cut.write_bytes(whole[: len(whole) // 2])
    empty.write_bytes(b"")
    text.write_text("no image at all\n")
    return {
        "missing": (work / "missing.tif", "missing.tif"),
        "cut": (cut, "cut.nrrd"),
        "empty": (empty, "empty.tif: is empty"),
        "text": (text, "text.tif"),
        "constant": (nrrd(work / "constant.nrrd", [7] * count), "constant.nrrd"),
        "saturated": (nrrd(work / "saturated.nrrd", [rng.choice((65535, 65535, 65535, 9)) for _ in range(count)]),
                      "saturated.nrrd"),
        "novoxel": (nrrd(work / "novoxel.nrrd", noise, voxel=None), "novoxel.nrrd"),
        "absurd": (nrrd(work / "absurd.nrrd", noise, voxel=(1e6, 1e6, 1e6)), "absurd.nrrd"),
        "huge": (nrrd(work / "huge.nrrd", noise, announced=(4000000000, 4000000000, 4000000000)), "huge.nrrd"),
        "noise": (good, "no dendrite"),
    }


def test_bad_input(work):
    study = phantom(work / "in", 2)
    images = sorted(study.glob("sub-01/ses-*/micr/*_2PE.*if*"))
    assert len(images) == 3, images
    order = {"baseline": 0, "stress": 1, "ketamine": 2}
    rows = []
    for subject in ("01", "02"):
        for session in order:
            [image] = study.glob(f"sub-{subject}/ses-{session}/micr/*sample-*_2PE*.tif*")
            rows.append((subject, session, image))
    call("run", write_manifest(work / "good.tsv", rows), work / "reference")
    bad = bad_sessions(work)
    for name, (path, _) in bad.items():
        sessions = [path] * 3 if name == "noise" else [rows[0][2], path, rows[2][2]]
        rows += [(name, session, file) for session, file in zip(order, sessions)]
    for options in ([], ["--isolate"]):
        out = work / ("bad" + "".join(options))
        done = call("run", write_manifest(work / "all.tsv", rows), out, *options, status=1)
        failures = dict(line.split("\t")[0::4] for line in (out / "failures.tsv").read_text().splitlines()[1:])
        assert failures.keys() == {f"sub-{name}" for name in bad}, failures
        for name, (_, words) in bad.items():
            reason = failures[f"sub-{name}"]
            assert words in reason, f"{name}: {reason}"
            assert reason.startswith(f"sub-{name}_sample-A / "), reason
            assert reason in done.stderr, f"the log does not say: {reason}"
            assert not list(out.glob(f"sub-{name}*")), f"sub-{name} left something"
        for subject in ("01", "02"):
            same(work / "reference" / f"sub-{subject}", out / f"sub-{subject}", "bad neighbours")
    # A single session gives spines and no events.
    call("run", write_manifest(work / "single.tsv", rows[:1]), work / "single")
    [events] = (work / "single").glob("sub-01/micr/*_events.tsv")
    assert len(events.read_text().splitlines()) == 1
    [spines] = (work / "single").glob("sub-01/micr/*_spines.tsv")
    assert len(spines.read_text().splitlines()) > 1


def write_manifest(path, rows):
    lines = ["subject\tsample\tsession\tpath"] + [f"{s}\tA\t{t}\t{p}" for s, t, p in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_json_log(work):
    study = phantom(work / "in", 1)
    done = call("run", study, work / "out", "--log-format", "json")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    stages = [line for line in lines if "stage" in line]
    assert {line["stage"] for line in stages} >= {"read", "segment", "align", "detect", "match", "write"}
    for line in stages:
        assert line["seconds"] >= 0 and line["peak_memory_bytes"] > 1e6 and line["series"].startswith("sub-"), line
    assert re.search(r"^series +interval +spines", done.stdout), done.stdout
    quiet = call("run", study, work / "quiet", "--progress", "none", "--log-level", "error")
    assert quiet.stderr == "", quiet.stderr
    assert quiet.stdout == done.stdout


def test_memory_budget(work):
    study = phantom(work / "in", 1)
    call("run", study, work / "out", "--memory", "1M", status=1)
    failures = (work / "out" / "failures.tsv").read_text()
    assert "raise --memory" in failures, failures
    call("run", study, work / "out", "--memory", "lots", status=2)
    call("run", study, work / "out", "--memory", "1G")
    assert len((work / "out" / "failures.tsv").read_text().splitlines()) == 1, "an old failure stayed"


def test_locked_folder(work):
    if os.geteuid() == 0:
        print("not tested as root, who may write anywhere")
        return
    study = phantom(work / "in", 1)
    (work / "locked").mkdir(mode=0o500)
    call("run", study, work / "locked" / "out", status=2)


def main():
    global PROGRAM
    PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    for name in sys.argv[2:]:
        work = pathlib.Path(tempfile.mkdtemp(prefix="spinechron-batches-"))
        try:
            globals()["test_" + name](work)
            print(f"{name}: good")
        finally:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
