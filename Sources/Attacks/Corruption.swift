// SPDX-License-Identifier: GPL-3.0-or-later

public import Records
public import RobustCore
public import Statistics
public import Torch

/// One of the fifteen common corruptions at one of five severities: what the world does to an image.
///
/// No adversary chooses anything, and the result obeys no norm. The severities are those of
/// CIFAR-10-C; the data file that holds them says how they scale with the image.
///
/// - Note: The published images are rounded to 256 grey levels; here only `jpeg` rounds, as it must.
///   The published `frost` lays photographs over the image; here the ice is a texture of ridges drawn
///   at random. The published glass blur means to exchange two pixels and copies one over the other;
///   so does this one, so that it is as strong as the published images.
///
/// > Source: Hendrycks and Dietterich. "Benchmarking Neural Network Robustness to Common Corruptions
/// > and Perturbations." ICLR 2019, [arXiv:1903.12261](https://arxiv.org/abs/1903.12261), section 4.
public struct Corruption: LabelAttack {
  /// What happens.
  public var kind: CorruptionKind
  /// How much, from 1 to 5.
  public var severity: Int

  /// Creates the corruption.
  ///
  /// - Precondition: The severity lies in 1...5.
  public init(_ kind: CorruptionKind, severity: Int) {
    precondition((1...5).contains(severity), "a severity lies in 1...5")
    self.kind = kind
    self.severity = severity
  }

  /// Corrupts each example and asks for its class, once.
  ///
  /// - Complexity: One query for each example.
  public func perturb(
    _ batch: Batch, within threat: ThreatModel, against victim: any LabelVictim,
    random: RandomKey
  ) throws -> Tensor {
    let inputs = corrupted(
      batch.inputs, indices: batch.indices, inputRange: victim.inputRange, random: random)
    // The class decides nothing here; asking for it counts what judging the image costs.
    try untilBudgetEnds {
      _ = try victim.predictions(of: inputs, rows: Array(0..<batch.count))
    }
    return inputs
  }

  /// Images as the corruption leaves them.
  ///
  /// - Parameters:
  ///   - images: `[N, C, H, W]`, any size and any number of channels; three are red, green, blue.
  ///   - indices: The index of each image in its data set.
  ///   - inputRange: Black and white.
  ///   - random: Split by example, kind and severity.
  /// - Returns: Images of the same shape inside the range.
  public func corrupted(
    _ images: Tensor, indices: [Int], inputRange: ClosedRange<Double>, random: RandomKey
  ) -> Tensor {
    precondition(images.rank == 4, "images [N, C, H, W], not \(images.shape)")
    guard images.count > 0 else { return images }
    let span = inputRange.upperBound - inputRange.lowerBound
    let isUnit = inputRange == 0...1
    let scene = CorruptionScene(
      images: isUnit ? images : (images - inputRange.lowerBound) / span,
      keys: indices.map {
        random.split(example: $0).split("corruption/\(kind.rawValue)").split(severity)
      })
    let side = min(scene.height, scene.width)
    let values = SeverityTable.builtIn.severity(severity, of: kind, side: side)
    let results = scene.corrupted(kind, values).clamped(to: 0...1)
    return isUnit
      ? results : (results * span + inputRange.lowerBound).clamped(to: inputRange)
  }
}

extension AttackMember {
  /// The fifteen common corruptions.
  static let corruption = AttackMember(
    CatalogEntry(
      name: "corruption",
      summary: "one of 15 common corruptions; the frost is drawn, without photographs of ice",
      citation: "Hendrycks and Dietterich, ICLR 2019, arXiv:1903.12261", knowledge: .label,
      parameters: [
        ParameterSchema(
          "kind", .choice(CorruptionKind.allCases.map(\.rawValue)),
          default: .choice(CorruptionKind.gaussianNoise.rawValue), summary: "what happens"),
        ParameterSchema(
          "severity", .integer(1...5), default: .integer(3),
          summary: "how much, as in CIFAR-10-C"),
      ]),
    norms: Set(Norm.allCases), reach: .anywhere
  ) { values in
    .label(Corruption(values.choice("kind"), severity: values.integer("severity")))
  }
}
