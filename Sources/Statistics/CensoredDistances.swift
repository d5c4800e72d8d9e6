// SPDX-License-Identifier: GPL-3.0-or-later

/// The smallest perturbation that broke each example, where one was found.
public struct CensoredDistances: Sendable, Hashable {
  /// The distances in rising order, of the examples that were broken.
  public let broken: [Double]
  /// The number of examples that were never broken.
  public let unbroken: Int

  /// Sorts the distances of all examples; at least one.
  ///
  /// - Parameter distances: Not negative, in input units; zero for an example that was wrong without
  ///   any perturbation, nil for one that was never broken.
  public init(_ distances: [Double?]) {
    precondition(!distances.isEmpty, "a set of distances needs an example")
    let found = distances.compactMap(\.self)
    precondition(found.allSatisfy { $0 >= 0 && $0.isFinite }, "a distance is finite, not negative")
    broken = found.sorted()
    unbroken = distances.count - found.count
  }

  /// The number of examples.
  public var count: Int { broken.count + unbroken }

  /// The median distance, or nil where it lies among the examples that were never broken.
  ///
  /// With an even number of examples it is the mean of the middle two.
  public var median: Double? {
    let upper = count / 2
    guard upper < broken.count else { return nil }
    return count.isMultiple(of: 2) ? (broken[upper - 1] + broken[upper]) / 2 : broken[upper]
  }

  /// Returns the share of examples that no perturbation of at most this size broke.
  public func robustAccuracy(at radius: Double) -> Double {
    let held = broken.count(where: { $0 > radius }) + unbroken
    return Double(held) / Double(count)
  }

  /// Returns the area under robust accuracy against radius, from zero to a radius.
  ///
  /// It is exact: the mean of the distances, each cut off at the radius.
  public func area(upTo radius: Double) -> Double {
    precondition(radius >= 0, "a radius is not negative")
    let sum = broken.reduce(0) { $0 + min($1, radius) }
    return (sum + Double(unbroken) * radius) / Double(count)
  }
}
