// SPDX-License-Identifier: GPL-3.0-or-later

/// Robust accuracy as a function of epsilon, for one variant under one attacker; it never rises.
public struct CurveRecord: Codable, Sendable, Hashable {
  /// Where the curve comes from.
  public enum Source: String, Codable, Sendable {
    /// The distances of the nearest adversarial inputs: exact between the points, too.
    case distances
    /// Evaluations at several radii; an example that a smaller radius broke counts as broken.
    case radii
  }

  /// Robust accuracy at one radius.
  public struct Point: Codable, Sendable, Hashable {
    /// The radius, in input units.
    public var epsilon: Double
    /// Share of all examples that are right and hold at this radius.
    public var accuracy: Estimate

    /// Joins a radius and what holds there.
    public init(epsilon: Double, accuracy: Estimate) {
      self.epsilon = epsilon
      self.accuracy = accuracy
    }
  }

  /// The variant's id.
  public var variant: String
  /// How the model is kept from the attacker.
  public var isolation: String
  /// The norm of the radius.
  public var norm: Norm
  /// The attacks.
  public var suite: String
  /// Where the curve comes from.
  public var source: Source
  /// By rising radius, from zero.
  public var points: [Point]
  /// The area under the curve from zero to the last radius, in input units.
  public var area: Double
  /// The median distance of the nearest adversarial inputs; nil where half of the examples hold at
  /// the last radius.
  public var medianDistance: Double?

  /// Creates a record.
  public init(
    variant: String, isolation: String, norm: Norm, suite: String, source: Source,
    points: [Point], area: Double, medianDistance: Double?
  ) {
    self.variant = variant
    self.isolation = isolation
    self.norm = norm
    self.suite = suite
    self.source = source
    self.points = points
    self.area = area
    self.medianDistance = medianDistance
  }

  private enum CodingKeys: String, CodingKey {
    case variant, isolation, norm, suite, source, points, area
    case medianDistance = "median_distance"
  }
}
