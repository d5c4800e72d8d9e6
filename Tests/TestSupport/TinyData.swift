// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Statistics

/// A small data set in IDX files: three classes of 12×12 images, each bright in a part of its own, with
/// enough noise that attacks break some examples and not others.
public struct TinyData {
  /// Rows and columns of an image.
  public static let side = 12
  /// The number of classes.
  public static let classes = 3

  /// Writes the four files of both parts into a folder, which is made if it is not there.
  public static func write(into folder: String, train: Int = 384, test: Int = 300) throws {
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
