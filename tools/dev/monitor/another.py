"""Phantoms by another simulator than `spinechron phantom`, so that nothing can be fitted to that one's ways.

Dendrites bend, taper and swell; spines have bent angles, necks of their own widths and heads that are not round; axons with
boutons and bright granules pass by. Light is drawn point by point, imaged by the two-photon PSF of a Gaussian beam (an
hourglass, whose tails fall off as powers) with exponential scatter, and lost to depth and shading. The detector gives every
photon its own gain, smears it along the line, and clips; slices jitter, and rows of a bidirectional scan are out of phase.
Between sessions the tissue is turned, shifted, and bent by plane waves. Truth follows the rule of a fair judge
(pipeline/phantom/truth.hpp). Needs python3-numpy, python3-scipy and python3-tifffile.
"""
import csv
import json
from dataclasses import dataclass, field

SESSIONS = ("baseline", "stress", "ketamine")
STEP = 0.1  # um between points of a dendrite's line
JUDGE = {"lateral_um": 0.4, "dprime": 8, "contrast": 0.15, "shaft_share": 0.06, "other_share": 0.7, "near_um": 0.7}


@dataclass(frozen=True)
class Scope:
    """A microscope with its tissue: voxels and lengths in um, gain and read noise in counts."""
    voxel: float
    slice: float
    slices: int
    waist: float     # lateral standard deviation of the PSF in focus
    rayleigh: float  # depth over which it widens by the root of two
    photons: float   # at the axis of the median dendrite
    haze: float      # share of the light that is scattered
    gain: float
    offset: float
    read: float
    bits: int
    frames: int      # summed
    jitter: float    # of a slice, standard deviation
    phase: float     # between odd and even rows, pixels
    smear: float     # share of a pixel's light in its follower on the line
    axons: int
    granules: int


SCOPES = {
    "crisp": Scope(.117, 1.0, 40, .19, .75, 90, .03, 12, 40, 4, 12, 1, .03, 0, 0, 1, 2),
    "vivo": Scope(.10, 1.0, 40, .25, .95, 40, .10, 25, 15, 10, 12, 2, .10, .3, .3, 6, 10),
    "dim": Scope(.13, 1.0, 40, .23, .90, 14, .05, 30, 60, 8, 12, 1, .05, 0, .15, 2, 4),
    "fine": Scope(.08, 0.5, 64, .20, .80, 40, .05, 100, 300, 60, 16, 1, .04, .2, .2, 3, 6),
    "deep": Scope(.15, 1.0, 40, .30, 1.2, 50, .15, 3, 2, 1.5, 8, 1, .08, 0, .2, 8, 12),
}
SCENES = {"few": (3, 0, .35), "many": (4, 2, .35), "dense": (5, 0, .8)}  # dendrites, branches, spines per um
PIXELS = 512
EXCESS = 1.25  # variance of a photon's gain, and one


@dataclass
class Line:
    points: object
    radius: object
    brightness: float

    @property
    def length(self):
        return (len(self.points) - 1) * STEP


@dataclass
class Spine:
    line: int
    arc: float
    kind: str
    head: float   # radius, um
    neck: float   # its length, um
    thin: float   # its radius, um
    stretch: float
    brightness: float
    angle: float
    lean: float
    alive: object = field(default=None)  # by session, as what follows
    size: object = field(default=None)
    turn: object = field(default=None)


