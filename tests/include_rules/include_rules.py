#!/usr/bin/env python3
"""Who may include whom: reads every C++ file under a root and names each line that breaks a rule.

usage: include_rules.py ROOT        exit status 1 if any rule is broken
       include_rules.py --self-test  breaks each rule on purpose and wants to hear of it
"""
import pathlib
import re
import sys
import tempfile

# Folder of pipeline/ -> folders it may include from; its own is always legal.
PIPELINE = {
    "core": set(),
    "bridge": {"core"},
    "io": {"core", "bridge"},
    "denoise": {"core", "bridge"},
    "segment": {"core", "bridge", "evidence"},
    "evidence": {"core", "bridge"},
    "align": {"core", "bridge", "evidence"},
    "detect": {"core", "bridge", "evidence"},
    "match": {"core", "bridge", "evidence"},
    "report": {"core", "bridge", "io"},
    "phantom": {"core"},
    "config": {"core"},
    "host": {"core", "sdk"},
}
PIPELINE["graph"] = set(PIPELINE)
TOOLS = set(PIPELINE)

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
FLOW_GRAPH = re.compile(r"^(oneapi/)?tbb/flow_graph")
DLOPEN = "dlfcn.h"
VOLUME = re.compile(r"^(itk[A-Z]\w*\.h|opencv2/|bridge/(itk|opencv)\.hpp)")


def own_folder(path):
    """'core' for pipeline/core/x.cpp, 'tools' for tools/spinechron/x.cpp, 'plugins/sdk' for what is in it."""
    parts = path.parts
    if parts[0] == "pipeline" and len(parts) > 2:
        return parts[1]
    if parts[0] == "plugins":
        return "plugins/" + parts[1]
    return parts[0]


def broken(path, target):
    """Why `path` (relative to the root) may not include `target`, or None."""
    me = own_folder(path)
    if FLOW_GRAPH.match(target) and me != "graph":
        return "TBB's flow graph is for graph/ only"
    if target == DLOPEN and me != "host" and not me.startswith("plugins/"):
        return "dlopen is for host/ only"
    if VOLUME.match(target) and path.suffix not in (".cpp", ".cc") and me not in ("bridge", "io"):
        return "ITK and OpenCV belong into .cpp files, bridge/ and io/"
    first = target.split("/")[0] if "/" in target else None
    if target.split("/")[-1].startswith("spinechron_plugin"):
        if me == "host" or me.startswith("plugins/"):
            return None
        return "the plugin interface is for host/ and plugins/ only"
    if me.startswith("plugins/"):
        return f"a plugin includes plugins/sdk only, not {target}" if first in PIPELINE else None
    if first not in PIPELINE or first == me:
        return None
    allowed = TOOLS if me == "tools" else PIPELINE.get(me)
    if allowed is None:
        return f"folder {me}/ is not in the list of tests/include_rules/include_rules.py: give it its place"
    if first not in allowed:
        return f"{me}/ may include {', '.join(sorted(allowed)) or 'nothing else'}, not {first}/"
    return None


def check(root):
    root = pathlib.Path(root)
    files = [p for top in ("pipeline", "tools", "plugins") for p in sorted((root / top).rglob("*"))
             if p.suffix in (".hpp", ".cpp", ".h", ".cc", ".c")]
    problems = []
    for file in files:
        path = file.relative_to(root)
        if path.parts[0] == "plugins" and len(path.parts) < 3:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = INCLUDE.match(line)
            why = found and broken(path, found.group(2))
            if why:
                problems.append(f"{path}:{number}: {line.strip()}: {why}")
    return len(files), problems


def self_test():
    wrong = {
        "pipeline/core/a.hpp": '#include "io/files.hpp"',
        "pipeline/segment/a.cpp": '#include "detect/peaks.hpp"',
        "pipeline/align/a.cpp": '#include "match/link.hpp"',
        "pipeline/denoise/a.cpp": '#include "evidence/evidence.hpp"',
        "pipeline/phantom/a.cpp": '#include "report/rates.hpp"',
        "pipeline/config/a.cpp": '#include "graph/batch.hpp"',
        "pipeline/host/a.cpp": '#include "io/files.hpp"',
        "pipeline/novel/a.cpp": '#include "core/image.hpp"',
        "pipeline/match/b.cpp": "#include <tbb/flow_graph.h>",
        "pipeline/match/c.cpp": "#include <oneapi/tbb/flow_graph.h>",
        "pipeline/graph/a.cpp": "#include <dlfcn.h>",
        "pipeline/segment/a.hpp": "#include <opencv2/core.hpp>",
        "pipeline/report/a.hpp": '#include "itkImage.h"',
        "pipeline/report/b.hpp": '#include "bridge/opencv.hpp"',
        "pipeline/graph/b.cpp": "  #  include <spinechron_plugin.h>",
        "plugins/tophat/a.cpp": '#include "core/image.hpp"',
        "tools/spinechron/a.hpp": "#include <opencv2/core.hpp>",
    }
    right = {
        "pipeline/io/r.hpp": "#include <itkImage.h>",
        "pipeline/bridge/r.hpp": "#include <opencv2/core.hpp>",
        "pipeline/segment/r.cpp": "#include <opencv2/core.hpp>",
        "pipeline/graph/r.hpp": "#include <tbb/flow_graph.h>",
        "pipeline/host/r.cpp": "#include <dlfcn.h>",
        "pipeline/match/r.cpp": '#include "evidence/evidence.hpp"',
        "pipeline/core/r.cpp": "// #include \"io/files.hpp\"",
        "plugins/tophat/r.c": '#include "spinechron_plugin.h"',
        "tools/spinechron/r.cpp": '#include "graph/batch.hpp"',
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**wrong, **right}.items():
            file = pathlib.Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("#pragma once\n" + text + "\n", encoding="utf-8")
        _, problems = check(folder)
    named = {p.split(":")[0] for p in problems}
    missed, falsely = sorted(set(wrong) - named), sorted(named - set(wrong))
    for name in missed:
        print(f"not noticed: {name}: {wrong[name]}")
    for name in falsely:
        print(f"wrongly named: {name}: {right[name]}")
    print(f"{len(wrong)} broken rules tried, {len(wrong) - len(missed)} noticed")
    return 1 if missed or falsely else 0


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    if sys.argv[1] == "--self-test":
        return self_test()
    count, problems = check(sys.argv[1])
    print("\n".join(problems + [f"{count} files, {len(problems)} includes against the rules"]))
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
