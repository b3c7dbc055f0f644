#!/usr/bin/env python3
"""usage: beside_truth.py TRUTH OUT: events of a run on a phantom beside the true ones, interval by interval.

The truth counts what a fair judge could see: visible where the spine is, inside the field where it is not.
"""
import csv
import pathlib
import sys


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def true_events(rows):
    """(session_from, session_to) -> {event: number}, in the order of the sessions."""
    sessions = list(dict.fromkeys(r["session"] for r in rows))
    at = {(r["session"], r["spine"]): r for r in rows}
    counts = {}
    for a, b in zip(sessions, sessions[1:]):
        n = counts[a, b] = {"eliminated": 0, "formed": 0}
        for spine in dict.fromkeys(r["spine"] for r in rows):
            before, after = at[a, spine], at[b, spine]
            if (before["state"], after["state"]) == ("present", "absent"):
                n["eliminated"] += before["visible"] == "1" and after["inside"] == "1"
            elif (before["state"], after["state"]) == ("absent", "present"):
                n["formed"] += after["visible"] == "1" and before["inside"] == "1"
    return counts


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    truth, out = map(pathlib.Path, sys.argv[1:])
    print(f"{'sample':<20}{'interval':<24}{'eliminated':>11}{'truth':>7}{'formed':>9}{'truth':>7}")
    for path in sorted(truth.glob("*_truth.tsv")):
        stem = path.name.removesuffix("_truth.tsv")
        events = [r for file in out.glob(f"sub-*/micr/{stem}_events.tsv") for r in table(file)]
        for (a, b), true in true_events(table(path)).items():
            found = [r["event"] for r in events if (r["session_from"], r["session_to"]) == (a, b)]
            print(f"{stem:<20}{a + ' -> ' + b:<24}{found.count('eliminated'):>11}{true['eliminated']:>7}"
                  f"{found.count('formed'):>9}{true['formed']:>7}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
