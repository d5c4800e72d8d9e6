// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import TestSupport
import Testing
import Torch

/// A two-class linear model that no attack of the stated radius fools, and the exact worst case.
private struct LinearProblem {
  let attack: AttackCase
  let network: LinearNetwork
  let batch: Batch
  let radius: Double
  /// Sizes of the weights, largest first, in double precision.
  let weights: [Double]
  /// The score `w · x + shift` is multiplied by this to give the margin of the label.
  let signs: [Double]
  private let score: [Double]
  private let shift = 6.0

  /// Half of the images are labelled by the negated model, so that a wrong sign shows.
  init(_ attack: AttackCase, isPositive: Bool) throws {
    self.attack = attack
    radius = ["linf": 8.0 / 255, "l2": 1.5, "l1": 10][attack.norm.rawValue] ?? 0
    let sigma: Float = ["linf": 0.3, "l2": 0.1, "l1": 0.1][attack.norm.rawValue] ?? 0
    let direction = Tensor.normal([1, Images.size], sigma: sigma, seed: 21)
    score = direction.exampleValues[0]
    weights = score.map(abs).sorted(by: >)
    let images = Images.batch(10, classes: 2, in: -0.01...0.01, withEnds: false)
    network = LinearNetwork(score: direction, shift: isPositive ? 6 : -6)
    signs = Array(repeating: isPositive ? 1 : -1, count: 10)
    batch = Batch(
      inputs: images.inputs, labels: Tensor(Array(repeating: isPositive ? 1 : 0, count: 10)),
      indices: images.indices)
  }

  /// The label's margin of every input, in double precision.
  func margins(_ inputs: Tensor) -> [Double] {
    zip(inputs.exampleValues, signs).map { values, sign in
      sign * zip(values, score).reduce(sign * shift) { $0 + $1.0 * $1.1 }
    }
  }

  /// How far the attack lowers each margin, as a share of epsilon · `length`.
  func shares(_ parameters: String, of length: Double) throws -> [Double] {
    let run = try attack.run(
      parameters, radius: "\(radius)", on: network, classes: 2, batch: batch,
      inputRange: -100...100)
    return zip(margins(batch.inputs), margins(run.inputs)).map { ($0 - $1) / (radius * length) }
  }

  /// The dual norm of the weights.
  var dual: Double {
    switch attack.norm {
    case .linf: weights.reduce(0, +)
    case .l2: weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .l1: weights[0]
    case .l0: 0
    }
  }
}

@Suite("The exact worst margin of a linear model", .tags(.law), .timeLimit(.minutes(15)))
struct ExactMarginTests {
  /// A step of the whole radius turns the l2 step towards the optimum fast enough for 20 steps.
  private static let exact: [(attack: AttackCase, parameters: String)] = [
    (AttackCase(name: "fgsm", norm: .linf), ""),
    (AttackCase(name: "fgsm", norm: .linf), ":loss=margin"),
    (AttackCase(name: "fgsm", norm: .l2), ""),
    (AttackCase(name: "fgsm", norm: .l2), ":loss=margin"),
    (AttackCase(name: "pgd", norm: .linf), ""),
    (AttackCase(name: "pgd", norm: .linf), ":loss=margin"),
    (AttackCase(name: "pgd", norm: .l2), ":step-size=1"),
    (AttackCase(name: "pgd", norm: .l2), ":step-size=1:loss=margin"),
    (AttackCase(name: "pgd", norm: .l2), ""),
    (AttackCase(name: "pgd", norm: .l1), ""),
    (AttackCase(name: "pgd", norm: .l1), ":loss=margin"),
    (AttackCase(name: "bim", norm: .linf), ""),
    (AttackCase(name: "bim", norm: .l2), ""),
    (AttackCase(name: "mim", norm: .linf), ""),
    (AttackCase(name: "mim", norm: .l2), ""),
    (AttackCase(name: "apgd-ce", norm: .linf), ""),
    (AttackCase(name: "apgd-ce", norm: .l2), ""),
    (AttackCase(name: "apgd-ce", norm: .l1), ""),
    (AttackCase(name: "apgd-dlr", norm: .linf), ""),
    (AttackCase(name: "apgd-dlr", norm: .l2), ""),
    (AttackCase(name: "apgd-dlr", norm: .l1), ""),
    (AttackCase(name: "apgd-t", norm: .linf), ""),
    (AttackCase(name: "apgd-t", norm: .l2), ""),
    (AttackCase(name: "apgd-t", norm: .l1), ""),
  ]

  @Test(
    "Gradient attacks lower it by epsilon times the dual norm", arguments: exact, [true, false])
  func isReached(item: (attack: AttackCase, parameters: String), isPositive: Bool) throws {
    let problem = try LinearProblem(item.attack, isPositive: isPositive)
    #expect(problem.radius * problem.dual < 5.5, "the model must hold, or the attack stops early")
    for share in try problem.shares(item.parameters, of: problem.dual) {
      #expect(abs(share - 1) <= 1e-5, "float32 inputs")
    }
  }

  @Test("One l1 step goes to the hundredth of largest weights in equal parts")
  func oneSparseStep() throws {
    let problem = try LinearProblem(AttackCase(name: "fgsm", norm: .l1), isPositive: true)
    // A hundredth of 192 coordinates is two.
    let length = (problem.weights[0] + problem.weights[1]) / 2
    for share in try problem.shares("", of: length) { #expect(abs(share - 1) <= 1e-5) }
  }

  /// The optimum puts everything on the largest weight.
  ///
  /// Steps shared by a hundredth of the coordinates end on the two largest, which keep between them
  /// what the random start gave to one more than to the other.
  @Test(
    "In l1, PGD of constant steps ends on the hundredth of largest weights",
    arguments: [true, false])
  func sparseAscent(isPositive: Bool) throws {
    let problem = try LinearProblem(AttackCase(name: "pgd", norm: .l1), isPositive: isPositive)
    let second = problem.weights[1] / problem.dual
    #expect(second > 0.96 && second < 0.97, "or the bounds below say little")
    for share in try problem.shares(":schedule=constant", of: problem.dual) {
      #expect(share >= second - 1e-5 && share <= 1 + 1e-5)
    }
  }

  @Test(
    "Noise never passes the worst case",
    arguments: AttackCase.all.filter { !$0.usesGradients && $0.norm != .l0 })
  func noiseIsWeaker(attack: AttackCase) throws {
    let problem = try LinearProblem(attack, isPositive: true)
    for share in try problem.shares("", of: problem.dual) { #expect(abs(share) < 1) }
  }
}
