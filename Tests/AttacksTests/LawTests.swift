// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import RobustCore
import TestSupport
import Testing
import Torch

@Suite("Laws of attacks", .tags(.law), .timeLimit(.minutes(15)))
struct LawTests {
  private let random = RandomNetwork(classes: 4, size: Images.size, seed: 5)

  @Test("No input leaves the ball or the range", arguments: AttackCase.all)
  func staysInside(attack: AttackCase) throws {
    let batch = try Images.labelled(Images.batch(12, classes: 4), by: random)
    // A model that nothing fools makes the attack go its whole way.
    let stubborn = LinearNetwork(score: .normal([1, Images.size], sigma: 1, seed: 4), shift: 1e4)
    let ones = try Images.labelled(batch, by: stubborn)
    for radius in attack.radii {
      let runs = [
        try attack.run(attack.fewSteps, radius: radius, on: random, classes: 4, batch: batch),
        try attack.run(attack.fewSteps, radius: radius, on: stubborn, classes: 2, batch: ones),
      ]
      for run in runs { try expectInside(attack, run.inputs, batch.inputs, radius: radius) }
    }
  }

  @Test("Epsilon zero returns the input", arguments: AttackCase.all)
  func zeroRadius(attack: AttackCase) throws {
    let batch = try Images.labelled(Images.batch(6, classes: 4), by: random)
    let run = try attack.run(attack.fewSteps, radius: "0", on: random, classes: 4, batch: batch)
    #expect(run.inputs.elements(of: Float.self) == batch.inputs.elements(of: Float.self))
  }

  @Test("The same seed gives the same bytes, whatever the neighbours", arguments: AttackCase.all)
  func replays(attack: AttackCase) throws {
    let network = LinearNetwork(classes: 3, size: Images.size, sigma: 0.1, seed: 6)
    let batch = try Images.labelled(Images.batch(9, classes: 3), by: network)
    let radius = attack.radii[0]
    let whole = try attack.run(
      attack.fewSteps, radius: radius, on: network, classes: 3, batch: batch)
    let again = try attack.run(
      attack.fewSteps, radius: radius, on: network, classes: 3, batch: batch)
    #expect(whole.inputs.bytes == again.inputs.bytes)
    for rows in [[2, 3, 8], [7], [8, 0]] {
      let part = try attack.run(
        attack.fewSteps, radius: radius, on: network, classes: 3, batch: batch.rows(rows))
      #expect(part.inputs.bytes == whole.inputs.rows(rows).bytes, "rows \(rows)")
      #expect(part.queries == rows.map { whole.queries[$0] })
      #expect(part.gradients == rows.map { whole.gradients[$0] })
    }
  }

  @Test("Another seed gives another answer", arguments: AttackCase.all.filter(\.isRandom))
  func seedCounts(attack: AttackCase) throws {
    // A model that holds, except for attacks that return only what they broke.
    let network = LinearNetwork(
      score: .normal([1, Images.size], sigma: 1, seed: 4), shift: attack.seeksNearest ? 0 : 1e4)
    let batch = try Images.labelled(Images.batch(2, classes: 2), by: network)
    let parameters =
      [
        "pgd": ":steps=1:step-size=0.01", "apgd-ce": ":steps=1", "apgd-dlr": ":steps=1",
        "apgd-t": ":steps=1", "di-mim": ":steps=1:step-size=0.01:diversity=1:loss=margin",
        "transfer": ":steps=1",
        "nes": ":steps=1:step-size=0.01", "spsa": ":steps=1:step-size=0.01",
      ][attack.name] ?? attack.fewSteps
    let radius = attack.seeksNearest ? "3" : attack.radii[0]
    let answers = try [3, 4].map { seed in
      try attack.run(
        parameters, radius: radius, on: network, classes: 2, batch: batch, inputRange: -9...9,
        seed: seed
      ).inputs.bytes
    }
    #expect(answers[0] != answers[1])
  }

