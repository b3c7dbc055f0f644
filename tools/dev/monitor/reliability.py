"""A reliability diagram as SVG: stated probability against the share that came true, a panel for each column."""
from monitor.figures import calibration_error, wilson

SIDE, GAP, TOP, LEFT = 150, 46, 34, 46
INK, MUTED, LINE = "#1a1a1a", "#8a8a8a", "#1f5fa8"


def _panel(x0, y0, title, bins):
    def at(p, q):
        return x0 + p * SIDE, y0 + (1 - q) * SIDE

    parts = [f'<rect x="{x0}" y="{y0}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{MUTED}"/>',
             f'<line x1="{x0}" y1="{y0 + SIDE}" x2="{x0 + SIDE}" y2="{y0}" stroke="{MUTED}" stroke-dasharray="4 3"/>']
    for tick in (0, 0.5, 1):
        x, y = at(tick, tick)
        parts.append(f'<text x="{x:.1f}" y="{y0 + SIDE + 14}" text-anchor="middle" fill="{MUTED}">{tick:g}</text>')
        parts.append(f'<text x="{x0 - 6}" y="{y + 4:.1f}" text-anchor="end" fill="{MUTED}">{tick:g}</text>')
    points = []
    for _, n, stated, right in bins:
        x, y = at(stated, right)
        low, high = wilson(right * n, n)
        parts.append(f'<line x1="{x:.1f}" y1="{at(0, low)[1]:.1f}" x2="{x:.1f}" y2="{at(0, high)[1]:.1f}" '
                     f'stroke="{LINE}" stroke-opacity="0.45"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{min(7, 1.5 + n ** 0.5 / 6):.1f}" fill="{LINE}">'
                     f'<title>{n} events stated {stated:.2f}, {right:.2f} came true</title></circle>')
        points.append(f"{x:.1f},{y:.1f}")
    parts.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{LINE}"/>')
    error = calibration_error(bins)
    note = "no events" if error is None else f"error {error:.3f}, {sum(b[1] for b in bins)} events"
    parts.append(f'<text x="{x0}" y="{y0 - 18}" fill="{INK}" font-weight="bold">{title}</text>')
    parts.append(f'<text x="{x0}" y="{y0 - 5}" fill="{INK}">{note}</text>')
    return parts


def diagram(columns):
    """`columns`: title -> bins of monitor.figures.pooled_bins. Bars are 95% intervals, dots grow with the number."""
    per_row = 4
    rows = (len(columns) + per_row - 1) // per_row
    width = LEFT + min(per_row, len(columns)) * (SIDE + GAP)
    height = rows * (SIDE + TOP + GAP) + 18
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
             f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="{height}" fill="white"/>']
    for i, (title, bins) in enumerate(columns.items()):
        parts += _panel(LEFT + (i % per_row) * (SIDE + GAP), TOP + (i // per_row) * (SIDE + TOP + GAP), title, bins)
    parts.append(f'<text x="{LEFT}" y="{height - 8}" fill="{INK}">across: stated probability of an event; up: share that '
                 'came true</text></svg>')
    return "\n".join(parts) + "\n"
