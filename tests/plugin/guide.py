#!/usr/bin/env python3
"""Follows plugins/README.md as a reader would: writes its files (each fenced block after `<!-- file: NAME -->`) and, in
order, types its commands (each after `<!-- run: FOLDER -->`) in that folder, against an installed spinechron.

guide.py README PREFIX WORK [DATA]      without DATA there is no program: the projects are only built
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

BLOCK = re.compile(r"<!-- (file|run): (\S+) -->\n```\w+\n(.*?)```\n", re.DOTALL)
STRICT = "-Wall -Wextra -pedantic -Werror"


def type_in(folder, commands, environment):
    done = subprocess.run(["bash", "-euxc", commands], cwd=folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    if done.returncode != 0:
        sys.exit(f"a command of the guide ended with {done.returncode}")


def main(readme, prefix, work, data=None):
    work = pathlib.Path(work)
    shutil.rmtree(work, ignore_errors=True)
    text = pathlib.Path(readme).read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    counts = {kind: sum(b[0] == kind for b in blocks) for kind in ("file", "run")}
    if any(counts[kind] != text.count(f"<!-- {kind}:") for kind in counts) or counts["file"] < 6 or counts["run"] < 3:
        sys.exit(f"only {counts} snippets of the guide were found")
    for kind, name, content in blocks:
        if kind == "file":
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(content, encoding="utf-8")
    environment = dict(os.environ, CFLAGS=STRICT, CXXFLAGS=STRICT,
                       PATH=f"{prefix}/bin{os.pathsep}{os.environ['PATH']}")
    for kind, folder, commands in blocks:
        if kind != "run":
            continue
        commands = commands.replace("/where/you/like", str(prefix))
        if data:
            commands = re.sub(r"\bDATA\b", str(data), commands)
        else:
            commands = "\n".join(line for line in commands.splitlines() if not line.startswith("spinechron "))
        type_in(work / folder, commands, environment)
    if data:
        for table in work.glob("*/OUT/failures.tsv"):
            if len(table.read_text(encoding="utf-8").splitlines()) != 1:
                sys.exit(f"{table}: a series failed")
        if len(list(work.glob("*/OUT/spines.tsv"))) != 2:
            sys.exit("not both plugins were run on the data")


if __name__ == "__main__":
    main(*sys.argv[1:])
