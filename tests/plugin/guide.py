#!/usr/bin/env python3
"""Takes the files out of plugins/README.md (each fenced block after `<!-- file: NAME -->`), builds every folder with a
CMakeLists.txt against an installed spinechron and, where the program is given, checks and uses the plugins.

guide.py README PREFIX WORK [PROGRAM]
"""
import pathlib
import re
import shutil
import subprocess
import sys


def run(*command, cwd=None):
    done = subprocess.run([str(c) for c in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main(readme, prefix, work, program=None):
    work = pathlib.Path(work)
    shutil.rmtree(work, ignore_errors=True)
    text = pathlib.Path(readme).read_text(encoding="utf-8")
    files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", text, re.DOTALL)
    if len(files) != text.count("<!-- file:") or len(files) < 6:
        sys.exit(f"only {len(files)} snippets of the guide were found")
    for name, content in files:
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    projects = sorted(p.parent for p in work.glob("*/CMakeLists.txt"))
    if len(projects) != 2:
        sys.exit(f"the guide has {len(projects)} projects, not one in C and one in C++")
    for project in projects:
        run("cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_C_FLAGS=-Wall -Wextra -pedantic -Werror",
            "-DCMAKE_CXX_FLAGS=-Wall -Wextra -pedantic -Werror", cwd=project)
        run("cmake", "--build", "build", cwd=project)
        plugins = list((project / "build").glob("*.so"))
        if len(plugins) != 1:
            sys.exit(f"{project} built {plugins}")
        if program:
            print(run(program, "check", plugins[0]), end="")
            print(run(program, "describe", plugins[0].stem, "--plugin", plugins[0]).splitlines()[0])
            for configuration in project.glob("*.toml"):
                print(run(program, "check", configuration.name, cwd=project), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
