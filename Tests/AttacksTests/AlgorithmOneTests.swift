// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

@testable import Attacks

/// Algorithm 1 of the paper for one example in linf, written down line by line.
private struct AlgorithmOne {
  let network: RandomNetwork
  let label: Int
  /// The class that the logit ratio leads to; nil for the cross-entropy.
  var target: Int?
  let center: [Float]
  let epsilon: Float
  let rho = 0.75

  private func evaluate(_ x: [Float]) throws -> (loss: Double, gradient: [Float]) {
    let answer = try network.tiledGradient(at: Tensor(x, shape: [1] + Images.shape)) { logits, _ in
      // The ratio itself has a test by hand.
      let loss = target == nil ? Loss.crossEntropy : .logitRatio
      return loss.values(
        logits: logits, labels: Tensor([label]), targets: target.map { Tensor([$0]) })
    }
    return (answer.losses.scalar, answer.gradient.elements())
  }

  private func projected(_ x: [Float]) -> [Float] {
    zip(x, center).map { min(max($0, max($1 - epsilon, 0)), min($1 + epsilon, 1)) }
  }

  private func sign(_ value: Float) -> Float { value > 0 ? 1 : value < 0 ? -1 : 0 }

  /// What becomes of a start.
  struct Course {
    /// The best point.
    var x: [Float]
    /// How often the step was halved.
    var halvings = 0
    /// Whether a decision hung on the rounding of sums, which differs from processor to processor.
    var hangsOnRounding = false
  }

  private static func isRounding(_ difference: Double, of size: Double) -> Bool {
    // A few units in the last place of single precision; equal numbers are equal everywhere.
    difference != 0 && abs(difference) < 2e-6 * max(abs(size), 1e-3)
  }

  /// The best point after `steps` steps from a start.
  func best(from start: [Float], steps: Int, checkpoints: [Int]) throws -> Course {
    var course = Course(x: start)
    var eta = 2 * epsilon
    var (before, x) = (start, start)
    var (loss, gradient) = try evaluate(x)
    var (best, bestLoss, bestGradient) = (x, loss, gradient)
    var (lastCheckpoint, rises) = (0, 0)
    // The first check has no earlier one to compare its step and best loss with.
    var (wasHalved, bestAtCheckpoint) = (true, loss)
    for k in 0..<steps {
      let steepest = Double(gradient.map(abs).max() ?? 0)
      let isFlat = gradient.contains { Self.isRounding(Double($0), of: steepest) }
      let z = projected(zip(x, gradient).map { $0 + eta * sign($1) })
      let alpha: Float = k == 0 ? 1 : 0.75
      let next = projected(
        x.indices.map { x[$0] + alpha * (z[$0] - x[$0]) + (1 - alpha) * (x[$0] - before[$0]) })
      (before, x) = (x, next)
      let old = loss
      (loss, gradient) = try evaluate(x)
      let isTie =
        Self.isRounding(loss - old, of: loss) || Self.isRounding(loss - bestLoss, of: loss)
      if isFlat || isTie { course.hangsOnRounding = true }
      if loss > old { rises += 1 }
      if loss > bestLoss { (best, bestLoss, bestGradient) = (x, loss, gradient) }
      guard checkpoints.contains(k + 1) else { continue }
      let seldom = Double(rises) < rho * Double(k + 1 - lastCheckpoint)
      let stuck = !wasHalved && bestLoss == bestAtCheckpoint
      wasHalved = seldom || stuck
      if wasHalved {
        eta /= 2
        course.halvings += 1
        (x, loss, gradient) = (best, bestLoss, bestGradient)
      }
      (lastCheckpoint, rises, bestAtCheckpoint) = (k + 1, 0, bestLoss)
    }
    course.x = best
    return course
  }
}

