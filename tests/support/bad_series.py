"""Series that are broken, each in its own way, with real files; and what their reasons must say."""
import random
import struct


def nrrd(path, samples, size=(64, 64, 8), voxel=(0.12, 0.12, 1.0), announced=None):
    """A small 16-bit stack; `announced`: the sizes its header names."""
    header = ("NRRD0004\ntype: uint16\ndimension: {}\nsizes: {}\nencoding: raw\nendian: little\n".format(
        len(size), " ".join(map(str, announced or size))))
    if voxel:
        header += "spacings: {}\nunits: {}\n".format(" ".join(map(str, voxel)), " ".join(['"um"'] * len(voxel)))
    path.write_bytes(header.encode() + b"\n" + struct.pack(f"<{len(samples)}H", *samples))
    return path


def bad_series(folder, good):
    """`good`: images of three sessions. name -> (images of its sessions, what its reason must say): the file, and what
    would mend it."""
    folder.mkdir()
    rng = random.Random(3)
    count = 64 * 64 * 8
    noise = [max(0, int(rng.gauss(100, 10))) for _ in range(count)]
    whole = good[1].read_bytes()

    def put(name, content):
        (folder / name).write_bytes(content)
        return folder / name

    def among(image, *words):
        return ([good[0], image, good[2]], (image.name, *words))

    noisy = nrrd(folder / "noise.nrrd", noise)
    return {
        "missing": among(folder / "missing.tif", "there is no such file", "check the path"),
        "cut": among(put("cut.ome.tif", whole[: len(whole) // 2]), "truncated", "again"),
        "cutraw": among(put("cut.nrrd", noisy.read_bytes()[:30000]), "again"),
        "empty": among(put("empty.tif", b""), "is empty"),
        "text": among(put("text.tif", b"no image at all\n"), "not an image"),
        "flat": among(nrrd(folder / "flat.nrrd", noise[: 64 * 64], size=(64, 64), voxel=(0.12, 0.12)), "stack"),
        "constant": among(nrrd(folder / "constant.nrrd", [7] * count), "all voxels have the value 7"),
        "saturated": among(nrrd(folder / "saturated.nrrd", [rng.choice((65535, 65535, 65535, 9)) for _ in range(count)]),
                           "saturated at 65535"),
        "novoxel": among(nrrd(folder / "novoxel.nrrd", noise, voxel=None), "voxel size", "PixelSize"),
        "absurd": among(nrrd(folder / "absurd.nrrd", noise, voxel=(1e6, 1e6, 1e6)), "voxel size"),
        "huge": among(nrrd(folder / "huge.nrrd", noise, announced=(4000000000, 4000000000, 4000000000)), "huge.nrrd"),
        "noise": ([noisy] * 3, ("no dendrite", "check")),
    }
