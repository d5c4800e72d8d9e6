// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// Rotations and shifts, tried until one of them changes the class.
///
/// The result obeys no norm: what binds the attacker is the largest angle and the largest shift.
///
/// - Note: The published attacks keep the transformation of the highest loss; with labels alone there
///   is none to rank by, and an example that nothing breaks keeps the last one tried. The grid is
///   gone through from its far ends to its middle, as far ends break more.
///
/// > Source: Engstrom et al. "Exploring the Landscape of Spatial Robustness." ICML 2019,
/// > [arXiv:1712.02779](https://arxiv.org/abs/1712.02779): 30 degrees, a tenth of the side, the worst
/// > of ten, and a grid of 31 angles and 5 × 5 shifts.
public struct Geometric: LabelAttack {
  /// How transformations are found.
  enum SearchWord: String, CaseIterable { case random, grid }

  /// Which transformations are tried.
  public enum Strategy: Sendable, Hashable {
    /// So many drawn uniformly for each example: the worst of k.
    case random(attempts: Int)
    /// All of a grid of so many angles and so many shifts in each direction.
    case grid(angles: Int, shifts: Int)
  }

  /// Which transformations are tried.
  public var strategy: Strategy
  /// The largest angle in degrees, either way.
  public var rotation: Double
  /// The largest shift as a share of the image's side, in each direction.
  public var translation: Double

  /// Creates the attack.
  public init(_ strategy: Strategy, rotation: Double = 30, translation: Double = 0.1) {
    self.strategy = strategy
    self.rotation = rotation
    self.translation = translation
  }

  /// Tries transformations until one breaks the example or there are no more.
  ///
  /// - Complexity: At most `attempts`, or `angles × shifts²`, queries for each example.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    let range = victim.inputRange
    let (height, width) = (batch.inputs.size(2), batch.inputs.size(3))
    let grid = gridTransforms(height, width)
    var search = Search(batch)
    try untilBudgetEnds {
      for attempt in 0..<tries where !search.active.isEmpty {
        let clean = batch.rows(search.active)
        let transforms = clean.indices.map { index in
          grid.isEmpty
            ? drawn(height, width, random.split(example: index).split(restart: attempt).stream())
            : grid[attempt]
        }
        var inputs = SpatialTransform.applied(
          transforms, to: clean.inputs, black: range.lowerBound
        ).clamped(to: range)
        let predictions = try victim.predictions(of: inputs, rows: search.active)
        if let kept = search.record(inputs, predictions: predictions) { inputs = inputs.rows(kept) }
        search.settle(inputs)
      }
    }
    return search.inputs
  }

  private var tries: Int {
    switch strategy {
    case .random(let attempts): attempts
    case .grid(let angles, let shifts): angles * shifts * shifts
    }
  }

  private func drawn(_ height: Int, _ width: Int, _ stream: RandomStream) -> SpatialTransform {
    func within(_ limit: Double) -> Double { limit * (2 * stream.uniform() - 1) }
    return SpatialTransform(
      degrees: within(rotation), right: within(translation * Double(width)),
      down: within(translation * Double(height)))
  }

  /// The grid from its far ends to its middle; empty where transformations are drawn.
  func gridTransforms(_ height: Int, _ width: Int) -> [SpatialTransform] {
    guard case .grid(let angles, let shifts) = strategy else { return [] }
    func steps(_ count: Int) -> [Double] {
      count == 1 ? [0] : (0..<count).map { Double(2 * $0) / Double(count - 1) - 1 }
    }
    var points: [(reach: Double, transform: SpatialTransform)] = []
    for angle in steps(angles) {
      for across in steps(shifts) {
        for along in steps(shifts) {
          let transform = SpatialTransform(
            degrees: rotation * angle, right: translation * Double(width) * across,
            down: translation * Double(height) * along)
          points.append((angle * angle + across * across + along * along, transform))
        }
      }
    }
    // The place in the grid decides between equals, as the sort is not promised to be stable.
    return points.enumerated().sorted {
      ($1.element.reach, $0.offset) < ($0.element.reach, $1.offset)
    }.map(\.element.transform)
  }
}

extension AttackMember {
  /// Rotations and shifts.
  static let geometric = AttackMember(
    CatalogEntry(
      name: "geometric", summary: "rotations and shifts, the worst of some or of a grid",
      citation: "Engstrom et al., ICML 2019, arXiv:1712.02779", knowledge: .label,
      parameters: [
        ParameterSchema(
          "search", .choice(Geometric.SearchWord.allCases.map(\.rawValue)),
          default: .choice(Geometric.SearchWord.random.rawValue),
          summary: "whether transformations are drawn or gone through"),
        ParameterSchema(
          "attempts", .integer(1...1_000_000), default: .integer(10),
          summary: "draws for each example, for random"),
        ParameterSchema(
          "angles", .integer(1...1000), default: .integer(31), summary: "angles, for grid"),
        ParameterSchema(
          "shifts", .integer(1...100), default: .integer(5),
          summary: "shifts in each direction, for grid"),
        ParameterSchema(
          "rotation", .real(0...180), default: .real(30), summary: "the largest angle in degrees"),
        ParameterSchema(
          "translation", .real(0...1), default: .real(0.1),
          summary: "the largest shift as a share of the side"),
      ]),
    norms: Set(Norm.allCases), reach: .anywhere
  ) { values in
    let strategy: Geometric.Strategy =
      switch values.choice("search", of: Geometric.SearchWord.self) {
      case .random: .random(attempts: values.integer("attempts"))
      case .grid: .grid(angles: values.integer("angles"), shifts: values.integer("shifts"))
      }
    return .label(
      Geometric(
        strategy, rotation: values.real("rotation"), translation: values.real("translation")))
  }
}
