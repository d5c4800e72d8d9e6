// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Robust accuracy measured at several radii, from the smallest to the largest.
public struct SecurityCurve: Sendable, Hashable {
  /// How the curve runs between two measured radii.
  ///
  /// The area under the true curve lies between that of `lower` and that of `upper`, because robust
  /// accuracy does not rise with the radius.
  public enum Course: Sendable, Hashable, CaseIterable {
    /// Falls at once to the value of the next radius.
    case lower
    /// Falls along a straight line.
    case linear
    /// Keeps its value up to the next radius.
    case upper
  }

  /// The radii in rising order, in input units.
  public let radii: [Double]
  /// The robust accuracy at each radius, in 0...1.
  public let accuracies: [Double]

  /// Creates a curve.
  ///
  /// - Returns: Nil if there is no point, the numbers of values differ, the radii do not rise from zero
  ///   or above, or an accuracy lies outside 0...1 or above its predecessor.
  public init?(radii: [Double], accuracies: [Double]) {
    guard let first = radii.first, first >= 0, radii.count == accuracies.count,
      radii.allSatisfy(\.isFinite), accuracies.allSatisfy((0...1).contains),
      zip(radii, radii.dropFirst()).allSatisfy({ $0 < $1 }),
      zip(accuracies, accuracies.dropFirst()).allSatisfy({ $0 >= $1 })
    else { return nil }
    self.radii = radii
    self.accuracies = accuracies
  }

  /// Returns the area under the curve from the first radius to the last, in input units.
  public func area(_ course: Course = .linear) -> Double {
    guard radii.count > 1 else { return 0 }
    let steps = zip(radii.dropFirst(), radii).map(-)
    return switch course {
    case .lower: zip(steps, accuracies.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    case .upper: zip(steps, accuracies).reduce(0) { $0 + $1.0 * $1.1 }
    case .linear:
      cgsl_linear_integral(
        radii, accuracies, radii.count, radii[0], radii[radii.count - 1])
    }
  }

  /// Returns the accuracy at a radius, along a straight line between its neighbours.
  ///
  /// - Returns: Nil outside the measured radii.
  public func accuracy(at radius: Double) -> Double? {
    guard let last = radii.last, radius >= radii[0], radius <= last else { return nil }
    guard radii.count > 1 else { return accuracies[0] }
    return cgsl_linear_value(radii, accuracies, radii.count, radius)
  }

  /// Returns the smallest radius at which the accuracy has fallen to a value, along straight lines.
  ///
  /// - Returns: Nil where it never falls so far; the first radius where it begins below.
  public func radius(where accuracy: Double) -> Double? {
    guard let next = accuracies.firstIndex(where: { $0 <= accuracy }) else { return nil }
    guard next > 0 else { return radii[0] }
    let (high, low) = (accuracies[next - 1], accuracies[next])
    return radii[next - 1] + (high - accuracy) / (high - low) * (radii[next] - radii[next - 1])
  }
}
