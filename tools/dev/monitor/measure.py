"""Makes the phantom of a cell, runs an analysis on it, has it judged, and keeps the verdict so that it is not made twice."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from monitor import another, views
from monitor.matrix import REAL


class Failed(Exception):
    pass


def spend(command):
    """(standard output, CPU seconds, peak MB) of a command; Failed with the end of its words if it does not end well."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)  # each child's own usage, whatever runs beside it
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise Failed(f"`{' '.join(map(str, command))}` ended with status {process.returncode}: "
                         f"{err.read()[-1500:].strip()}")
        return out.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def digest(*parts):
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part if isinstance(part, bytes) else json.dumps(part, sort_keys=True).encode())
    return sha.hexdigest()[:16]


def write_whole(path, text):
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    part.replace(path)


class Measurer:
    """`folder` holds a folder for each cell: <analysis>.json with its verdict, and while at work (or with `keep`) the
    phantom and the results. A verdict is taken from there if neither program nor cell has changed; a phantom too, and with
    `old_phantoms` whatever program made it."""

    def __init__(self, program, folder, real, keep=False, old_phantoms=False, settings=()):
        self.program, self.folder, self.real = str(program), folder, real
        self.keep, self.old_phantoms, self.settings = keep, old_phantoms, list(settings)
        self.program_digest = digest(pathlib.Path(program).read_bytes())

    def data_of(self, cell):
        if cell.name == REAL:
            return self.real, self.real / "truth"
        data = self.folder / cell.name / "phantom"
        return data, data / "truth"

    def make_phantom(self, cell):
        if cell.name == REAL:
            return
        data, _ = self.data_of(cell)
        stamp = self.folder / cell.name / "phantom.key"
        key = cell.settings if self.old_phantoms else [cell.settings, self.program_digest]
        said = json.loads(stamp.read_text()) if stamp.exists() and data.exists() else [None, None]
        if (said[0] if self.old_phantoms else said) == key:
            return
        shutil.rmtree(data, ignore_errors=True)
        if cell.settings.keys() & {"view", "scope"}:
            try:
                if "view" in cell.settings:
                    views.make(cell.settings["view"], self.real, data)
                else:
                    scope, scene, seed = (cell.settings[k] for k in ("scope", "scene", "seed"))
                    another.make(scope, scene, int(seed), cell.series, data)
            except ImportError as error:
                raise Failed(f"{error}: this cell needs python3-numpy, python3-scipy and python3-tifffile")
        else:
            sets = [x for item in cell.settings.items() for x in ("--set", "=".join(item))]
            spend([self.program, "phantom", data, *sets, "--log-level", "warning"])
        write_whole(stamp, json.dumps([cell.settings, self.program_digest]))

    def judged(self, cell, analysis, key, command):
        """The verdict on `command(data, out)`, from the store if it is there under this key."""
        home = self.folder / cell.name
        home.mkdir(parents=True, exist_ok=True)
        store = home / (analysis + ".json")
        if store.exists():
            record = json.loads(store.read_text())
            if record["key"] == key:
                return record
        self.make_phantom(cell)
        data, truth = self.data_of(cell)
        out = home / (analysis + "_results")
        shutil.rmtree(out, ignore_errors=True)
        _, cpu, peak = spend(command(data, out))
        judged = json.loads(spend([self.program, "evaluate", truth, out, "--json"])[0])
        if "samples" not in judged:
            raise Failed(f"{self.program}: its `evaluate --json` has no counts of samples: build the program of this tree")
        record = {"key": key, "judged": judged, "cpu_s": round(cpu / max(1, len(judged["samples"])), 2),
                  "peak_mb": round(peak)}
        write_whole(store, json.dumps(record, indent=1))
        if not self.keep:
            shutil.rmtree(out, ignore_errors=True)
        return record

    def ours(self, cell):
        sets = [x for s in self.settings for x in ("--set", s)]
        return self.judged(cell, "ours", digest(self.program_digest, cell.settings, self.settings),
                           lambda data, out: [self.program, "run", data, out, "--jobs", "1", "--progress", "none",
                                              "--log-level", "error", *sets])

    def peer(self, cell, script):
        def command(data, out):
            out.mkdir(parents=True)
            return ["/usr/bin/python3", script, data, out]
        return self.judged(cell, script.stem, digest(script.read_bytes(), cell.settings, self.program_digest), command)

    def tidy(self, cell):
        if not self.keep and cell.name != REAL:
            shutil.rmtree(self.folder / cell.name / "phantom", ignore_errors=True)
            (self.folder / cell.name / "phantom.key").unlink(missing_ok=True)