class Tissue:
    """What is there before anything is imaged."""

    def __init__(self, np, rng, scope, scene, extent):
        self.np, self.rng, self.extent = np, rng, extent
        dendrites, branches, density = SCENES[scene]
        self.dendrites = [self.dendrite() for _ in range(dendrites)]
        self.dendrites += [self.dendrite(self.dendrites[rng.integers(dendrites)]) for _ in range(branches)]
        self.axons = [self.axon() for _ in range(scope.axons)]
        self.granules = [(rng.uniform(size=3) * extent, rng.uniform(.15, .5), rng.uniform(.3, 1.2))
                         for _ in range(scope.granules)]
        turnover = rng.choice([.08, .2, .3])
        self.spines = [s for i in range(len(self.dendrites)) for s in self.spines_of(i, density, turnover)]

    def path(self, start, toward, steps, curl, margin):
        np, rng, low, high = self.np, self.rng, margin, self.extent[2] - margin
        points, way, bend = [np.asarray(start, float)], np.asarray(toward, float), np.zeros(3)
        way = way / np.linalg.norm(way)
        for _ in range(steps):
            bend = .97 * bend + curl * rng.normal(size=3) * (1, 1, .4)
            way = way + STEP * bend
            way[2] *= .995
            way /= np.linalg.norm(way)
            if not low <= points[-1][2] + STEP * way[2] <= high:
                way[2] *= -.3
                bend[2] = 0
                way /= np.linalg.norm(way)
            points.append(points[-1] + STEP * way)
        return np.array(points)

    def waves(self, count, length):
        from scipy.ndimage import gaussian_filter1d
        np, sigma = self.np, length / STEP
        noise = gaussian_filter1d(self.rng.normal(size=count + int(8 * sigma)), sigma)[int(4 * sigma):][:count]
        return noise / (noise.std() + 1e-9)

    def dendrite(self, parent=None):
        np, rng, size = self.np, self.rng, self.extent[0]
        if parent is None:
            t, middle = rng.uniform(.15, .85) * size, size / 2 + rng.normal(size=2) * size / 6
            start = np.array([(-4, t), (size + 4, t), (t, -4), (t, size + 4)][rng.integers(4)])
            toward = [*(middle - start), 3 * rng.normal()]
            start = [*start, rng.uniform(.2, .8) * self.extent[2]]
            radius, length = rng.uniform(.28, .5), size * rng.choice([.7, 1.4, 1.4]) + 8
        else:
            k = int(len(parent.points) * rng.uniform(.25, .6))
            along = parent.points[k + 3] - parent.points[k - 3]
            along /= np.linalg.norm(along)
            start, toward = parent.points[k], .6 * along + .8 * rng.choice([-1, 1]) * np.array([-along[1], along[0], 0])
            radius, length = max(.25, .85 * parent.radius[k]), rng.uniform(.3, .7) * size
        points = self.path(start, toward, int(length / STEP), .014, 2)
        arc = np.arange(len(points)) * STEP
        shape = radius * (1 - .2 * arc / arc[-1]) * (1 + .12 * self.waves(len(arc), 2.0)).clip(.6, 1.5)
        for _ in range(rng.poisson(arc[-1] / 25)):  # varicosities
            shape = shape * (1 + .35 * np.exp(-.5 * ((arc - rng.uniform(0, arc[-1])) / .6) ** 2))
        return Line(points, shape, rng.uniform(.7, 1.2))

    def axon(self):
        np, rng = self.np, self.rng
        start = [*(rng.uniform(size=2) * self.extent[:2]), rng.uniform(3, self.extent[2] - 3)]
        points = self.path(start, rng.normal(size=3) * (1, 1, .2), int(1.3 * self.extent[0] / STEP), .05, 1)
        arc, radius, bouton = np.arange(len(points)) * STEP, np.full(len(points), .09), 0.0
        while bouton < arc[-1]:
            bouton += rng.exponential(5) + 1
            radius = radius + rng.uniform(.15, .35) * np.exp(-.5 * ((arc - bouton) / .35) ** 2)
        return Line(points, radius, rng.uniform(.4, .9))

    def spines_of(self, line, density, turnover):
        np, rng, length = self.np, self.rng, self.dendrites[line].length
        heads = {"mushroom": (.27, .48), "thin": (.16, .28), "stubby": (.22, .38), "filopodium": (.09, .09)}
        necks = {"mushroom": (.6, 1.5), "thin": (.5, 1.9), "stubby": (.05, .35), "filopodium": (1.5, 3.5)}
        for _ in range(rng.poisson(density * length * (1 + 2 * turnover))):
            kind = rng.choice(list(heads), p=[.35, .4, .2, .05])
            spine = Spine(line, rng.uniform(.5, length - .5), kind, rng.uniform(*heads[kind]), rng.uniform(*necks[kind]),
                          rng.uniform(.05, .12), rng.uniform(.8, 1.3), rng.lognormal(0, .12), rng.uniform(0, 2 * np.pi),
                          .3 * rng.normal())
            spine.alive, fate, born = np.ones(3, bool), rng.uniform(), turnover / (1 + 2 * turnover)
            if fate < 2 * born:
                spine.alive[:1 if fate < born else 2] = False
            elif rng.uniform() < turnover:
                spine.alive[1:] = False, rng.uniform() < .3
            elif rng.uniform() < turnover:
                spine.alive[2] = False
            growth = [0.0]
            for _ in SESSIONS[1:]:
                growth.append(.8 * growth[-1] + .13 * rng.normal())
            spine.size, spine.turn = np.exp(growth), .12 * rng.normal(size=(3, 2))
            yield spine

    def tube(self, line, density):
        """Points of light of a tube with an elliptic section, and their weights in um3 of dye."""
        np, rng, count = self.np, self.rng, len(line.points)
        volume = np.pi * line.radius ** 2 * STEP
        drawn = rng.poisson(np.maximum(volume * density, 3))
        of = np.repeat(np.arange(count), drawn)
        along = np.gradient(line.points, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        beside = np.stack([-along[:, 1], along[:, 0], np.zeros(count)], 1)
        beside /= np.linalg.norm(beside, axis=1, keepdims=True) + 1e-9
        out, angle = np.sqrt(rng.uniform(size=len(of))) * line.radius[of], rng.uniform(0, 2 * np.pi, len(of))
        points = (line.points[of] + along[of] * (rng.uniform(size=(len(of), 1)) - .5) * STEP
                  + beside[of] * (out * np.cos(angle))[:, None]
                  + np.cross(along, beside)[of] * (.85 * out * np.sin(angle))[:, None])
        return points, (volume / np.maximum(drawn, 1))[of] * line.brightness

    def ball(self, centre, radius, count, stretch_along=None, stretch=1.0):
        np, rng = self.np, self.rng
        points = rng.normal(size=(count, 3))
        points *= radius * rng.uniform(size=(count, 1)) ** (1 / 3) / np.linalg.norm(points, axis=1, keepdims=True)
        if stretch_along is not None:
            points += (points @ stretch_along)[:, None] * stretch_along * (stretch - 1)
        return centre + points

    def spine(self, spine, session):
        """Points and weights of a spine's light; where its head, base, tip and the axis are."""
        np, rng, line = self.np, self.rng, self.dendrites[spine.line]
        k = int(np.clip(spine.arc / STEP, 3, len(line.points) - 4))
        axis, along = line.points[k], line.points[k + 3] - line.points[k - 3]
        along /= np.linalg.norm(along)
        beside = np.array([-along[1], along[0], 0])
        beside /= np.linalg.norm(beside) + 1e-9
        angle, lean = spine.angle + spine.turn[session, 0], spine.lean + spine.turn[session, 1]
        out = (np.cos(angle) * beside + np.sin(angle) * np.cross(along, beside)) * np.cos(lean) + along * np.sin(lean)
        radius, base = spine.head * spine.size[session], axis + out * line.radius[k]
        points, weights, neck, thin = [], [], spine.neck, spine.thin
        if spine.kind == "filopodium":
            neck += 2 * radius
            head, tip = base + .85 * neck * out, base + neck * out
        else:
            head, tip = base + (neck + .8 * radius) * out, base + (neck + 1.8 * radius) * out
            volume = 4 / 3 * np.pi * radius ** 3 * spine.stretch
            points.append(self.ball(head, radius, max(40, int(4000 * volume)), out, spine.stretch))
            weights.append(np.full(len(points[0]), volume / len(points[0])))
            thin = .9 * radius if spine.kind == "stubby" else thin
        volume = np.pi * thin ** 2 * max(neck, .05)
        count = max(20, int(4000 * volume))
        side = np.cross(out, along)
        side /= np.linalg.norm(side) + 1e-9
        off, turn = thin * np.sqrt(rng.uniform(size=(count, 1))), rng.uniform(0, 2 * np.pi, (count, 1))
        points.append(base - .1 * out + out * rng.uniform(size=(count, 1)) * (neck + .1)
                      + off * (np.cos(turn) * side + np.sin(turn) * np.cross(out, side)))
        weights.append(np.full(count, volume / count))
        weight = np.concatenate(weights) * spine.brightness * line.brightness
        return np.vstack(points), weight, np.array([head, base, tip, axis])


class Optics:
    """Points of light become a picture."""

    def __init__(self, np, scope):
        from scipy.fft import next_fast_len, rfftn
        self.np, self.scope, self.shape = np, scope, (scope.slices, PIXELS, PIXELS)
        self.voxel = np.array([scope.voxel, scope.voxel, scope.slice])
        lateral, axial = (np.arange(-int(r / v), int(r / v) + 1) * v for r, v in ((3, scope.voxel), (7, scope.slice)))
        r2, z = lateral[:, None] ** 2 + lateral[None] ** 2, axial[:, None, None]
        width = scope.waist * np.sqrt(1 + (z / scope.rayleigh) ** 2)
        core = width ** -4 * np.exp(-.5 * r2[None] / width ** 2)  # the beam's intensity squared
        tail = np.exp(-np.sqrt(r2) / .7)[None] * np.exp(-np.abs(z) / 2.5)
        self.psf = (1 - scope.haze) * core / core.sum() + scope.haze * tail / tail.sum()
        self.psf /= np.prod(self.voxel)
        self.padded = [next_fast_len(a + b - 1, True) for a, b in zip(self.shape, self.psf.shape)]
        self.transform = rfftn(self.psf, self.padded)

    def spread(self, points, weights, shape, origin=(0, 0, 0)):
        """Each point's weight on its eight voxels, linearly."""
        np, image = self.np, self.np.zeros(shape)
        at = ((points - np.asarray(origin)) / self.voxel)[:, ::-1]
        first = np.floor(at).astype(int)
        rest = at - first
        for corner in np.ndindex(2, 2, 2):
            weight = np.prod(np.where(corner, rest, 1 - rest), axis=1) * weights
            place = first + corner
            inside = ((place >= 0) & (place < shape)).all(1)
            np.add.at(image, tuple(place[inside].T), weight[inside])
        return image

    def picture(self, lights):
        from scipy.fft import irfftn, rfftn
        light = self.spread(self.np.vstack([p for p, _ in lights]), self.np.concatenate([w for _, w in lights]), self.shape)
        full = irfftn(rfftn(light, self.padded) * self.transform, self.padded)
        return full[tuple(slice(k // 2, k // 2 + n) for k, n in zip(self.psf.shape, self.shape))]

    def detail(self, points, weights, centre):
        """The picture of a few points round a voxel (z, y, x), and its place in the whole."""
        from scipy.signal import fftconvolve
        reach = [int(3.5 / self.scope.slice)] + 2 * [int(1.6 / self.scope.voxel)]
        box = tuple(slice(max(0, c - r), min(n, c + r + 1)) for c, r, n in zip(centre, reach, self.shape))
        origin = [s.start for s in box][::-1] * self.voxel
        return fftconvolve(self.spread(points, weights, [s.stop - s.start for s in box], origin), self.psf, mode="same"), box


def bend_of(np, rng, extent):
    """A session's deformation of the tissue: turned, tilted, stretched in depth, shifted, and four plane waves."""
    amplitude = rng.uniform(.1, .45)
    waves = [(2 * np.pi / rng.uniform(30, 70) * rng.normal(size=3) * (1, 1, .5),
              amplitude * rng.normal(size=3) * (1, 1, .6), rng.uniform(0, 2 * np.pi)) for _ in range(4)]
    turn, tilt = np.deg2rad(1.5 * rng.normal()), np.deg2rad(.8 * rng.normal(size=2))
    linear = (np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
              @ np.array([[1, 0, tilt[0]], [0, 1, tilt[1]], [-tilt[0], -tilt[1], 1]]))
    depth, shift, middle = 1 + .01 * rng.normal(), rng.normal(size=3) * (2, 2, 1.2), extent / 2

    def bend(points):
        moved = (points - middle) @ linear.T * (1, 1, depth) + middle + shift
        return moved + sum(np.sin(points @ k + start)[..., None] * by for k, by, start in waves)
    return bend


def detect(np, rng, scope, clean):
    """Counts of a picture in photons."""
    from scipy import ndimage
    rows, image = np.arange(PIXELS), np.empty_like(clean)
    for z, slice_ in enumerate(clean):
        x, y = rng.normal(size=2) * scope.jitter / scope.voxel
        sway = .5 * scope.jitter / scope.voxel * np.sin(rows / 40 + rng.uniform(0, 6))
        dx = x + sway + scope.phase * (rows % 2 - .5)
        yy, xx = np.meshgrid(rows + y, rows, indexing="ij")
        image[z] = ndimage.map_coordinates(slice_, [yy, xx + dx[:, None]], order=1, mode="nearest")
    counts = 0
    for _ in range(scope.frames):
        photons = rng.poisson(np.maximum(image, 0) / scope.frames)
        light = rng.gamma(np.maximum(photons, 1e-9) / (EXCESS - 1), scope.gain * (EXCESS - 1)) * (photons > 0)
        light = ndimage.convolve1d(light, [0, 1 - scope.smear, scope.smear], axis=2)
        counts = counts + light + rng.normal(size=image.shape) * scope.read + scope.offset
    return np.clip(np.round(counts), 0, 2 ** scope.bits - 1).astype(np.uint8 if scope.bits == 8 else np.uint16)


class Session:
    """One session imaged, and the truth of it."""

    def __init__(self, np, rng, scope, tissue, optics, number, photons_per_light):
        self.np, self.scope, self.tissue, self.optics, self.number = np, scope, tissue, optics, number
        bend = bend_of(np, rng, tissue.extent)
        drawn = [tissue.spine(s, number) for s in tissue.spines]
        self.spines = [(bend(p), w, bend(places)) for p, w, places in drawn]
        self.lines = [bend(d.points) for d in tissue.dendrites]
        tubes = [tissue.tube(d, 700) for d in tissue.dendrites]
        others = [tissue.tube(a, 2500) for a in tissue.axons]
        others += [(tissue.ball(c, r, 300), np.full(300, 4 / 3 * np.pi * r ** 3 * b / 300)) for c, r, b in tissue.granules]
        shafts = optics.picture([(bend(p), w) for p, w in tubes])
        self.photons = photons_per_light or scope.photons / np.median(
            [shafts[self.voxel_of(p)] for line in self.lines for p in line[::10] if self.inside(p, 0, 0)])
        y, x = np.mgrid[:PIXELS, :PIXELS] / PIXELS
        depth = np.exp(-np.arange(scope.slices) * scope.slice / 150)[:, None, None]
        self.flux = rng.uniform(.8, 1.2) * depth * (1 - .25 * ((y - .55) ** 2 + (x - .5) ** 2)) * self.photons
        self.shafts = shafts * self.flux
        self.others = optics.picture([(bend(p), w) for p, w in others]) * self.flux
        alive = [(p, w) for (p, w, _), s in zip(self.spines, tissue.spines) if s.alive[number]]
        self.clean = (self.shafts + self.others + optics.picture(alive) * self.flux
                      + .06 * scope.haze * scope.photons * self.neuropil(rng))

    def neuropil(self, rng):
        from scipy import ndimage
        coarse = (self.scope.slices // 4 + 2, 36, 36)
        field_ = ndimage.gaussian_filter(rng.normal(size=coarse), (1, 1.5, 1.5))
        field_ = ndimage.zoom(field_, [n / c for n, c in zip(self.optics.shape, coarse)], order=1)
        return self.np.exp(.5 * field_ / field_.std())

    def voxel_of(self, point):
        last = self.np.array(self.optics.shape) - 1
        return tuple(self.np.clip(self.np.round(point / self.optics.voxel).astype(int)[::-1], 0, last))

    def inside(self, point, first, last):
        extent = self.tissue.extent
        return bool((point > first).all() and (point < extent - last).all())

    def half_width(self, radius):
        return self.np.hypot(.87 * radius, 1.18 * self.scope.waist)

    def judge(self, spine, light):
        """The row of one spine: state, head, base, visible, inside, d', and its head's peak."""
        np, scope, (points, weights, (head, base, tip, axis)) = self.np, self.scope, light
        present = bool(spine.alive[self.number])
        inside = self.inside(head, [1, 1, 1.5 * scope.slice], [1, 1, 2.5 * scope.slice])
        if not inside:
            return present, head, base, False, False, 0.0, 0.0
        centre = self.voxel_of(head)
        own, box = self.optics.detail(points, weights, centre)
        own = own * self.flux[box]
        rest = np.maximum(self.clean[box] - own * present, 1e-6)
        middle = tuple(c - s.start for c, s in zip(centre, box))
        noise = rest * EXCESS * (1 + 2 * scope.smear * (1 - scope.smear)) + scope.frames * (scope.read / scope.gain) ** 2
        dprime, peak = float(np.sqrt((own ** 2 / noise).sum())), own[middle]
        line = self.lines[spine.line]
        near_arc = np.abs(np.arange(len(line)) * STEP - spine.arc) < 4
        away = np.where(near_arc, np.hypot(*(line - tip)[:, :2].T), np.inf)
        foot = int(away.argmin())
        lateral = away[foot] - self.half_width(self.tissue.dendrites[spine.line].radius[foot])
        buried = self.others[centre] > JUDGE["other_share"] * peak
        for number, other in enumerate(self.lines):
            if number != spine.line:
                off = other - head
                k = int(np.hypot(off[:, 0], off[:, 1]).argmin())
                radius = self.tissue.dendrites[number].radius[k]
                buried |= bool(np.hypot(*off[k, :2]) < self.half_width(radius) + .3
                               and abs(off[k, 2]) < 2.5 * scope.rayleigh + radius)
        visible = (present and not buried and lateral >= JUDGE["lateral_um"] and dprime >= JUDGE["dprime"]
                   and peak / rest[middle] >= JUDGE["contrast"]
                   and peak >= JUDGE["shaft_share"] * self.shafts[self.voxel_of(axis)])
        return present, head, base, bool(visible), True, dprime, float(peak)

    def rows(self):
        judged = [self.judge(s, light) for s, light in zip(self.tissue.spines, self.spines)]
        for k, (spine, (present, head, base, visible, inside, dprime, peak)) in enumerate(zip(self.tissue.spines, judged)):
            off = [((head - other[1]) / (1, 1, 3), other[6]) for j, other in enumerate(judged) if j != k and other[0]]
            visible &= not any(p > peak and self.np.linalg.norm(d) < JUDGE["near_um"] for d, p in off)
            numbers = [f"{v:.4f}" for v in (*head, *base)]
            yield [SESSIONS[self.number], k + 1, spine.line + 1, "present" if present else "absent", *numbers, spine.kind,
                   int(visible), int(inside), 0, f"{2 * spine.head:.4f}", f"{spine.neck:.4f}", f"{spine.arc:.4f}",
                   f"{dprime:.3f}", ""]


COLUMNS = ("session spine dendrite state x_um y_um z_um base_x base_y base_z kind visible inside lateral_um head_um "
           "length_um arc_um dprime rescues").split()


def make(scope_name, scene, seed, subjects, dest):
    """Writes the BIDS folder `dest` with its truth/."""
    import numpy as np
    import tifffile
    scope = SCOPES[scope_name]
    optics = Optics(np, scope)
    extent = (np.array([PIXELS, PIXELS, scope.slices]) - 1) * optics.voxel
    (dest / "truth").mkdir(parents=True)
    said = {"Name": "phantoms by another simulator", "BIDSVersion": "1.9.0", "DatasetType": "raw"}
    (dest / "dataset_description.json").write_text(json.dumps(said))
    for subject in range(1, subjects + 1):
        rng = np.random.default_rng([seed, subject])
        tissue, rows, photons = Tissue(np, rng, scope, scene, extent), [], None
        for number, name in enumerate(SESSIONS):
            session = Session(np, rng, scope, tissue, optics, number, photons)
            photons = session.photons
            home = dest / f"sub-{subject:02d}" / f"ses-{name}" / "micr"
            home.mkdir(parents=True)
            stem = f"sub-{subject:02d}_ses-{name}_sample-A_2PE"
            tifffile.imwrite(home / (stem + ".ome.tif"), detect(np, rng, scope, session.clean), ome=True, metadata={
                "axes": "ZYX", **{f"PhysicalSize{a}": v for a, v in zip("XYZ", optics.voxel.tolist())}})
            (home / (stem + ".json")).write_text(json.dumps({"PixelSize": optics.voxel.tolist(), "PixelSizeUnits": "um"}))
            rows += session.rows()
        with (dest / "truth" / f"sub-{subject:02d}_sample-A_truth.tsv").open("w", newline="") as file:
            writer = csv.writer(file, delimiter="\t", lineterminator="\n")
            writer.writerows([COLUMNS, *rows])
