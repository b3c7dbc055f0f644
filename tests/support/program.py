"""Calls of the real program, and comparison of what they left: what the tests of whole batches share.

A test script defines functions `test_NAME(work)` and ends with `main(globals())`; it is called with the program and
the names of the tests to run, each in a folder of its own that is removed afterwards.
"""
import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

PROGRAM = [""]  # its path, once main() knows it
SMALL = {"size_x": 160, "size_y": 160, "size_z": 14, "photons": 60}
TINY = {"size_x": 128, "size_y": 128, "size_z": 16, "photons": 60}
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


class Skip(Exception):
    """Why a test cannot be run here."""


def program():
    return PROGRAM[0]


def call(*words, status=0, **more):
    """Runs the program; AssertionError if it ends with another status."""
    done = subprocess.run([program(), *map(str, words)], capture_output=True, text=True, timeout=900, check=False, **more)
    assert done.returncode == status, f"{words} ended with {done.returncode}, not {status}:\n{done.stdout}{done.stderr}"
    return done


def phantom(folder, subjects, size=SMALL, **more):
    """A study of so many animals with one small series each."""
    values = dict(size, subjects=subjects, samples=1, **more)
    sets = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
    call("phantom", folder, *sets, "--log-level", "warning")
    return folder


def images(study, subject):
    """Of one animal of a phantom, in the order of time."""
    found = [sorted(study.glob(f"sub-{subject}/ses-{t}/micr/*_2PE*.tif*")) for t in ("baseline", "stress", "ketamine")]
    assert all(len(of_session) == 1 for of_session in found), found
    return [of_session[0] for of_session in found]


def detached(image, header):
    """A phantom's image once more, as a NRRD header with its voxels in a file beside it. Returns the header."""
    data, planes = image.read_bytes(), []
    [at] = struct.unpack_from("<I", data, 4)  # of a directory: a slice each, of one deflated strip
    while at:
        [count] = struct.unpack_from("<H", data, at)
        tag = {t: value for t, _, _, value in struct.iter_unpack("<HHII", data[at + 2:at + 2 + 12 * count])}
        planes.append(zlib.decompress(data[tag[273]:tag[273] + tag[279]]))
        size = (tag[256], tag[257], len(planes))
        [at] = struct.unpack_from("<I", data, at + 2 + 12 * count)
    voxels = header.with_suffix(".raw")
    voxels.write_bytes(b"".join(planes))
    xml = data.decode("latin-1")
    spacing = " ".join(re.search(rf'PhysicalSize{axis}="([0-9.]+)"', xml)[1] for axis in "XYZ")
    header.write_text(f"NRRD0004\ntype: uint16\ndimension: 3\nsizes: {' '.join(map(str, size))}\nencoding: raw\n"
                      f'endian: little\nspacings: {spacing}\nunits: "um" "um" "um"\ndata file: {voxels.name}\n\n')
    return header


def write_manifest(path, rows):
    """`rows`: (subject, session, image)"""
    lines = ["subject\tsample\tsession\tpath"] + [f"{s}\tA\t{t}\t{p}" for s, t, p in rows]
    path.write_text("\n".join(lines) + "\n")
    return path


def read_tsv(path):
    """Rows as dictionaries."""
    header, *rows = [line.split("\t") for line in pathlib.Path(path).read_text().splitlines()]
    return [dict(zip(header, row)) for row in rows]


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


def finished(out):
    """Stems of the series whose mark is there; AssertionError if one of them is not whole."""
    stems = set()
    for mark in sorted(pathlib.Path(out).glob("sub-*/micr/*_provenance.json")):
        for name, sha256 in json.loads(mark.read_text())["completion"]["files"].items():
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256, f"{name} is not whole"
        stems.add(mark.name[: -len("_provenance.json")])
    return stems


def main(tests):
    PROGRAM[0] = str(pathlib.Path(sys.argv[1]).resolve())
    for name in sys.argv[2:]:
        work = pathlib.Path(tempfile.mkdtemp(prefix="spinechron-batch-"))
        try:
            tests["test_" + name](work)
            print(f"{name}: good", flush=True)
        except Skip as reason:
            print(f"{name}: skipped: {reason}")
            sys.exit(SKIPPED)
        finally:
            shutil.rmtree(work, ignore_errors=True)
