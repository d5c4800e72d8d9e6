// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Torch

/// Pictures as other programs change them, from `Fixtures/corruptions.json`.
struct CorruptionFixture: Decodable {
  struct Picture: Decodable {
    let shape: [Int]
    let values: Data
  }

  struct Case: Decodable {
    let kind: String
    let picture: String
    let numbers: [Double]
    let output: Data
  }

  let pictures: [String: Picture]
  let cases: [Case]

  static func read() throws -> CorruptionFixture {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/corruptions", withExtension: "json"))
    return try JSONDecoder().decode(CorruptionFixture.self, from: Data(contentsOf: url))
  }

  /// A picture from 0 to 1, as many times as asked for: `[count, C, H, W]`.
  func images(_ name: String, count: Int = 1) throws -> Tensor {
    let picture = try #require(pictures[name])
    let values = picture.values.map { Float($0) / 255 }
    return Tensor(
      Array(repeatElement(values, count: count).joined()), shape: [count] + picture.shape)
  }
}

extension CorruptionFixture.Case {
  /// The grey levels of a case that was stored as bytes.
  var levels: [Double] { output.map(Double.init) }

  /// The values of a case that was stored as floats.
  var floats: [Double] {
    output.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Double(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self))
      }
    }
  }
}
