#!/usr/bin/env python3
"""Whole batches with the real program on small phantoms: equal bytes however they are run, nothing lost or half
written when a run is killed, and what it tells meanwhile.

usage: batches.py PROGRAM TEST...      TEST is a function below without "test_"; PLUGINS and FIXTURES name the folders
                                       of the built plugins and of the faulty ones
"""
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from program import (SMALL, TINY, call, detached, finished, images, main, phantom, program, read_tsv, same,  # noqa: E402
                     write_manifest)


def begin(*words, **more):
    return subprocess.Popen([program(), *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def wait_for(path, running):
    while not path.exists() and running.poll() is None:
        time.sleep(0.005)


def test_equal_bytes(work):
    study = phantom(work / "in", 4, size=TINY)
    call("run", study, work / "one", "--jobs", 1)
    call("run", study, work / "three", "--jobs", 3)
    same(work / "one", work / "three", "--jobs 3")
    call("run", study, work / "narrow", "--jobs", 4, "--memory", "24M")
    same(work / "one", work / "narrow", "a small --memory")
    call("run", study, work / "apart", "--jobs", 2, "--isolate")
    same(work / "one", work / "apart", "--isolate")
    for shard in (2, 1):
        call("run", study, work / "shards", "--shard", f"{shard}/2")
    call("group", work / "shards")
    same(work / "one", work / "shards", "two shards and group")
    for subject in ("03", "01", "04", "02"):
        call("run", study, work / "single", "--participant-label", subject, "--no-group")
    assert not (work / "single" / "summary.json").exists()
    call("group", work / "single")
    same(work / "one", work / "single", "one call a series and group")


def test_order_of_files(work):
    """Rows of a manifest in any order; folders of a data set made in any order."""
    study = phantom(work / "in", 3, size=TINY)
    rows = [(s, t, i) for s in ("01", "02", "03") for t, i in zip(("baseline", "stress", "ketamine"), images(study, s))]
    call("run", write_manifest(work / "ordered.tsv", rows), work / "ordered")
    for seed in (1, 2):
        random.Random(seed).shuffle(rows)
        call("run", write_manifest(work / "shuffled.tsv", rows), work / f"shuffled{seed}")
        same(work / "ordered", work / f"shuffled{seed}", "a shuffled manifest")
    call("run", study, work / "bids")
    moved = work / "moved"
    moved.mkdir()
    for path in sorted(study.iterdir(), reverse=True):
        path.rename(moved / path.name)
    study.rmdir()
    moved.rename(study)
    call("run", study, work / "bids_again", "--jobs", 1)
    same(work / "bids", work / "bids_again", "folders made in another order")


def test_time_reversed(work):
    """A series that runs backwards: the same spines in the same places, what was lost has formed."""
    study = phantom(work / "in", 1, size={"size_x": 256, "size_y": 256, "size_z": 20, "photons": 60})
    times = dict(zip(("baseline", "stress", "ketamine"), images(study, "01")))
    spines, events = {}, {}
    for way, order in {"ahead": list(times), "back": list(times)[::-1]}.items():
        manifest = work / f"{way}.tsv"  # only the hours say which way time runs
        manifest.write_text("subject\tsample\tsession\tpath\thours\n" + "".join(
            f"01\tA\t{t}\t{times[t]}\t{24 * hour}\n" for hour, t in enumerate(order)))
        call("run", manifest, work / way)
        [found] = (work / way).glob("sub-01/micr/*_spines.tsv")
        spines[way] = {(row["spine_id"], row["session"]): row for row in read_tsv(found)}
        [found] = (work / way).glob("sub-01/micr/*_events.tsv")
        events[way] = read_tsv(found)
    assert len(spines["ahead"]) > 30 and spines["ahead"].keys() == spines["back"].keys()
    for key, row in spines["ahead"].items():
        for name in ("state", "x_um", "y_um", "z_um", "dendrite_id", "arc_um", "side", "class"):
            assert row[name] == spines["back"][key][name], (key, name, row[name], spines["back"][key][name])
        assert abs(float(row["p_present"]) - float(spines["back"][key]["p_present"])) < 1e-6, key
    swapped = {"eliminated": "formed", "formed": "eliminated"}
    count = lambda way, swap: sorted((e["spine_id"], *sorted((e["session_from"], e["session_to"])),  # noqa: E731
                                      swap.get(e["event"], e["event"])) for e in events[way])
    assert {"eliminated", "formed"} <= {e["event"] for e in events["ahead"]}
    assert count("ahead", swapped) == count("back", {})


def test_order_of_plugins(work):
    study = phantom(work / "in", 1, size=TINY)
    plugins = [pathlib.Path(os.environ["PLUGINS"]) / f"{name}.so" for name in ("filters", "tophat")]
    for name, order in (("forth", plugins), ("back", plugins[::-1])):
        words = [word for plugin in order for word in ("--plugin", plugin)]
        call("run", study, work / name, *words, "--set", "denoise.stage=median,motion")
    same(work / "forth", work / "back", "plugins loaded in another order")


def test_resume(work):
    study = phantom(work / "in", 2, size=TINY)
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
    # Another time of change alone is no change of the input; another content is one.
    first, second, _ = images(study, "01")
    os.utime(first, ns=(1, 1))
    assert "2 of them done before" in call("run", study, work / "out").stderr
    shutil.copy(second, first)
    assert "1 of them done before" in call("run", study, work / "out").stderr
    assert "0 of them done before" in call("run", study, work / "out", "--force").stderr
    assert "0 of them done before" in call("run", study, work / "out", "--set", "match.rescue_um=1.5").stderr


def test_resume_files(work):
    """What decides a result beside image and settings: all files of an image, the plugins, and the files that their
    settings name."""
    header = images(phantom(work / "in", 1, size=TINY), "01")
    for i, image in enumerate(header):
        header[i] = detached(image, work / f"image{i}.nhdr")
    manifest = write_manifest(work / "all.tsv", [("01", t, p) for t, p in zip(("baseline", "stress", "ketamine"), header)])
    plugin, network = work / "wrapped.so", work / "net.onnx"
    shutil.copy(pathlib.Path(os.environ["FIXTURES"]) / "wrapped.so", plugin)
    notes = network.with_suffix(".toml")
    for file in (network, notes):
        file.write_bytes(b"1")
    voxels = header[1].with_suffix(".raw")

    def done_before():
        run = call("run", manifest, work / "out", "--plugin", plugin, "--set", "denoise.stage=wrapped", "--set",
                   f"denoise.wrapped.words={network}")
        return int(re.search(r"(\d) of them done before", run.stderr)[1])

    assert done_before() == 0 and done_before() == 1
    for file in (plugin, network, notes, voxels):
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if file == voxels else whole + b"1")
        assert (done_before(), done_before()) == (0, 1), file
    configuration = json.loads((work / "out/sub-01/micr/sub-01_sample-A_provenance.json").read_text())["configuration"]
    for kind, files in (("plugins", [plugin]), ("files", [network, notes])):
        assert configuration[kind] == [
            {"path": str(file), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()} for file in files], configuration


def group_rows(out):
    """Who has rows in the tables over all series."""
    return {row["participant_id"] for row in read_tsv(out / "spines.tsv")}


def test_failed_again(work):
    """A series that failed after its inputs changed: the result of before does not count."""
    study, out = phantom(work / "in", 2, size=TINY), work / "out"
    call("run", study, out)
    call("run", study, work / "undisturbed")
    image = images(study, "01")[0]
    whole = image.read_bytes()
    image.write_bytes(whole[:1000])
    run = call("run", study, out, status=1)
    assert "sub-01_sample-A_provenance.json: its series is left out" in run.stderr, run.stderr
    assert group_rows(out) == {"sub-02"} and "sub-01_sample-A " not in run.stdout, run.stdout
    again = call("group", out)
    assert group_rows(out) == {"sub-02"} and "sub-01_sample-A " not in again.stdout, again.stdout
    # The image is back: nothing is made again, and all count.
    image.write_bytes(whole)
    assert "2 of them done before" in call("run", study, out).stderr
    same(out, work / "undisturbed", "an image that came back")


def test_damaged_mark(work):
    """A mark that cannot be read costs its own series only, and is named."""
    out = work / "out"
    call("run", phantom(work / "in", 2, size=TINY), out)
    mark = out / "sub-01/micr/sub-01_sample-A_provenance.json"
    whole = mark.read_bytes()
    for damage in (b"", whole[:500], b"[]", whole.replace(b'"participant_id": "sub-01"', b'"participant_id": 1')):
        assert damage != whole
        mark.write_bytes(damage)
        group = call("group", out)
        assert f"{mark.name}: its series is left out, since it is not whole" in group.stderr, group.stderr
        assert group_rows(out) == {"sub-02"}, damage[:40]
    # The same for a table that was changed after it was written.
    mark.write_bytes(whole)
    spines = out / "sub-01/micr/sub-01_sample-A_spines.tsv"
    spines.write_bytes(spines.read_bytes()[:-20])
    assert "it was changed after it was written" in call("group", out).stderr
    assert group_rows(out) == {"sub-02"}


def survive(work, kills, *options):
    """Kills runs at random moments until so many were killed at work; whenever one comes through, it has left the
    same tree as an undisturbed one, and the next begins with nothing."""
    study = phantom(work / "in", 4, size=TINY)
    start = time.monotonic()
    call("run", study, work / "undisturbed", *options)
    seconds = time.monotonic() - start
    rng = random.Random(7)
    out, killed, came_through = work / "out", 0, 0
    while killed < kills or came_through == 0:
        running = begin("run", study, out, *options)
        try:
            running.wait(timeout=rng.uniform(0.02, seconds) if killed < kills else None)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            killed += 1
            if out.exists():
                finished(out)
            continue
        assert running.returncode == 0, running.returncode
        came_through += 1
        if options:
            time.sleep(0.2)  # workers of a parent that was killed end with it
        same(work / "undisturbed", out, f"{killed} kills")
        shutil.rmtree(out)
    print(f"{killed} kills, {came_through} runs came through between them")


def test_kills(work):
    survive(work, 12)


def test_kills_isolated(work):
    survive(work, 6, "--isolate", "--jobs", "2")


def test_many_kills(work):
    for name, options in (("together", []), ("apart", ["--isolate", "--jobs", "2"])):
        (work / name).mkdir()
        survive(work / name, 150, *options)


def test_signals(work):
    study = phantom(work / "in", 16)  # takes some times the third of a second after which it is interrupted
    call("run", study, work / "undisturbed")
    for number, options in ((signal.SIGINT, []), (signal.SIGTERM, []), (signal.SIGTERM, ["--isolate"])):
        out = work / f"out{number}{len(options)}"
        running = begin("run", study, out, "--jobs", "2", *options)
        wait_for(out / "progress.json", running)
        time.sleep(0.3)
        start = time.monotonic()
        running.send_signal(number)
        assert running.wait(timeout=10) == 3, running.returncode
        assert time.monotonic() - start < 2.2, "it took longer than 2 s to end"
        call("run", study, out, *options)
        same(work / "undisturbed", out, "an interrupted run")
    # A plugin that never asks whether it shall stop is not waited for.
    hangs = ["--plugin", pathlib.Path(os.environ["FIXTURES"]) / "fixture_hangs.so", "--set", "denoise.stage=fixture"]
    running = begin("run", study, work / "hangs", "--jobs", "2", *hangs)
    wait_for(work / "hangs" / "progress.json", running)
    time.sleep(0.5)
    start = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 3 and time.monotonic() - start < 2.2
    assert not (work / "hangs" / "progress.json").exists(), "it still says that it runs"
    assert not finished(work / "hangs")
    running = begin("run", study, work / "twice", "--jobs", "2")
    wait_for(work / "twice" / "progress.json", running)
    start = time.monotonic()
    running.send_signal(signal.SIGINT)
    time.sleep(0.1)
    if running.poll() is None:
        running.send_signal(signal.SIGINT)
    assert running.wait(timeout=10) == 3
    assert time.monotonic() - start < 1, "a second signal did not end it at once"


def test_progress(work):
    """What another program sees while it polls progress.json: whole JSON, growing, gone in the end."""
    series = 24  # takes longer than the second after which the file is written again
    study = phantom(work / "in", series)
    for options in ([], ["--isolate"]):
        out = work / f"out{len(options)}"
        running = begin("run", study, out, "--jobs", "2", *options)
        file, seen = out / "progress.json", []
        wait_for(file, running)
        while running.poll() is None:
            try:
                seen.append(json.loads(file.read_text()))
            except FileNotFoundError:
                pass
            time.sleep(0.02)
        assert running.returncode == 0 and not file.exists()
        for progress in seen:
            assert progress["state"] == "running" and progress["series"] == series, progress
            assert progress["process"] == running.pid and progress["updated"].endswith("Z"), progress
            assert progress["peak_memory_bytes"] > 1e6, progress
            assert all(r["series"].startswith("sub-") and r["stage"] for r in progress["running"]), progress
        fractions = [progress["fraction"] for progress in seen]
        assert fractions == sorted(fractions) and fractions[-1] > fractions[0], fractions
    sharded = begin("run", study, work / "shard", "--shard", "1/2")
    wait_for(work / "shard" / "progress_shard-1of2.json", sharded)
    assert sharded.wait() == 0


def test_json_log(work):
    study = phantom(work / "in", 2, size=TINY)
    outputs = set()
    for options in ([], ["--isolate"]):
        done = call("run", study, work / f"out{len(options)}", "--log-format", "json", *options)
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        stages = [line for line in lines if "stage" in line]
        names = {line["stage"] for line in stages}
        assert names >= {"read", "calibrate", "denoise", "segment", "align", "detect", "match", "write"}, names
        for line in stages:
            assert {"time", "level", "message", "series", "session", "stage", "seconds"} <= line.keys(), line
            assert line["seconds"] >= 0 and line["peak_memory_bytes"] > 1e6, line
            assert line["series"] in ("sub-01_sample-A", "sub-02_sample-A"), line
            assert line["session"] in ("baseline", "stress", "ketamine", None), line
        assert len([line for line in stages if line["stage"] == "read"]) == 6
        assert re.search(r"^series +interval +spines", done.stdout), done.stdout
        outputs.add(done.stdout)
    quiet = call("run", study, work / "quiet", "--progress", "none", "--log-level", "error")
    assert quiet.stderr == "", quiet.stderr
    assert outputs == {quiet.stdout}


def test_memory_budget(work):
    study = phantom(work / "in", 1, size=TINY)
    call("run", study, work / "out", "--memory", "1M", status=1)
    [failure] = read_tsv(work / "out" / "failures.tsv")
    assert "raise --memory" in failure["reason"], failure
    call("run", study, work / "out", "--memory", "lots", status=2)
    call("run", study, work / "out", "--memory", "1G")
    assert not read_tsv(work / "out" / "failures.tsv"), "an old failure stayed"


def test_isolate(work):
    """A crash of a plugin, and a series that takes too long, are a line each that names signal and stage."""
    study = phantom(work / "in", 2, size=TINY)
    call("run", study, work / "reference")
    crash = ["--plugin", pathlib.Path(os.environ["FIXTURES"]) / "fixture_crashes.so", "--set", "denoise.stage=fixture"]
    call("run", study, work / "out", "--isolate", *crash, status=1)
    failures = read_tsv(work / "out" / "failures.tsv")
    assert [f["participant_id"] for f in failures] == ["sub-01", "sub-02"], failures
    for failure in failures:
        assert failure["stage"] == "denoise" and failure["session"] != "n/a", failure
        assert "signal 11 (Segmentation fault)" in failure["reason"], failure
    call("run", study, work / "out", "--isolate", "--timeout", "0.05", status=1)
    for failure in read_tsv(work / "out" / "failures.tsv"):
        assert "took longer than 0.05 s: raise --timeout" in failure["reason"], failure
    call("run", study, work / "out", "--isolate", "--timeout", "600")
    same(work / "reference", work / "out", "crashes and time-outs")
    call("run", study, work / "out", "--timeout", "5", status=2)  # only a process can be ended


def test_list(work):
    """What a workflow engine asks before it starts anything."""
    study = phantom(work / "in", 3, size=TINY)
    listed = json.loads(call("run", study, work / "out", "--list").stdout)
    assert [series["participant_id"] for series in listed] == ["sub-01", "sub-02", "sub-03"], listed
    for series in listed:
        files = images(study, series["participant_id"][4:])
        assert series["sample_id"] == "sample-A" and series["images"] == list(map(str, files)), series
        assert series["bytes"] == sum(file.stat().st_size for file in files) < series["memory_bytes"], series
    shards = [json.loads(call("run", study, work / "out", "--list", "--shard", f"{i}/2").stdout) for i in (1, 2)]
    assert sorted(sum(shards, []), key=lambda series: series["participant_id"]) == listed, shards
    assert not (work / "out").exists()


if __name__ == "__main__":
    main(globals())
