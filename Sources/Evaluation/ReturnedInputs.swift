// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// Inputs that an attack, or another program, claims to be allowed; nothing is clipped in silence.
struct ReturnedInputs {
  /// By what share a distance may pass epsilon: the rounding of single precision.
  static let tolerance = 1e-6

  private let lengths: [Double]
  private let low: [Float]
  private let high: [Float]
  private let inputRange: ClosedRange<Double>
  private let norm: Norm

  init(_ inputs: Tensor, originals: Tensor, inputRange: ClosedRange<Double>, norm: Norm) {
    lengths = norm.distances(of: inputs, from: originals).elements(of: Double.self)
    let flat = inputs.flattenedExamples
    low = flat.smallest(along: [1]).elements(of: Float.self)
    high = flat.largest(along: [1]).elements(of: Float.self)
    self.inputRange = inputRange
    self.norm = norm
  }

  /// What is wrong with an input, in words; nil where it is allowed.
  ///
  /// Without an epsilon any distance is.
  func fault(_ row: Int, within epsilon: Epsilon?) -> String? {
    let limit = (epsilon?.value ?? .infinity) * (1 + Self.tolerance)
    let isInRange =
      Double(low[row]) >= inputRange.lowerBound && Double(high[row]) <= inputRange.upperBound
    // A distance that is not a number is no distance.
    if lengths[row] <= limit, isInRange { return nil }
    let ball = epsilon.map { "\(norm.rawValue) <= \($0.text) and " } ?? ""
    return "an input at distance \(lengths[row]) with values from \(low[row]) to \(high[row]),"
      + " allowed are \(ball)values from \(inputRange.lowerBound) to \(inputRange.upperBound)"
  }

  /// The distance of an input in the norm.
  func distance(_ row: Int) -> Double { lengths[row] }

  /// Distances in the norm, in double precision.
  ///
  /// - Throws: ``ExperimentError`` with code `outsideBall` where an input lies outside its ball or the
  ///   input range, or is not finite.
  func distances(within epsilon: Epsilon?, _ attack: String) throws -> [Double] {
    for row in lengths.indices {
      guard let fault = fault(row, within: epsilon) else { continue }
      throw ExperimentError(
        .outsideBall, subject: "attack '\(attack)'", detail: "it returned \(fault)",
        remedy: "this is a bug of the attack; please report it")
    }
    return lengths
  }
}
