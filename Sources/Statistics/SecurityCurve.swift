// SPDX-License-Identifier: GPL-3.0-or-later

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
    var area = 0.0
    for index in radii.indices.dropLast() {
      let (left, right) = (accuracies[index], accuracies[index + 1])
      let height =
        switch course {
        case .lower: right
        case .linear: (left + right) / 2
        case .upper: left
        }
      area += height * (radii[index + 1] - radii[index])
    }
    return area
  }

  /// Returns the accuracy at a radius, along a straight line between its neighbours.
  ///
  /// - Returns: Nil outside the measured radii.
  public func accuracy(at radius: Double) -> Double? {
    guard let next = radii.firstIndex(where: { $0 >= radius }) else { return nil }
    guard radii[next] > radius else { return accuracies[next] }
    guard next > 0 else { return nil }
    let share = (radius - radii[next - 1]) / (radii[next] - radii[next - 1])
    return accuracies[next - 1] + share * (accuracies[next] - accuracies[next - 1])
  }
}
