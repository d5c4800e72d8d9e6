// SPDX-License-Identifier: GPL-3.0-or-later

import Hashing
import Statistics

extension Dataset {
  /// Draws small pictures of glyphs in ten classes, the same on every machine.
  ///
  /// A light glyph lies anywhere in a dark picture of 28 × 28, in varying size, stroke and contrast,
  /// turned a little, under noise and a scratch. Classes take turns, so the first N by index are
  /// balanced. A picture depends on seed, part and index alone: more of them change no other.
  ///
  /// - Parameters:
  ///   - seed: The seed of all draws.
  ///   - train: How many pictures to train on; none if zero.
  ///   - test: How many pictures to judge by; at least one.
  /// - Returns: Pictures `[1, 28, 28]` in `0...1`.
  public static func shapes(seed: UInt64, train: Int, test: Int) -> Dataset {
    precondition(train >= 0 && test > 0, "expected pictures to judge by")
    let key = RandomKey(seed: seed).split("datasets/shapes")
    let judged = shapes(test, key: key.split("test"))
    let taught = train > 0 ? shapes(train, key: key.split("train")) : nil
    return Dataset(
      name: "shapes", classes: Glyph.allCases.map(\.rawValue), train: taught, test: judged,
      sha256: digest(of: [judged] + (taught.map { [$0] } ?? [])))
  }

  private static func shapes(_ count: Int, key: RandomKey) -> ImageExamples {
    let side = GlyphDrawing.side
    var levels: [UInt8] = []
    levels.reserveCapacity(count * side * side)
    let labels = (0..<count).map { $0 % Glyph.allCases.count }
    for (index, label) in labels.enumerated() {
      let random = key.split(example: index).stream()
      let drawing = GlyphDrawing(Glyph.allCases[label], random: random)
      levels.append(contentsOf: drawing.levels(random: random))
    }
    return ImageExamples(shape: [1, side, side], pixels: .bytes(levels), labels: labels)
  }

  // Over the levels and labels themselves, so that a changed way of drawing is a changed digest.
  private static func digest(of parts: [ImageExamples]) -> String {
    var digest = SHA256()
    for part in parts {
      digest.update("\(part.count) of \(dimensions(part.shape))\n")
      if case .bytes(let levels) = part.pixels { digest.update(levels) }
      digest.update(part.labels.map { UInt8(truncatingIfNeeded: $0) })
    }
    return digest.hex()
  }
}
