# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes corruptions.json: pictures as other programs change them.

Needs Pillow, NumPy, SciPy and ImageMagick 6. Every picture is base64 of its values in the order
channel, row, column: bytes, or 32-bit floats where `type` says so.
"""
import base64
import io
import json
import subprocess

import numpy as np
from PIL import Image
from scipy import ndimage


def scene(height, width, channels, seed):
    """Smooth light, edges and grain: something for every frequency."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for channel in range(channels):
        plane = 90 + 60 * np.sin(x / (3 + channel) + channel) * np.cos(y / 5)
        plane[(x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2] += 70 - 50 * channel
        plane[:, width // 4] = 255 * (channel % 2)
        planes.append(plane + random.normal(0, 12, plane.shape))
    return np.clip(np.stack(planes), 0, 255).astype(np.uint8)


def to_image(planes):
    return Image.fromarray(planes[0] if len(planes) == 1 else planes.transpose(1, 2, 0))


def to_planes(image):
    array = np.asarray(image)
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def jpeg(planes, quality):
    buffer = io.BytesIO()
    to_image(planes).save(buffer, "JPEG", quality=quality)
    return to_planes(Image.open(buffer))


def pixelate(planes, share):
    image = to_image(planes)
    small = image.resize((int(image.width * share), int(image.height * share)), Image.BOX)
    return to_planes(small.resize(image.size, Image.BOX))


def motion(planes, radius, sigma, angle):
    buffer = io.BytesIO()
    to_image(planes).save(buffer, "PNG")
    done = subprocess.run(
        ["convert", "png:-", "-motion-blur", f"{radius}x{sigma}+{angle}", "-depth", "8", "png:-"],
        input=buffer.getvalue(), capture_output=True, check=True)
    image = Image.open(io.BytesIO(done.stdout))
    return to_planes(image.convert("L" if len(planes) == 1 else "RGB"))


def zoomed(plane, factor):
    side = plane.shape[0]
    cut = int(np.ceil(side / factor))
    top = (side - cut) // 2
    large = ndimage.zoom(plane[top:top + cut, top:top + cut], factor, order=1)
    trim = (large.shape[0] - side) // 2
    return large[trim:trim + side, trim:trim + side]


pictures = {
    "grey": scene(28, 28, 1, 1), "colour": scene(32, 32, 3, 2), "odd": scene(19, 22, 3, 3)
}
cases = []


def add(kind, name, numbers, output):
    cases.append({"kind": kind, "picture": name, "numbers": numbers, "output": text(output)})


for name, planes in pictures.items():
    for quality in (95, 80, 58, 40, 15):
        add("jpeg", name, [quality], jpeg(planes, quality))
for share in (0.95, 0.75, 0.65):
    for name in ("grey", "colour"):
        add("pixelate", name, [share], pixelate(pictures[name], share))
for radius, sigma, angle in ((6, 1, 12.5), (9, 2.5, -37), (8, 3, -100), (14, 12, -60)):
    add("motion", "grey", [radius, sigma, angle], motion(pictures["grey"], radius, sigma, angle))
plane = pictures["grey"][0].astype(np.float32) / 255
for factor in (1.01, 1.06, 1.25, 1.75, 2.25):
    add("zoom", "grey", [factor], zoomed(plane, factor).astype(np.float32))
for sigma in (0.25, 0.4, 1.0):
    add("gaussian", "grey", [sigma], ndimage.gaussian_filter(plane, sigma, mode="nearest"))

with open("corruptions.json", "w") as file:
    json.dump({
        "pictures": {
            name: {"shape": list(planes.shape), "values": text(planes)}
            for name, planes in pictures.items()
        },
        "cases": cases,
    }, file, indent=0)
    file.write("\n")