@Suite("APGD, step by step", .tags(.paper), .timeLimit(.minutes(15)))
struct AlgorithmOneTests {
  @Test("It is the paper's algorithm 1")
  func isAlgorithmOne() throws {
    let network = RandomNetwork(classes: 4, size: Images.size, seed: 5)
    let batch = try Images.labelled(
      Images.batch(24, classes: 4, in: 0.2...0.8, withEnds: false), by: network)
    let epsilon = try #require(Epsilon("0.01"))
    let threat = ThreatModel(norm: .linf, epsilon: epsilon)
    let random = RandomKey(seed: 3)
    let starts = Ball(threat, around: batch.inputs, inputRange: 0...1)
      .randomStart(batch.indices, random, restart: 0).flattenedExamples
    let labels = batch.labels.elements(of: Int.self)
    // By hand, see the checkpoints' own test.
    let checkpoints = [11, 21, 29, 35, 40, 44, 47, 50]
    var (compared, halvings) = (0, 0)
    for row in 0..<24 {
      // Alone, so that the network's sums are rounded as the reference's are.
      let victim = ModelVictim(network, classes: 4, inputRange: 0...1, rows: 1)
      let found = try AutoProjectedGradient(steps: 50).perturb(
        batch.rows([row]), within: threat, against: victim, random: random)
      guard try network.rights(found, [labels[row]]) == [true] else { continue }
      let reference = AlgorithmOne(
        network: network, label: labels[row],
        center: batch.inputs.rows([row]).elements(), epsilon: Float(epsilon.value))
      let expected = try reference.best(
        from: starts.rows([row]).elements(), steps: 50, checkpoints: checkpoints)
      let values: [Float] = found.elements()
      let error = zip(values, expected.x).map { abs($0 - $1) }.max() ?? 0
      if expected.hangsOnRounding { continue }
      #expect(error <= 1e-5, "row \(row)")
      compared += 1
      halvings += expected.halvings
    }
    #expect(compared >= 4, "or little is compared")
    #expect(halvings >= 8)
  }

  @Test(
    "With targets it is algorithm 1 towards each class in the order of the logits", arguments: 1...3
  )
  func isTargeted(targets: Int) throws {
    let network = RandomNetwork(classes: 4, size: Images.size, seed: 5)
    let batch = try Images.labelled(
      Images.batch(16, classes: 4, in: 0.2...0.8, withEnds: false), by: network)
    let epsilon = try #require(Epsilon("0.01"))
    let threat = ThreatModel(norm: .linf, epsilon: epsilon)
    let random = RandomKey(seed: 3)
    // What comes back of an example that holds is the best point on the way to the last class.
    let starts = Ball(threat, around: batch.inputs, inputRange: 0...1)
      .randomStart(batch.indices, random.split(targets - 1), restart: 0).flattenedExamples
    let labels = batch.labels.elements(of: Int.self)
    var (compared, same) = (0, 0)
    let attack = AutoProjectedGradient(steps: 20, loss: .logitRatio, targets: targets)
    for row in 0..<16 {
      let victim = ModelVictim(network, classes: 4, inputRange: 0...1, rows: 1)
      let one = batch.rows([row])
      let found = try attack.perturb(one, within: threat, against: victim, random: random)
      guard try network.rights(found, [labels[row]]) == [true] else { continue }
      let logits: [Float] = network.logits(one.inputs).elements()
      let ranked = (0..<4).filter { $0 != labels[row] }.sorted { logits[$0] > logits[$1] }
      let reference = AlgorithmOne(
        network: network, label: labels[row], target: ranked[targets - 1],
        center: one.inputs.elements(), epsilon: Float(epsilon.value))
      let expected = try reference.best(
        from: starts.rows([row]).elements(), steps: 20,
        checkpoints: [5, 9, 12, 14, 16, 18, 20])
      let values: [Float] = found.elements()
      let error = zip(values, expected.x).map { abs($0 - $1) }.max() ?? 0
      if error <= 1e-5 { same += 1 }
      compared += 1
    }
    // A gradient whose sign hangs on the rounding of sums may part one pair.
    #expect(same >= compared - 1 && compared >= 4, "\(same) of \(compared)")
  }
}
