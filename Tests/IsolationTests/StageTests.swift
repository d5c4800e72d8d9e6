// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import RobustCore
import Testing
import Torch

@Suite("Stages in processes of their own", .timeLimit(.minutes(15)))
struct StageTests {
  private static let logits = AnswerPolicy(answers: .scores(decimals: nil))

  @Test(
    "A pipeline answers with the bits of the whole model",
    arguments: [("mlp", 2), ("cnn", 2), ("cnn", 4), ("resnet8", 2), ("resnet8", 3)])
  func sameBits(name: String, count: Int) throws {
    let classifier = try Fixtures.classifier(name)
    let graph = try #require(classifier.architecture as? GraphArchitecture).graph
    let stages = try #require(graph.stages(count))
    let model = try IsolatedModel(classifier, stages: stages, policy: Self.logits)
    #expect(model.processIdentifiers.count == count)
    #expect(model.isIsolated)
    for rows in [1, 32, 50] {
      let images = Fixtures.images(rows)
      #expect(try model.network.logits(images).bytes == classifier.network.logits(images).bytes)
    }
    #expect(try model.queriesAnswered() == 83)
  }

  @Test("Batches of many threads keep their order")
  func threads() async throws {
    let classifier = try Fixtures.classifier("cnn")
    let graph = try #require(classifier.architecture as? GraphArchitecture).graph
    let model = try IsolatedModel(
      classifier, stages: try #require(graph.stages(3)), policy: Self.logits)
    let (network, truth) = (model.network, classifier.network)
    let equal = try await WorkerPool(workers: 4).map(40) { index in
      let images = Fixtures.images(1 + index % 5, seed: UInt64(index))
      return try network.logits(images).bytes == truth.logits(images).bytes
    }
    #expect(equal.allSatisfy { $0 })
  }

  @Test("Errors of the first stage come through all others, and the next batch is answered")
  func errors() throws {
    let classifier = try Fixtures.classifier("cnn")
    let graph = try #require(classifier.architecture as? GraphArchitecture).graph
    let model = try IsolatedModel(
      classifier, stages: try #require(graph.stages(3)),
      policy: AnswerPolicy(answers: .label, queryBudget: 3))
    #expect {
      _ = try model.network.logits(Fixtures.images(1, side: 13))
    } throws: { error in
      (error as? IsolationError)?.code == .wrongInput
    }
    #expect(throws: AttackError.self) { _ = try model.network.logits(Fixtures.images(4)) }
    let images = Fixtures.images(3)
    #expect(
      try model.network.logits(images).indexOfLargest(along: 1).elements(of: Int.self)
        == classifier.network.logits(images).indexOfLargest(along: 1).elements(of: Int.self))
  }

  @Test("One stage that is killed ends the pipeline with a clear error", arguments: [0, 1, 2])
  func killed(stage: Int) throws {
    let classifier = try Fixtures.classifier("cnn")
    let graph = try #require(classifier.architecture as? GraphArchitecture).graph
    let model = try IsolatedModel(
      classifier, stages: try #require(graph.stages(3)), policy: Self.logits)
    _ = try model.network.logits(Fixtures.images(2))
    let worker = try ProcessTable.child(of: model.processIdentifiers[stage])
    kill(model.processIdentifiers[stage], SIGKILL)
    ProcessTable.waitForEnd(of: worker)
    for _ in 0..<2 {
      #expect {
        _ = try model.network.logits(Fixtures.images(2))
      } throws: { error in
        let error = error as? IsolationError
        return error?.code == .workerGone && error?.detail.contains("signal 9") == true
      }
    }
  }

  @Test(
    "Ranges that are no stages are refused",
    arguments: [[], [0..<3], [0..<2, 3..<8], [0..<4, 4..<4, 4..<8], [1..<8]])
  func noStages(stages: [Range<Int>]) throws {
    let classifier = try Fixtures.classifier("cnn")
    #expect {
      _ = try IsolatedModel(classifier, stages: stages, policy: Self.logits)
    } throws: { error in
      (error as? IsolationError)?.code == .noStages
    }
  }

  @Test("A cut through a residual block is refused")
  func throughBlock() throws {
    let classifier = try Fixtures.classifier("resnet8")
    let graph = try #require(classifier.architecture as? GraphArchitecture).graph
    let inside = try #require(graph.layers.firstIndex { $0.name == "block1.conv2" })
    #expect(throws: IsolationError.self) {
      _ = try IsolatedModel(
        classifier, stages: [0..<inside, inside..<graph.layers.count], policy: Self.logits)
    }
  }
}
