# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the example files in npz/, cifar10-binary/ and png-folder/. Run in this folder."""
import io, os, struct, zipfile, zlib
import numpy as np


def stripes(kind, size, phase):
    """Stripes four pixels apart, shifted by `phase`."""
    row, column = np.mgrid[0:size, 0:size]
    place = {"horizontal": row, "vertical": column, "diagonal": row + column}[kind]
    return np.where((place + phase) % 4 < 2, 230, 25).astype(np.uint8)


KINDS = ["horizontal", "vertical", "diagonal"]


def part(count, first):
    labels = np.arange(count) % 3
    images = [stripes(KINDS[label], 8, first + index // 3) for index, label in enumerate(labels)]
    return np.stack(images), labels.astype(np.int64)


def write_npz(path):
    """As numpy.savez_compressed does, but with a fixed time stamp."""
    (x_train, y_train), (x_test, y_test) = part(24, 0), part(12, 1)
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array)
            entry = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, buffer.getvalue(), zipfile.ZIP_DEFLATED)


def write_png(path, image):
    """One grey picture of eight bits."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = image.shape
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def write_cifar(path, phase):
    """Ten records: a label, then planes of red, green and blue."""
    with open(path, "wb") as file:
        for label in range(10):
            image = stripes(KINDS[label % 3], 32, phase)
            planes = [image if label >> plane & 1 else image // 2 + 10 * label for plane in range(3)]
            file.write(bytes([label]) + b"".join(plane.astype(np.uint8).tobytes() for plane in planes))


write_npz("npz/images.npz")
write_cifar("cifar10-binary/data_batch_1.bin", 0)
write_cifar("cifar10-binary/test_batch.bin", 1)
with open("cifar10-binary/batches.meta.txt", "w") as file:
    file.writelines(f"{KINDS[label % 3]}-{label}\n" for label in range(10))
for name, count, first in [("train", 4, 0), ("test", 2, 1)]:
    for kind in KINDS:
        os.makedirs(f"png-folder/{name}/{kind}", exist_ok=True)
        for index in range(count):
            write_png(f"png-folder/{name}/{kind}/{index}.png", stripes(kind, 8, first + index))