  @Test(
    "A larger epsilon never raises robust accuracy on a linear model", arguments: AttackCase.all)
  func isMonotone(attack: AttackCase) throws {
    let network = LinearNetwork(classes: 3, size: Images.size, sigma: 0.1, seed: 8)
    let images = Images.batch(30, classes: 3, in: 0.3...0.7, withEnds: false)
    // Every tenth label is wrong.
    let labels = try network.predictions(images.inputs).enumerated()
      .map { $0.offset % 10 == 9 ? ($0.element + 1) % 3 : $0.element }
    let batch = Batch(inputs: images.inputs, labels: Tensor(labels), indices: images.indices)
    let clean = try network.rights(batch.inputs, labels)
    #expect(clean.count { $0 } == 27)
    let scale = try #require(Epsilon(attack.radii[0])).value
    let accuracies = try [0, 0.1, 0.3, 1, 3].map { factor in
      let run = try attack.run(
        attack.fewSteps, radius: "\(factor * scale)", on: network, classes: 3, batch: batch,
        inputRange: -9...9)
      return try zip(clean, network.rights(run.inputs, labels)).count { $0 && $1 }
    }
    #expect(accuracies[0] == 27)
    #expect(zip(accuracies, accuracies.dropFirst()).allSatisfy { $0 >= $1 }, "\(accuracies)")
    if attack.usesGradients {
      #expect(accuracies[4] < 15, "one that never succeeds proves nothing")
    }
  }

  @Test("An example that is wrong already is retired at its first query", arguments: AttackCase.all)
  func retiresTheWrong(attack: AttackCase) throws {
    let network = ConstantNetwork(row: [5, 0, -5])
    let batch = Images.batch(7, classes: 3)
    let run = try attack.run(
      attack.fewSteps, radius: attack.radii[0], on: network, classes: 3, batch: batch)
    for (row, label) in batch.labels.elements(of: Int.self).enumerated() where label != 0 {
      #expect(run.queries[row] == 1)
      #expect(run.gradients[row] <= 1)
    }
    for (row, label) in batch.labels.elements(of: Int.self).enumerated() where label == 0 {
      #expect(run.queries[row] > (attack.name == "universal" ? 0 : 1))
    }
    try expectInside(attack, run.inputs, batch.inputs, radius: attack.radii[0])
  }

  @Test("A model without a gradient, or without numbers, is survived", arguments: AttackCase.all)
  func survivesBrokenModels(attack: AttackCase) throws {
    let batch = Images.batch(5, classes: 2)
    let broken = BrokenNetwork(
      inner: LinearNetwork(classes: 2, size: Images.size, sigma: 1, seed: 1))
    for network in [ConstantNetwork(row: [0, 0]), broken] as [any Network] {
      for radius in attack.radii {
        let run = try attack.run(
          attack.fewSteps, radius: radius, on: network, classes: 2, batch: batch)
        try expectInside(attack, run.inputs, batch.inputs, radius: radius)
      }
    }
  }

  @Test("One example is enough", arguments: AttackCase.all)
  func oneExample(attack: AttackCase) throws {
    let network = LinearNetwork(classes: 2, size: Images.size, sigma: 1, seed: 1)
    let batch = try Images.labelled(Images.batch(1, classes: 2), by: network)
    let run = try attack.run(
      attack.fewSteps, radius: attack.radii[0], on: network, classes: 2, batch: batch)
    #expect(run.inputs.shape == [1] + Images.shape)
    try expectInside(attack, run.inputs, batch.inputs, radius: attack.radii[0])
  }

  @Test("The model's parameters and the batch stay as they were", arguments: AttackCase.all)
  func changesNothingElse(attack: AttackCase) throws {
    let network = LinearNetwork(classes: 3, size: Images.size, sigma: 0.1, seed: 6)
    let batch = try Images.labelled(Images.batch(4, classes: 3), by: network)
    let before = [network.weights, network.bias, batch.inputs, batch.labels].map(\.bytes)
    _ = try attack.run(
      attack.fewSteps, radius: attack.radii[0], on: network, classes: 3, batch: batch)
    #expect([network.weights, network.bias, batch.inputs, batch.labels].map(\.bytes) == before)
  }

  @Test("Every member in the sources is listed in the catalog")
  func catalogIsWhole() throws {
    let members = try SourceMembers(of: "AttackMember", in: "Attacks")
    #expect(members.declared == members.listed)
    #expect(members.listed.count == AttackCatalog.members.count)
  }

  private func expectInside(
    _ attack: AttackCase, _ inputs: Tensor, _ center: Tensor, radius: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let epsilon = try #require(Epsilon(radius)).value
    let limit = attack.norm == .linf ? epsilon : epsilon * (1 + 1e-6)
    let farthest = attack.distances(inputs, from: center).max() ?? .infinity
    #expect(farthest <= limit, "radius \(radius)", sourceLocation: sourceLocation)
    let isInRange = inputs.elements(of: Float.self).allSatisfy { $0 >= 0 && $0 <= 1 }
    #expect(isInRange, "finite and inside 0...1", sourceLocation: sourceLocation)
  }
}
