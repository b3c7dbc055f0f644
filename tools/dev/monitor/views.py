"""The same real stacks seen in other ways: mirrored, turned, dimmer, coarser, blurred; truth and images alike.

Real stacks with annotation are few, so one figure of them is a draw: what a method gains on the stack as it is and loses on
its mirror image is chance. Needs python3-numpy, python3-scipy and python3-tifffile.
"""
import csv
import json
import shutil

VIEWS = {
    "mirrored_x": "x runs backwards",
    "mirrored_z": "z runs backwards",
    "transposed": "x and y swapped",
    "dim": "half the light, drawn binomially from the counts",
    "coarse": "voxels of 0.15 um laterally, linear interpolation",
    "blurred": "laterally smoothed, sigma 0.15 um",
}
COARSE_UM, BLUR_UM = 0.15, 0.15
AXES = ("x", "y", "z")


def _axes_of(row):
    """The names of the columns that hold positions, three by three."""
    return [names for names in ([f"{a}_um" for a in AXES], [f"base_{a}" for a in AXES]) if names[0] in row]


def _view_of_table(source, dest, place):
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        for names in _axes_of(row):
            if row[names[0]] not in ("", "n/a"):
                for name, value in zip(names, place([float(row[n]) for n in names])):
                    row[name] = f"{value:.3f}"
    with dest.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _view_of_image(view, image, voxel_um, seed):
    """Image (z, y, x), voxel size (x, y, z) and the function that moves a place (x, y, z) in um along with it."""
    import numpy as np
    from scipy import ndimage
    extent = [(n - 1) * v for n, v in zip(image.shape[::-1], voxel_um)]
    if view == "mirrored_x":
        return image[:, :, ::-1], voxel_um, lambda p: (extent[0] - p[0], p[1], p[2])
    if view == "mirrored_z":
        return image[::-1], voxel_um, lambda p: (p[0], p[1], extent[2] - p[2])
    if view == "transposed":
        return image.transpose(0, 2, 1), (voxel_um[1], voxel_um[0], voxel_um[2]), lambda p: (p[1], p[0], p[2])
    if view == "dim":
        return np.random.default_rng(seed).binomial(image, 0.5), voxel_um, lambda p: p
    if view == "coarse":
        at = np.meshgrid(*(np.arange(0, e / COARSE_UM + 1e-6) * COARSE_UM / v
                           for e, v in zip(extent[1::-1], voxel_um[1::-1])), indexing="ij")
        small = np.stack([ndimage.map_coordinates(s.astype(np.float32), at, order=1) for s in image])
        return np.rint(small), (COARSE_UM, COARSE_UM, voxel_um[2]), lambda p: p
    if view == "blurred":
        sigma = (0, BLUR_UM / voxel_um[1], BLUR_UM / voxel_um[0])
        return np.rint(ndimage.gaussian_filter(image.astype(np.float32), sigma)), voxel_um, lambda p: p
    raise ValueError(view)


def make(view, source, dest):
    """Writes the BIDS folder `dest` with its truth/: every image and truth table of `source` in this view."""
    import numpy as np
    import tifffile
    shutil.copytree(source, dest, ignore=shutil.ignore_patterns("*.tif", "*.json", "*_truth.tsv", "*_region.tsv"))
    shutil.copy(source / "dataset_description.json", dest)
    place = None
    for number, path in enumerate(sorted(source.glob("sub-*/ses-*/micr/*.ome.tif"))):
        sidecar = path.with_name(path.name.replace(".ome.tif", ".json"))
        said = json.loads(sidecar.read_text())
        image, voxel, place = _view_of_image(view, tifffile.imread(path), said["PixelSize"], number)
        said["PixelSize"] = list(voxel)
        (dest / sidecar.relative_to(source)).write_text(json.dumps(said, indent=1))
        tifffile.imwrite(dest / path.relative_to(source), np.ascontiguousarray(image, dtype=np.uint16), metadata={
            "axes": "ZYX", **{f"PhysicalSize{a}": v for a, v in zip("XYZ", voxel)}}, ome=True)
    for path in sorted((source / "truth").glob("*.tsv")):
        _view_of_table(path, dest / "truth" / path.name, place)
