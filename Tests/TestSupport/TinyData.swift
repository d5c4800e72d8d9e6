// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Statistics

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "robust-eval-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}

/// Writes a small data set in IDX files: three classes of 12×12 images, each bright in a part of its
/// own, with enough noise that attacks break some examples and not others.
struct TinyData {
  static let side = 12
  static let classes = 3

  static func write(into folder: String, train: Int = 384, test: Int = 300) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, count) in [("train", train), ("t10k", test)] {
      let stream = RandomKey(seed: 11).split(name).stream()
      var pixels: [UInt8] = []
      var labels: [UInt8] = []
      for index in 0..<count {
        let label = index % classes
        labels.append(UInt8(label))
        for row in 0..<side {
          for _ in 0..<side {
            let bright = row / 4 == label ? 0.62 : 0.38
            let level = bright + stream.normal(mean: 0, sigma: 0.2)
            pixels.append(UInt8(min(max(level, 0), 1) * 255))
          }
        }
      }
      try Data(header([2051, count, side, side]) + pixels)
        .write(to: URL(fileURLWithPath: "\(folder)/\(name)-images-idx3-ubyte"))
      try Data(header([2049, count]) + labels)
        .write(to: URL(fileURLWithPath: "\(folder)/\(name)-labels-idx1-ubyte"))
    }
  }

  private static func header(_ numbers: [Int]) -> [UInt8] {
    numbers.flatMap { number in (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
  }
}
