"""`spinechron group --table` on published counts (saline and ketamine mice): the program's group means, deviations and
numbers against the summary that comes with them, and the effect of ketamine on formation.

    published_table.py PROGRAM FOLDER

FOLDER holds dendrites.tsv and summary.tsv; without it the test is skipped (exit status 77)."""

import csv
import pathlib
import subprocess
import sys


def tables(text):
    """The program's tables, which stand below each other with an empty line between them."""
    return [list(csv.DictReader(part.splitlines(), delimiter="\t")) for part in text.split("\n\n")]


def run(program, table, *options):
    call = [program, "group", "--table", str(table), *options]
    return tables(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def wrong_figures(estimates, summary, selection):
    found = {(e["measure"], e["group"], e["session_to"]): e for e in estimates}
    for row in summary:
        if row["selection"] != selection:
            continue
        for measure, column, scale in (("density", "density", 1), ("formation", "formation_pct", 100),
                                       ("elimination", "elimination_pct", 100)):
            if row[column + "_mean"] == "n/a":
                continue
            e = found[measure, row["group"], row["day"]]
            for here, there in (("dendrite_mean", "_mean"), ("dendrite_sd", "_sd"), ("n_dendrites", "_n_dendrites"),
                                ("n_animals", "_n_mice")):
                due, got = float(row[column + there]), float(e[here]) * (scale if here.startswith("dendrite") else 1)
                if abs(got - due) > 1e-4 * scale:
                    yield f"{selection} {row['group']} day {row['day']} {measure} {here}: {got}, published {due}"


def main(program, folder):
    folder = pathlib.Path(folder)
    if not (folder / "dendrites.tsv").exists():
        print(f"the published counts are not there ({folder})")
        return 77
    with open(folder / "summary.tsv", encoding="utf-8") as file:
        summary = list(csv.DictReader(file, delimiter="\t"))
    wrong = []
    for selection, options in (("all", ()), ("used", ("--only-used",))):
        estimates, comparisons = run(program, folder / "dendrites.tsv", *options)
        wrong += wrong_figures(estimates, summary, selection)
        mean = {(e["group"], e["session_to"]): 100 * float(e["dendrite_mean"])
                for e in estimates if e["measure"] == "formation"}
        change = {group: mean[group, "1"] - mean[group, "-1"] for group in ("saline", "ketamine")}
        beyond = next(c for c in comparisons if c["contrast"] == "change_between_groups"
                      and c["measure"] == "formation" and c["session_to"] == "1")
        print(f"{selection} dendrites: formation {mean['ketamine', '-1']:.2f} -> {mean['ketamine', '1']:.2f} % with "
              f"ketamine, {mean['saline', '-1']:.2f} -> {mean['saline', '1']:.2f} % with saline; with the animal as "
              f"unit the change differs by {100 * float(beyond['difference']):.2f} points "
              f"({100 * float(beyond['low']):.2f} to {100 * float(beyond['high']):.2f}), "
              f"p = {float(beyond['p_permutation']):.3f}, {beyond['n_a']} and {beyond['n_b']} animals")
        # Published: 18.8 -> 25.2 % of all dendrites, 17.6 -> 24.8 % of those used; saline rises by 1.8.
        if not (6 < change["ketamine"] < 7.5 and 1.5 < change["saline"] < 2 and float(beyond["difference"]) > 0):
            wrong.append(f"{selection}: the rise of formation after ketamine is not found: {change}")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
