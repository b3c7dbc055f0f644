#!/usr/bin/env python3
"""Runs one golden case: a folder that holds

  why      one line: what this case is for
  cmd      shell lines, run in an empty folder; $SPINECHRON is the program, $CASE this folder, $CONFIGS configs/
  status   the exit status
  stdout, stderr   what is expected, line by line: each line is a regular expression for the whole line, `...`
           stands for any number of lines; without the file, anything will do

usage: run_case.py CASE PROGRAM CONFIGS    or    run_case.py --self-test
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def differs(name, expected, actual):
    """What is wrong with the text `actual`, or None. Backtracks over `...`."""
    patterns, lines = expected.splitlines(), actual.splitlines()
    reach = {0}  # how many lines the patterns so far may have used
    furthest = 0
    for number, pattern in enumerate(patterns, 1):
        if pattern == "...":
            reach = set(range(min(reach), len(lines) + 1))
            continue
        nxt = {i + 1 for i in reach if i < len(lines) and re.fullmatch(pattern, lines[i])}
        if not nxt:
            at = min(reach)
            found = f"line {at + 1} is: {lines[at]}" if at < len(lines) else "there are no more lines"
            return f"{name} line {number} is not matched: {pattern}\n  {found}"
        reach, furthest = nxt, max(nxt)
    if len(lines) not in reach:
        return f"{name} has more lines than expected, from line {furthest + 1}: {lines[furthest]}"
    return None


def run(case, program, configs):
    read = lambda name: (case / name).read_text(encoding="utf-8")
    environment = {**os.environ, "SPINECHRON": program, "CASE": str(case), "CONFIGS": configs, "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["bash", "-c", read("cmd")], cwd=folder, env=environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    problems = []
    if done.returncode != int(read("status")):
        problems.append(f"exit status is {done.returncode}, not {read('status').strip()}")
    for name, actual in (("stdout", done.stdout), ("stderr", done.stderr)):
        if (case / name).exists():
            problems.append(differs(name, read(name), actual))
    problems = [p for p in problems if p]
    if problems:
        print(f"{case.name}: {read('why').strip()}", *problems, sep="\n")
        print("--- stdout\n" + done.stdout + "--- stderr\n" + done.stderr)
    return 1 if problems else 0


def self_test():
    same = [("a\n", "a\n"), ("", ""), ("a\n...\n", "a\nb\nc\n"), ("...\nb\n", "a\nb\nb\n"), ("[0-9]+ x\n", "12 x\n"),
            ("...\n", "")]
    other = [("a\n", "b\n"), ("a\n", "a\nb\n"), ("a\nb\n", "a\n"), ("", "a\n"), ("a\n...\nc\n", "a\nb\n"), ("a\n", "ab\n")]
    wrong = [p for p in same if differs("x", *p)] + [p for p in other if not differs("x", *p)]
    with tempfile.TemporaryDirectory() as folder:
        case = pathlib.Path(folder)
        for name, text in {"why": "x", "cmd": "echo a; exit 3", "status": "3", "stdout": "a\n", "stderr": ""}.items():
            (case / name).write_text(text, encoding="utf-8")
        if run(case, "true", ""):
            wrong.append("a right case is refused")
        for name, text in {"status": "0", "stdout": "b\n", "stderr": "a\n"}.items():
            before = (case / name).read_text(encoding="utf-8")
            (case / name).write_text(text, encoding="utf-8")
            if not run(case, "true", ""):
                wrong.append(f"a wrong {name} is not noticed")
            (case / name).write_text(before, encoding="utf-8")
    print("wrong judgements:", wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test())
    if len(sys.argv) != 4:
        print(__doc__)
        sys.exit(2)
    sys.exit(run(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
