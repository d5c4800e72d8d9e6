// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import Statistics
import Testing
import Torch

/// A catalog member in one of its norms.
struct AttackCase: Sendable, CustomTestStringConvertible {
  let name: String
  let norm: Norm

  var testDescription: String { "\(name) in \(norm.rawValue)" }

  /// Every member in every norm that it has a form for, but for those that obey none.
  static let all: [AttackCase] = AttackCatalog.members.filter {
    $0.reach != .anywhere && $0.constraints == nil
  }.flatMap {
    member in
    Norm.allCases.filter(member.norms.contains).map {
      AttackCase(name: member.entry.name, norm: $0)
    }
  }

  /// A usual radius, and one so small that rounding shows.
  var radii: [String] {
    switch norm {
    case .linf: ["8/255", "0.1", "0.3", "1e-6"]
    case .l2: ["1.5", "0.01"]
    case .l1: ["10", "0.1"]
    case .l0: ["10"]
    }
  }

  /// Fewer steps than the default, where the default is long.
  var fewSteps: String {
    switch name {
    case "apgd-ce", "apgd-dlr": ":steps=25"
    case "apgd-t": ":steps=10"
    case "ddn", "fmn": ":steps=20"
    case "fab-t": ":steps=10"
    case "cw", "ead": ":steps=40:searches=3:first-weight=10"
    case "square", "sparse-rs": ":queries=150"
    case "nes", "spsa": ":steps=6:pairs=15"
    case "hop-skip-jump", "boundary": ":queries=600"
    case "universal": ":epochs=15:images=60"
    case "transfer": ":steps=10"
    case "hybrid": ":queries=60"
    default: ""
    }
  }

  /// Whether the result depends on the seed; the first APGD step ends in a corner of the linf ball,
  /// and a universal perturbation is learned from all examples that there are.
  var isRandom: Bool {
    switch name {
    case "fgsm", "bim", "mim", "deepfool", "ddn", "fmn", "fab-t", "cw", "ead", "universal": false
    case "apgd-ce", "apgd-dlr", "apgd-t", "transfer": norm != .linf
    // It begins at the best input of that law's linear model, which in l1 no draw comes near.
    case "hybrid": norm != .l1
    // In the wide range of that law no jump to an end fits into the l2 ball.
    case "salt-and-pepper": norm != .l2
    default: true
    }
  }

  /// Whether the attack climbs; noise does not.
  var usesGradients: Bool { !["uniform", "gaussian", "salt-and-pepper"].contains(name) }

  /// Parameters for a model of two classes, where the default needs more.
  var forTwoClasses: String { ["apgd-dlr", "apgd-t"].contains(name) ? ":loss=margin" : "" }

  /// Whether the attack looks for the nearest adversarial input.
  var seeksNearest: Bool {
    AttackCatalog.members.contains { $0.entry.name == name && $0.reach == .nearest }
  }

  /// Runs the attack; `parameters` such as `:steps=5` follow its name.
  func run(
    _ parameters: String = "", radius: String, on network: any Network, classes: Int,
    batch: Batch, inputRange: ClosedRange<Double> = 0...1, seed: UInt64 = 3, budget: Int? = nil
  ) throws -> AttackRun {
    let specification = try Specification(name + parameters + (classes < 4 ? forTwoClasses : ""))
    let attack = try AttackCatalog.member(for: specification).attack(specification).attack
    let threat = ThreatModel(norm: norm, epsilon: try #require(Epsilon(radius)))
    let victim = ModelVictim(
      network, classes: classes, inputRange: inputRange, rows: batch.count, budget: budget)
    let random = RandomKey(seed: seed)
    let inputs =
      if case .prepared(let attack) = attack {
        try attack.prepared(
          with: .made(from: network, classes, inputRange), within: threat,
          random: random.split("materials")
        ).perturb(batch, within: threat, against: victim, random: random)
      } else {
        try attack.perturb(batch, within: threat, against: victim, random: random)
      }
    return AttackRun(
      inputs: inputs, queries: victim.queries, gradients: victim.gradients,
      isBudgetSpent: victim.isBudgetSpent)
  }

  /// The length of each perturbation in this case's norm, summed in double precision.
  func distances(_ inputs: Tensor, from center: Tensor) -> [Double] {
    zip(inputs.exampleValues, center.exampleValues).map { input, center in
      let sizes = zip(input, center).map { abs($0 - $1) }
      return switch norm {
      case .linf: sizes.max() ?? 0
      case .l2: sizes.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .l1: sizes.reduce(0, +)
      case .l0: Double(sizes.count { $0 != 0 })
      }
    }
  }
}

extension AttackMaterials {
  /// The model as its own stand-in, and sixty images that it classifies correctly.
  fileprivate static func made(
    from network: any Network, _ classes: Int, _ inputRange: ClosedRange<Double>
  ) throws -> AttackMaterials {
    // What is learned beforehand is not asked of the victim.
    let model = (network as? CountingNetwork)?.inner ?? network
    let images = try Images.labelled(Images.batch(60, classes: classes, seed: 12), by: model)
    return AttackMaterials(
      model: model, surrogate: model,
      examples: Examples(
        inputs: images.inputs, labels: images.labels, classes: classes, inputRange: inputRange))
  }
}

/// What an attack returned and what it cost.
struct AttackRun {
  let inputs: Tensor
  let queries: [Int]
  let gradients: [Int]
  let isBudgetSpent: Bool
}

/// Images of three channels and 8 × 8 pixels.
enum Images {
  static let shape = [3, 8, 8]
  static let size = 192

  /// Values uniform in a range; every third image lies wholly at the ends of 0...1.
  static func batch(
    _ count: Int, classes: Int, in range: ClosedRange<Float> = 0...1, withEnds: Bool = true,
    seed: UInt64 = 11
  ) -> Batch {
    let inputs = Tensor(shape: [count] + shape) { (values: UnsafeMutableBufferPointer<Float>) in
      RandomKey(seed: seed).split("images").stream()
        .fillUniform(values, low: range.lowerBound, high: range.upperBound)
      guard withEnds else { return }
      for index in values.indices where index / size % 3 == 0 {
        values[index] = values[index] < 0.5 ? 0 : 1
      }
    }
    return Batch(
      inputs: inputs, labels: Tensor((0..<count).map { $0 % classes }),
      indices: Array(100..<100 + count))
  }

  /// The same images with the labels that a network gives them.
  static func labelled(_ batch: Batch, by network: any Network) throws -> Batch {
    Batch(
      inputs: batch.inputs, labels: try network.logits(batch.inputs).indexOfLargest(along: 1),
      indices: batch.indices)
  }
}
