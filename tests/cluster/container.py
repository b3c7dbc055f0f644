#!/usr/bin/env python3
"""tools/cluster/container, as far as it can be checked without an engine: both recipes run the same steps, every step
is legal shell, what they copy is there, and the packages of the final image are those whose libraries the program and
its plugins ask for.

usage: container.py PROGRAM PLUGIN...
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tools" / "cluster" / "container"


def output(*words):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True).stdout


def docker_steps():
    text = (FOLDER / "Dockerfile").read_text()
    return [step for line in re.findall(r"^RUN (.*)$", text, re.M) for step in line.split(" && ")]


def apptainer_steps():
    text = (FOLDER / "spinechron.def").read_text()
    steps = re.findall(r"^%(?:post|test)\n((?:    .*\n)+)", text, re.M)
    lines = [line.strip() for section in steps for line in section.splitlines()]
    return [line for line in lines if not line.startswith(("#", "cd "))]


def check_steps():
    for step in docker_steps() + apptainer_steps():
        subprocess.run(["bash", "-n"], input=step, text=True, check=True)
        first = step.split()[0]
        assert not first.startswith("tools/") or (ROOT / first).exists(), step
    assert docker_steps() == apptainer_steps(), (docker_steps(), apptainer_steps())
    for recipe in ("Dockerfile", "spinechron.def"):
        for path in re.findall(r"/src/(\S+)", (FOLDER / recipe).read_text()):
            assert (ROOT / path).exists(), f"{recipe}: {path}"


def packages_of(files):
    """Debian's packages of the libraries that the files ask for themselves."""
    libraries = {name for file in files for name in re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", file))}
    places = dict(re.findall(r"^\s*(\S+) .*=> (\S+)$", output("ldconfig", "-p"), re.M)[::-1])
    real = {pathlib.Path(places[name]).resolve() for name in libraries if name in places}
    # Always there in Debian: the C library and the compiler's.
    owners = {line.split(":")[0] for path in real
              for line in output("dpkg", "-S", f"*/{path.parent.name}/{path.name}").splitlines()}
    return owners - {"libc6", "libgcc-s1"}


def main():
    check_steps()
    listed = set((FOLDER / "runtime-packages").read_text().split())
    needed = packages_of(sys.argv[1:])
    assert listed == needed, f"not listed: {sorted(needed - listed)}; listed in vain: {sorted(listed - needed)}"
    print("container recipes: good")


if __name__ == "__main__":
    main()
