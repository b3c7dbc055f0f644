"""Figures from plain counts: of a cell, of a column, with intervals that say how much they can be trusted."""
import math
import random

# name: +1 if more is better, -1 if less is. The order is that of the table.
SENSE = {"detection": 1, "precision": 1, "recall": 1, "eliminated": 1, "formed": 1, "identity": 1, "no_verdict": -1,
         "rate_mae": -1, "rate_bias": -1, "calibration_error": -1, "false_per_100": -1}
KINDS = ("detection", "eliminated", "formed")


def ratio(part, whole):
    return part / whole if whole else None


def wilson(part, whole, z=1.96):
    """95% interval of a share; `part` and `whole` may be halves (an F1 is the share tp of tp + (fp + fn) / 2)."""
    if not whole:
        return None
    p, n = part / whole, whole
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def f1_counts(samples, kind):
    tp, fp, fn = (sum(s[kind][k] for s in samples) for k in ("tp", "fp", "fn"))
    return tp, tp + (fp + fn) / 2


def total(samples, key):
    return sum(s[key] for s in samples)


def of_samples(samples):
    """All figures that counts of samples give, those that nothing stands behind as None."""
    tp, fp, fn = (sum(s["detection"][k] for s in samples) for k in ("tp", "fp", "fn"))
    figures = {kind: ratio(*f1_counts(samples, kind)) for kind in KINDS}
    figures["precision"], figures["recall"] = ratio(tp, tp + fp), ratio(tp, tp + fn)
    figures["identity"] = ratio(total(samples, "same"), total(samples, "pairs"))
    figures["no_verdict"] = ratio(total(samples, "silent"), total(samples, "asked"))
    lost = [r[1] - r[0] for s in samples for r in s["rates"]]
    born = [r[3] - r[2] for s in samples for r in s["rates"]]
    # Over both rates; of their two biases the one that is farther off.
    figures["rate_mae"] = ratio(sum(map(abs, lost + born)), len(lost + born))
    biases = [sum(x) / len(x) for x in (lost, born) if x]
    figures["rate_bias"] = max(biases, key=abs) if biases else None
    changed = total(samples, "changed_verdicts")
    figures["false_per_100"] = (ratio(100 * changed, changed + total(samples, "stable_verdicts"))
                                if not any(s[k]["tp"] + s[k]["fn"] for s in samples for k in KINDS[1:]) else None)
    return figures


def pooled_bins(judged):
    """Bins of stated probability over several outputs of `evaluate`: [low, n, mean stated, share that came true]."""
    bins = {}
    for j in judged:
        for b in (j.get("calibration") or {}).get("bins", ()):
            n, stated, right = bins.get(b["low"], (0, 0.0, 0.0))
            bins[b["low"]] = (n + b["n"], stated + b["n"] * b["mean_p"], right + b["n"] * b["share_right"])
    return [(low, n, stated / n, right / n) for low, (n, stated, right) in sorted(bins.items())]


def calibration_error(bins):
    return ratio(sum(n * abs(stated - right) for _, n, stated, right in bins), sum(b[1] for b in bins))


def of_judged(judged):
    """Figures of one or several outputs of `evaluate --json`, pooled."""
    samples = [s for j in judged for s in j["samples"].values()]
    figures = of_samples(samples)
    figures["calibration_error"] = calibration_error(pooled_bins(judged))
    return figures


def true_events(judged):
    """Numbers of eliminated and formed spines that a fair judge can see."""
    return tuple(sum(s[k]["tp"] + s[k]["fn"] for j in judged for s in j["samples"].values()) for k in KINDS[1:])


def _shares(samples):
    result = {kind: wilson(*f1_counts(samples, kind)) for kind in KINDS}
    result["identity"] = wilson(total(samples, "same"), total(samples, "pairs"))
    result["no_verdict"] = wilson(total(samples, "silent"), total(samples, "asked"))
    return result


LEAST_DRAWN = 6  # series that are worth drawing from


def intervals(judged, draws=1000):
    """95% intervals from drawing series with replacement, since spines of one series share its optics and its luck; of few
    series Wilson's, and of shares only."""
    samples = [s for j in judged for s in j["samples"].values()]
    if len(samples) < LEAST_DRAWN:
        return _shares(samples)
    rng = random.Random(1)
    seen = {}
    for _ in range(draws):
        for name, value in of_samples(rng.choices(samples, k=len(samples))).items():
            if value is not None:
                seen.setdefault(name, []).append(value)
    return {name: (v[int(0.025 * len(v))], v[min(len(v) - 1, int(0.975 * len(v)))])
            for name, v in ((n, sorted(x)) for n, x in seen.items())}
