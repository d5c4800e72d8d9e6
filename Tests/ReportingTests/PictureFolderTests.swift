// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Reporting
import TestSupport
import Testing

@Suite("Pictures beside a report", .timeLimit(.minutes(15)))
struct PictureFolderTests {
  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1]

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test("Pictures are found, and nothing else is, whatever a report names")
  func names() throws {
    let folder = try TemporaryFolder()
    for name in ["gallery", "plots", "other", "gallery/deep"] {
      try FileManager.default.createDirectory(
        atPath: folder(name), withIntermediateDirectories: true)
    }
    try write(Self.png, folder("gallery/a.png"))
    try write(Array("<svg/>".utf8), folder("plots/b.svg"))
    try write(Self.png, folder("other/c.png"))
    try write(Self.png, folder("gallery/.hidden.png"))
    try write(Self.png, folder("gallery/deep/d.png"))
    try write(Array("secret".utf8), folder("gallery/e.png"))
    try write([], folder("gallery/empty.png"))
    try write(Self.png, folder("gallery/f.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: folder("gallery/link.png"), withDestinationPath: folder("gallery/a.png"))
    #expect(mkfifo(folder("gallery/pipe.png"), 0o600) == 0)
    let pictures = PictureFolder(folder.path)
    #expect(pictures.picture("gallery/a.png") == Self.png)
    #expect(pictures.picture("plots/b.svg") == Array("<svg/>".utf8))
    for path in [
      "other/c.png", "gallery/.hidden.png", "gallery/deep/d.png", "gallery/e.png",
      "gallery/empty.png", "gallery/f.txt", "gallery/link.png", "gallery/pipe.png",
      "gallery/none.png", "gallery/../other/c.png", "/gallery/a.png", folder("gallery/a.png"), "",
      "gallery", "gallery/", "gallery//a.png", "gallery/a.png\u{0}", "plots/a.png",
    ] {
      #expect(pictures.picture(path) == nil, "\(path)")
    }
  }

  @Test("A page that cannot be put in its place leaves what was there and nothing half written")
  func atomic() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("report.html"), withIntermediateDirectories: true)
    try write([1], folder("report.html/kept"))
    #expect(throws: OutputError.self) {
      try ReportFormat.html.write(.illustrated, into: folder.path, picturesFrom: folder.path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder("report.html")) == ["kept"])
  }

  @Test("Plots that are not there are drawn for the page", .enabled(if: PlotTests.hasGnuplot))
  func draws() throws {
    let folder = try TemporaryFolder()
    let written = try ReportFormat.html.write(
      .fixture, into: folder.path, picturesFrom: folder.path)
    #expect(written == ["report.html"])
    let page = try HTMLParser.parse(
      try String(contentsOfFile: folder("report.html"), encoding: .utf8))
    #expect(page.all("img").count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
  }
}
