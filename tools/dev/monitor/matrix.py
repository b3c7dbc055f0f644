"""The cells of the accuracy bench: phantoms over optics, voxels, turnover, warp, noise, scene, tissue and course.

The full product of these factors has thousands of cells. Each column of the bench (a kind of data, with bars of its own)
takes instead the nine rows of the orthogonal array L9 over the four three-level factors, so that every level of each
meets every level of every other once; noise alternates along the rows, the course of the study along every second one.
Zero turnover has a column of its own with one cell for every kind of data.
"""
from dataclasses import dataclass, field

from monitor import another, views

REAL = "rr30a"

OPTICS = (
    ("sharp", {"psf_lateral_sigma_um": "0.18", "psf_axial_sigma_um": "0.7"}),
    ("middling", {"psf_lateral_sigma_um": "0.23", "psf_axial_sigma_um": "0.95"}),
    ("blurred", {"psf_lateral_sigma_um": "0.30", "psf_axial_sigma_um": "1.2"}),
)
VOXELS = (  # fields of 51 to 66 um and 28 to 40 um of depth
    ("fine", {"voxel_x_um": "0.08", "voxel_y_um": "0.08", "voxel_z_um": "0.5",
              "size_x": "640", "size_y": "640", "size_z": "56"}),
    ("usual", {"voxel_x_um": "0.12", "voxel_y_um": "0.12", "voxel_z_um": "1.0",
               "size_x": "512", "size_y": "512", "size_z": "40"}),
    ("coarse", {"voxel_x_um": "0.15", "voxel_y_um": "0.15", "voxel_z_um": "0.8",
                "size_x": "440", "size_y": "440", "size_z": "42"}),
)
TURNOVER = (("5%", 0.05), ("15%", 0.15), ("30%", 0.30))
WARP = ("none", "normal", "strong")
COURSE = ("control", "stress_ketamine")
L9 = ((0, 0, 0, 0), (0, 1, 1, 1), (0, 2, 2, 2), (1, 0, 1, 2), (1, 1, 2, 0), (1, 2, 0, 1), (2, 0, 2, 1), (2, 1, 0, 2),
      (2, 2, 1, 0))


@dataclass(frozen=True)
class Cell:
    """One phantom data set: its settings, and what the table says of it."""
    name: str
    column: str
    settings: dict = field(hash=False)
    words: str = ""

    @property
    def series(self):
        return int(self.settings.get("subjects", "1"))


# column: (title, scene, tissue, noise levels that alternate, rows of L9, first seed)
COLUMNS = {
    "high_moderate": ("high and moderate SNR", "simple", "clean", ("high_snr", "moderate"), range(9), 7100),
    "low": ("low SNR", "simple", "clean", ("low_snr",), range(9), 7200),
    "tangled": ("tangled scenes", "tangled", "clean", ("moderate", "high_snr"), range(9), 7300),
    "tangled_in_vivo": ("tangled, in vivo", "tangled", "in_vivo", ("moderate", "high_snr"), range(9), 7400),
    "in_vivo": ("simple, in vivo", "simple", "in_vivo", ("moderate", "low_snr"), (1, 5, 6), 7500),
    "crowded": ("crowded", "crowded", "clean", ("moderate", "high_snr"), (1, 5, 6), 7600),
}
ZERO = (("high_moderate", 1), ("low", 4), ("tangled", 5), ("tangled_in_vivo", 7))
TITLES = {key: column[0] for key, column in COLUMNS.items()} | {
    "zero": "zero turnover", REAL: "real: rr30a", "views": "real: rr30a in other views",
    "another": "another simulator", "another_dense": "another simulator, dense"}


def _cell(key, row, number, seed, turnover=None):
    _, scene, tissue, noises, _, _ = COLUMNS[key]
    optics, voxel, change, warp = L9[row]
    noise, course = noises[number % len(noises)], COURSE[(number // 2 + list(COLUMNS).index(key)) % 2]
    rate = TURNOVER[change][1] if turnover is None else turnover
    settings = {"seed": str(seed), "subjects": "2", "scene": scene, "tissue": tissue, "noise": noise,
                "warp": WARP[warp], "course": course, "elimination_rate": str(rate), "formation_rate": str(rate),
                **OPTICS[optics][1], **VOXELS[voxel][1]}
    words = f"{noise} {OPTICS[optics][0]} {VOXELS[voxel][0]} {rate:.0%} warp {WARP[warp]} {course}"
    return settings, words


def cells():
    """All cells by name; a first one of every column, then a second one, so that a stopped bench says something of all."""
    rounds = []
    for key, (_, _, _, _, rows, seed) in COLUMNS.items():
        for number, row in enumerate(rows):
            settings, words = _cell(key, row, number, seed + row)
            rounds.append((number, Cell(f"{key}_{row + 1}", key, settings, words)))
    for number, (key, row) in enumerate(ZERO):
        settings, words = _cell(key, row, number, 7700 + number, turnover=0.0)
        scene = f"{settings['scene']} {settings['tissue']} "
        rounds.append((number, Cell(f"zero_{key}", "zero", settings, scene + words)))
    rounds.sort(key=lambda pair: pair[0])
    return {cell.name: cell for _, cell in rounds}


# The real stacks in other views: the mean over all of them is what a choice between methods should be made by.
VIEWS = {f"{REAL}_{way}": Cell(f"{REAL}_{way}", "views", {"view": way}, words) for way, words in views.VIEWS.items()}

# Phantoms that `spinechron phantom` did not make: what is fitted to that one's ways falls here. Dense scenes apart.
ANOTHER = {f"another_{scope}_{scene}": Cell(
    f"another_{scope}_{scene}", "another_dense" if scene == "dense" else "another",
    {"scope": scope, "scene": scene, "seed": str(9000 + number), "subjects": "2"}, f"{scope}, {scene} dendrites")
    for number, (scene, scope) in enumerate((scene, scope) for scene in another.SCENES for scope in another.SCOPES)}

QUICK = Cell("quick", "quick", {"seed": "301", "size_x": "384", "size_y": "384", "size_z": "30", "subjects": "2"})

# Goals of every column. Rate errors are of shares (0.02: two points of a hundred).
BARS = {
    "high_moderate": {"detection": 0.93, "eliminated": 0.92, "formed": 0.92, "identity": 0.99, "rate_mae": 0.02,
                      "rate_bias": 0.01, "no_verdict": 0.05},
    "low": {"detection": 0.90, "eliminated": 0.82, "formed": 0.82, "identity": 0.98, "rate_mae": 0.04,
            "rate_bias": 0.02, "no_verdict": 0.10},
    "tangled": {"detection": 0.90, "eliminated": 0.85, "formed": 0.85, "identity": 0.98, "rate_mae": 0.03,
                "rate_bias": 0.015, "no_verdict": 0.08},
    "tangled_in_vivo": {"detection": 0.88, "eliminated": 0.82, "formed": 0.82, "identity": 0.98, "rate_mae": 0.04,
                        "rate_bias": 0.02, "no_verdict": 0.10},
    REAL: {"detection": 0.94, "eliminated": 0.96, "formed": 0.96, "identity": 0.99, "rate_mae": 0.02,
           "rate_bias": 0.01, "no_verdict": 0.05},
    "zero": {"false_per_100": 1.0},
}
BAR_CALIBRATION = 0.05  # of every column
BAR_CPU_S = 10          # of a series of 3 x 512 x 512 x 40
LEAST_EVENTS = 40       # true ones of each kind in a column with bars
