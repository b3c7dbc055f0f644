#!/usr/bin/env python3
"""Builds the libFuzzer harnesses with Clang and the address and undefined-behaviour sanitizers (build/fuzz), and
runs each for a while from its corpus. What ends a harness is kept and named; the exit status is 1 then.

usage: fuzz.py [--seconds N] [--keep] [HARNESS...]     HARNESS: tiff, itk, ... (default: all)
       --keep adds to tests/fuzz/corpus what reached new branches, as few and as small inputs as reach them
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = HERE / "corpus"
LARGEST_KEPT = 4096  # bytes


def fuzz(name, seconds, folder, keep):
    program = ROOT / "build" / "fuzz" / "bin" / f"fuzz_{name}"
    found, findings = folder / name, ROOT / "build" / "fuzz" / "findings" / name
    found.mkdir()
    findings.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([program, f"-max_total_time={seconds}", "-timeout=25", "-rss_limit_mb=2500",
                           "-print_final_stats=1", f"-artifact_prefix={findings}/", found, CORPUS / name],
                          capture_output=True, text=True, errors="replace", check=False)
    count = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {count[0] if count else '?'} inputs, {'nothing found' if done.returncode == 0 else 'A FINDING'}",
          flush=True)
    if done.returncode != 0:
        print(done.stderr[-6000:])
        print(f"{name}: the input is in {findings}; mend the reader and keep it as {CORPUS / name}/A_NAME")
    elif keep:
        merged = folder / (name + "-merged")
        shutil.copytree(CORPUS / name, merged)
        subprocess.run([program, "-merge=1", "-use_counters=0", f"-max_len={LARGEST_KEPT}", merged, found], capture_output=True, check=True)
        for file in merged.iterdir():
            if not (CORPUS / name / file.name).exists():
                shutil.copy(file, CORPUS / name)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("harness", nargs="*", default=sorted(p.name for p in CORPUS.iterdir()))
    call = parser.parse_args()
    if not shutil.which("clang++"):
        print("skipped: there is no clang++: tools/setup installs it")
        sys.exit(77)
    for step in (["--preset", "fuzz"], ["--build", "--preset", "fuzz"]):
        subprocess.run(["cmake", *step], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="spinechron-fuzz-") as folder:
        good = [fuzz(name, call.seconds, pathlib.Path(folder), call.keep) for name in call.harness]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
