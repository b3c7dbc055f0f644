#!/usr/bin/env python3
"""Bad input of every kind that the contract names, as real files: each costs its own series only and gives one
reason that names the file and what would mend it. (Disk full and lost mounts: faults.py; signals: batches.py.)

usage: bad_input.py PROGRAM TEST...
"""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from bad_series import bad_series  # noqa: E402
from program import TINY, call, images, main, phantom, read_tsv, same, write_manifest  # noqa: E402

SESSIONS = ("baseline", "stress", "ketamine")


def rows_of(subject, files):
    return [(subject, session, file) for session, file in zip(SESSIONS, files)]


def test_costs_its_own_series_only(work):
    study = phantom(work / "in", 2, size=TINY)
    rows = rows_of("01", images(study, "01")) + rows_of("02", images(study, "02"))
    call("run", write_manifest(work / "good.tsv", rows), work / "reference")
    bad = bad_series(work / "bad", images(study, "01"))
    for name, (files, _) in bad.items():
        rows += rows_of(name, files)
    for options in ([], ["--isolate"]):
        out = work / ("out" + "".join(options))
        done = call("run", write_manifest(work / "all.tsv", rows), out, *options, status=1)
        failures = {row["participant_id"]: row["reason"] for row in read_tsv(out / "failures.tsv")}
        assert failures.keys() == {f"sub-{name}" for name in bad}, failures
        for name, (_, words) in bad.items():
            reason = failures[f"sub-{name}"]
            for word in words:
                assert word in reason, f"{name}: '{word}' is not in: {reason}"
            assert reason.startswith(f"sub-{name}_sample-A / "), reason
            assert done.stderr.count(reason) == 1, f"the log does not say once: {reason}"
            assert not list(out.glob(f"sub-{name}*")), f"sub-{name} left something"
        for subject in ("01", "02"):
            same(work / "reference" / f"sub-{subject}", out / f"sub-{subject}", "bad neighbours")


def test_single_session(work):
    """Spines, and no events."""
    study = phantom(work / "in", 1, size=TINY)
    call("run", write_manifest(work / "single.tsv", rows_of("01", images(study, "01"))[:1]), work / "out")
    assert read_tsv(work / "out/sub-01/micr/sub-01_sample-A_events.tsv") == []
    assert read_tsv(work / "out/sub-01/micr/sub-01_sample-A_spines.tsv")


def test_repeated_session(work):
    study = phantom(work / "in", 2, size=TINY)
    rows = rows_of("01", images(study, "01")) + rows_of("02", images(study, "02"))
    rows.append(rows[1])
    call("run", write_manifest(work / "all.tsv", rows), work / "out", status=1)
    [failure] = read_tsv(work / "out" / "failures.tsv")
    assert failure["participant_id"] == "sub-01" and "stress" in failure["reason"], failure
    assert "all.tsv" in failure["reason"] or images(study, "01")[1].name in failure["reason"], failure
    assert (work / "out" / "sub-02").exists() and not (work / "out" / "sub-01").exists()


def test_no_overlap(work):
    """A session that shows none of the dendrites: its spines are in no rate, and the result says why."""
    files = images(phantom(work / "in", 1), "01")
    files[2] = bad_series(work / "bad", files)["noise"][0][0]
    done = call("run", write_manifest(work / "all.tsv", rows_of("01", files)), work / "out")
    spines = read_tsv(work / "out/sub-01/micr/sub-01_sample-A_spines.tsv")
    states = {session: {s["state"] for s in spines if s["session"] == session} for session in SESSIONS}
    assert states["ketamine"] == {"not_assessable"} and "present" in states["baseline"], states
    [rates] = [row for row in read_tsv(work / "out/sub-01/micr/sub-01_sample-A_dynamics.tsv")
               if row["dendrite_id"] == "all" and row["session_to"] == "ketamine"]
    assert rates["n_from"] == "0" and rates["elimination_rate"] == "n/a", rates
    assert "ses-ketamine: not usable" in done.stderr, done.stderr


def test_other_tissue(work):
    """An image of other tissue is refused wherever it comes in time; sessions of one tissue are accepted, however dim
    and bent."""
    dim = {"noise": "low_snr", "warp": "strong", "size_x": 256, "size_y": 256, "size_z": 28, "photons": 0}
    same = images(phantom(work / "same", 1, size=dim, seed=2), "01")
    other = images(phantom(work / "other", 1, size=dim, seed=3), "01")
    rows = rows_of("same", same) + rows_of("third", same[:2] + other[2:]) + rows_of("first", other[:1] + same[1:])
    done = call("run", write_manifest(work / "all.tsv", rows), work / "out")
    refused = {"same": set(), "third": {"ketamine"}, "first": {"baseline"}}
    for subject, expected in refused.items():
        spines = read_tsv(work / f"out/sub-{subject}/micr/sub-{subject}_sample-A_spines.tsv")
        states = {session: {s["state"] for s in spines if s["session"] == session} for session in SESSIONS}
        assert {t for t, of in states.items() if of == {"not_assessable"}} == expected, (subject, states)
        page = (work / f"out/sub-{subject}/micr/sub-{subject}_sample-A_report.html").read_text()
        assert ("shows other tissue" in page) == bool(expected), subject
    for where in ("sub-third_sample-A / ses-ketamine", "sub-first_sample-A / ses-baseline"):
        assert f"{where}: not usable: shows other tissue" in done.stderr, done.stderr


def test_no_permission(work):
    """An image that may not be read, and a folder that may not be written; as another user, since the superuser may."""
    study = phantom(work / "in", 2, size=TINY)
    rows = rows_of("01", images(study, "01")) + rows_of("02", images(study, "02"))
    manifest = write_manifest(work / "all.tsv", rows)
    work.chmod(0o755)
    images(study, "01")[1].chmod(0)
    (work / "free").mkdir()
    (work / "free").chmod(0o777)
    (work / "locked").mkdir()
    (work / "locked").chmod(0o555)
    user = {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}
    call("run", manifest, work / "free" / "out", status=1, **user)
    [failure] = read_tsv(work / "free" / "out" / "failures.tsv")
    assert "no permission: ask for access" in failure["reason"] and images(study, "01")[1].name in failure["reason"]
    done = call("run", manifest, work / "locked" / "out", status=2, **user)
    assert "locked" in done.stderr and "choose another" in done.stderr, done.stderr


if __name__ == "__main__":
    main(globals())
