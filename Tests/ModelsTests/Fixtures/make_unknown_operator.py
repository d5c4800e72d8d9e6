# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes odd-unknown-operator.pt: odd-no-parameters.pt, but calling an operator that nobody has."""
import zipfile

with zipfile.ZipFile("odd-no-parameters.pt") as source, \
     zipfile.ZipFile("odd-unknown-operator.pt", "w") as target:
    for member in source.infolist():
        content = source.read(member)
        if member.filename.endswith(".py"):
            assert b"torch.zeros(" in content
            content = content.replace(b"torch.zeros(", b"torch.from_the_future(")
        target.writestr(zipfile.ZipInfo(member.filename), content)
