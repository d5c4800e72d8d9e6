# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the files in this folder with NumPy and Python's own gzip and zlib. Run in this folder."""
import gzip, io, struct, zlib
import numpy as np

counting = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
np.save("c-order.npy", counting)
np.save("fortran-order.npy", np.asfortranarray(counting))
np.save("big-endian.npy", counting.astype(">f4"))
np.save("half.npy", counting.astype(np.float16))
np.save("double.npy", counting.astype(np.float64))
np.save("fortran-big-endian-int32.npy", np.asfortranarray(counting.astype(">i4")))
for name in ["uint8", "uint16", "uint32", "uint64", "int16", "int64"]:
    np.save(name + ".npy", counting.astype(name))
np.save("negative-int8.npy", np.array([-128, -1, 0, 127], dtype=np.int8))
np.save("bool.npy", np.array([True, False, True]))
np.save("scalar.npy", np.array(2.5))
np.save("no-rows.npy", np.zeros((0, 4), np.float32))
for version in [2, 3]:
    with open(f"version-{version}.npy", "wb") as file:
        np.lib.format.write_array(file, counting, version=(version, 0))
np.save("bad-object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save("bad-structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save("bad-complex.npy", np.zeros(2, dtype=np.complex64))
open("bad-truncated.npy", "wb").write(open("c-order.npy", "rb").read()[:-7])
np.savez("plain.npz", images=counting, labels=np.array([0, 1]))
np.savez_compressed("deflated.npz", images=counting, labels=np.array([0, 1]))

# Two parts as Keras names and lays them out: channels last, a column of labels.
levels = np.arange(4 * 2 * 5 * 3, dtype=np.uint8).reshape(4, 2, 5, 3)
column = np.array([[0], [1], [2], [0]], dtype=np.uint8)
np.savez_compressed("keras.npz", x_train=levels, y_train=column, x_test=levels[::-1], y_test=column[::-1])


def idx(shape, data):
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


images = idx([4, 3, 2], bytes(range(24)))
zipped = gzip.compress(images, mtime=0)
open("images.gz", "wb").write(zipped)
open("labels.gz", "wb").write(gzip.compress(idx([4], bytes([0, 1, 2, 1])), mtime=0))
open("two-members.gz", "wb").write(gzip.compress(images[:9], mtime=0) + gzip.compress(images[9:], mtime=0))
open("bad-tail.gz", "wb").write(zipped + b"tail")
open("bad-cut.gz", "wb").write(zipped[:-12])
open("bad-checksum.gz", "wb").write(zipped[:-8] + bytes(4) + zipped[-4:])
# Unpacks to 20 MB, although its header promises 24 bytes.
open("bad-bomb.gz", "wb").write(gzip.compress(images + bytes(20_000_000), mtime=0))
open("bad-promise.gz", "wb").write(gzip.compress(idx([30000, 28, 28], bytes(10)), mtime=0))


def png(name, kind, depth, rows, extra=()):
    def chunk(label, data):
        return struct.pack(">I", len(data)) + label + data + struct.pack(">I", zlib.crc32(label + data))

    parts = [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, depth, kind, 0, 0, 0))]
    parts += [chunk(label, data) for label, data in extra]
    parts += [chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))), chunk(b"IEND", b"")]
    open(name, "wb").write(b"".join(parts))


# Three pixels by two; the level of pixel i is 40 i, its colour (40 i, 40 i + 5, 250 - 40 i).
level = [40 * i for i in range(6)]
colour = [bytes([v, v + 5, 250 - v]) for v in level]
png("grey.png", 0, 8, [bytes(level[:3]), bytes(level[3:])])
png("colour.png", 2, 8, [b"".join(colour[:3]), b"".join(colour[3:])])
png("palette.png", 3, 8, [bytes([0, 1, 2]), bytes([3, 4, 5])], [(b"PLTE", b"".join(colour))])
png("opaque.png", 6, 8, [b"".join(c + b"\xff" for c in colour[:3]), b"".join(c + b"\xff" for c in colour[3:])])
png("grey-opaque.png", 4, 8, [bytes(x for v in half for x in (v, 255)) for half in (level[:3], level[3:])])
png("one-bit.png", 0, 1, [bytes([0b101 << 5]), bytes([0b010 << 5])])
png("bad-transparent.png", 6, 8, [b"".join(c + b"\x80" for c in colour[:3]), b"".join(c + b"\xff" for c in colour[3:])])
png("bad-sixteen.png", 0, 16, [bytes(6), bytes(6)])
png("bad-rows.png", 0, 8, [bytes(level[:3])])
whole = open("grey.png", "rb").read()
open("bad-cut.png", "wb").write(whole[:-20])
open("bad-checksum.png", "wb").write(whole[:50] + b"\0" + whole[51:])
header = b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
open("bad-huge.png", "wb").write(whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:])
