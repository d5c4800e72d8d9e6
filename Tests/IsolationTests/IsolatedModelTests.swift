// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Isolation
import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("An isolated model", .timeLimit(.minutes(15)))
struct IsolatedModelTests {
  private static let logits = AnswerPolicy(answers: .scores(decimals: nil))

  private func code(_ body: () throws -> Void) -> IsolationError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? IsolationError)?.code
    }
  }

  @Test("It answers with the bits of the model", arguments: ["mlp", "cnn", "resnet8"])
  func sameBits(name: String) throws {
    let classifier = try Fixtures.classifier(name)
    let model = try IsolatedModel(classifier, policy: Self.logits, channels: 2)
    #expect(model.layers == SandboxLayer.allCases)
    #expect(model.isIsolated)
    for count in [1, 32, 40] {
      let images = Fixtures.images(count)
      #expect(try model.network.logits(images).bytes == classifier.network.logits(images).bytes)
    }
    #expect(try model.queriesAnswered() == 73)
  }

  @Test("A model of texts answers with the bits of the model")
  func texts() throws {
    let classifier = try Fixtures.textClassifier()
    let model = try IsolatedModel(classifier, policy: Self.logits, channels: 1)
    let ids = classifier.architecture.probe(40)
    #expect(try model.network.logits(ids).bytes == classifier.network.logits(ids).bytes)
    #expect(try model.queriesAnswered() == 40)
  }

  @Test("What is no text is refused and costs no query", arguments: [-1, 50])
  func oddTexts(id: Int) throws {
    let model = try IsolatedModel(
      Fixtures.textClassifier(), policy: Self.logits, channels: 1)
    let ids = Tensor([1, 2, 3, 4, 5, id], shape: [1, 6])
    #expect(code { _ = try model.network.logits(ids) } == .wrongInput)
    let images = Tensor(repeating: 0.5, shape: [1, 6])
    #expect(code { _ = try model.network.logits(images) } == .wrongInput)
    #expect(try model.queriesAnswered() == 0)
  }

  @Test("A model that is no graph goes as an archive, and answers with the same bits")
  func archive() throws {
    let classifier = try Fixtures.classifier("cnn")
    let file = NSTemporaryDirectory() + "isolated-\(UUID().uuidString).pt"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try classifier.architecture.exported(classifier.parameters).save(to: file)
    let script = try ScriptArchitecture(contentsOf: file, inputShape: [1, 12, 12])
    let loaded = Classifier(
      architecture: script, parameters: script.initialParameters(random: .init(seed: 0)))
    let model = try IsolatedModel(loaded, policy: Self.logits, channels: 1)
    let images = Fixtures.images(5)
    #expect(try model.network.logits(images).bytes == loaded.network.logits(images).bytes)
  }

  @Test("Many threads ask at a time, and each gets its own answer", arguments: [1, 3])
  func threads(channels: Int) async throws {
    let classifier = try Fixtures.classifier("mlp")
    let model = try IsolatedModel(classifier, policy: Self.logits, channels: channels)
    let (network, truth) = (model.network, classifier.network)
    let equal = try await WorkerPool(workers: 4).map(60) { index in
      let images = Fixtures.images(1 + index % 7, seed: UInt64(index))
      return try network.logits(images).bytes == truth.logits(images).bytes
    }
    #expect(equal.allSatisfy { $0 })
  }

  @Test("Labels and rounded scores are those of the model")
  func answers() throws {
    let classifier = try Fixtures.classifier("cnn")
    let images = Fixtures.images(20)
    let truth = try classifier.network.logits(images)
    let label = try IsolatedModel(classifier, policy: AnswerPolicy(answers: .label), channels: 1)
    let told = try label.network.logits(images)
    #expect(told.sum.scalar == 20, "one for each class, zero for all others")
    #expect(
      told.indexOfLargest(along: 1).elements(of: Int.self)
        == truth.indexOfLargest(along: 1).elements(of: Int.self))
    let rounded = try IsolatedModel(
      classifier, policy: AnswerPolicy(answers: .scores(decimals: 2)), channels: 1)
    let probabilities = try rounded.network.logits(images).exponential.elements(of: Float.self)
    let exact = truth.softmax().elements(of: Float.self)
    #expect(zip(probabilities, exact).allSatisfy { abs($0 - $1) <= 0.00501 })
    #expect(
      probabilities.allSatisfy { abs(($0 * 100).rounded() - $0 * 100) < 1e-3 || $0 < 0.00501 },
      "two decimals, or half of the last one")
  }

  @Test("It gives no gradient, and an attack that asks for one is told so")
  func noGradient() throws {
    let classifier = try Fixtures.classifier("mlp")
    let model = try IsolatedModel(classifier, policy: Self.logits, channels: 1)
    let victim = ModelVictim(model.network, classes: 4, inputRange: 0...1, rows: 2)
    #expect(
      code {
        _ = try victim.gradient(
          of: .crossEntropy, at: Fixtures.images(2), labels: Tensor([0, 1]), rows: [0, 1])
      } == .noGradient)
    #expect(try !model.network.logits(Fixtures.images(2)).requiresGradient)
    #expect(try model.queriesAnswered() == 2)
  }

  @Test("A query past the budget is refused by the process itself, in the words that attacks know")
  func budget() throws {
    let classifier = try Fixtures.classifier("mlp")
    let model = try IsolatedModel(
      classifier, policy: AnswerPolicy(answers: .label, queryBudget: 10), channels: 2)
    _ = try model.network.logits(Fixtures.images(6))
    #expect {
      _ = try model.network.logits(Fixtures.images(5))
    } throws: { error in
      (error as? AttackError)?.code == .budgetSpent
    }
    _ = try model.network.logits(Fixtures.images(4))
    #expect(try model.queriesAnswered() == 10, "channels share the budget")
    #expect(throws: AttackError.self) { _ = try model.network.logits(Fixtures.images(1)) }
  }

  @Test("A model that lacks a parameter is refused with its name, by a process that ends")
  func incompleteModel() throws {
    var classifier = try Fixtures.classifier("mlp")
    classifier.parameters["fc2.weight"] = nil
    #expect {
      _ = try IsolatedModel(classifier, policy: Self.logits, channels: 1)
    } throws: { error in
      let error = error as? IsolationError
      return error?.code == .modelRefused && error?.detail.contains("fc2.weight") == true
    }
  }

  @Test("A process that is killed gives one clear error, now and later", arguments: [true, false])
  func killed(supervisor: Bool) throws {
    let classifier = try Fixtures.classifier("mlp")
    let model = try IsolatedModel(classifier, policy: Self.logits, channels: 2)
    _ = try model.network.logits(Fixtures.images(2))
    let started = model.processIdentifiers[0]
    let worker = try ProcessTable.child(of: started)
    kill(supervisor ? started : worker, SIGKILL)
    // Its last moment may lie a little behind ours, and what it still answers is right.
    ProcessTable.waitForEnd(of: worker)
    for _ in 0..<3 {
      #expect {
        _ = try model.network.logits(Fixtures.images(2))
      } throws: { error in
        let error = error as? IsolationError
        return error?.code == .workerGone && error?.detail.contains("signal 9") == true
      }
    }
    #expect(code { _ = try model.queriesAnswered() } == .workerGone)
    #expect(!ProcessTable.isAlive(worker), "nothing is left of it")
  }

  @Test("Killed in the middle of its work, it leaves every thread with the error")
  func killedAtWork() async throws {
    let classifier = try Fixtures.classifier("mlp")
    let model = try IsolatedModel(
      classifier, policy: AnswerPolicy(answers: .label, queriesPerSecond: 4), channels: 2)
    let network = model.network
    let started = model.processIdentifiers[0]
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { _ = kill(started, SIGKILL) }
    let codes = try await WorkerPool(workers: 2).map(4) { _ -> IsolationError.Code? in
      do {
        // Held back by the rate for longer than the process lives.
        _ = try network.logits(Fixtures.images(40))
        return nil
      } catch { return (error as? IsolationError)?.code }
    }
    #expect(codes == Array(repeating: .workerGone, count: 4))
  }

  @Test("The process ends with the last value that needs it")
  func lifetime() throws {
    let classifier = try Fixtures.classifier("mlp")
    var worker: Int32 = 0
    var started: Int32 = 0
    do {
      let network: any Network
      do {
        let model = try IsolatedModel(classifier, policy: Self.logits, channels: 1)
        network = model.network
        started = model.processIdentifiers[0]
        worker = try ProcessTable.child(of: started)
      }
      _ = try network.logits(Fixtures.images(1))
    }
    for _ in 0..<200 where ProcessTable.isAlive(worker) { usleep(10_000) }
    #expect(!ProcessTable.isAlive(worker))
    #expect(!ProcessTable.isAlive(started))
  }

  @Test("Without a program there is an error that names it")
  func noProgram() throws {
    let classifier = try Fixtures.classifier("mlp")
    #expect(
      code {
        _ = try IsolatedModel(
          classifier, policy: Self.logits, channels: 1, program: "/nowhere/robust-eval")
      } == .cannotStart)
    #expect(
      code {
        _ = try IsolatedModel(
          classifier, policy: Self.logits, channels: 1, program: "/usr/bin/true")
      } == .workerGone)
  }

  @Test("Where the system forbids namespaces, nothing is called isolated and no model is sent")
  func forbidden() throws {
    let wrapper = try Wrapper(
      "exec unshare --user --map-root-user sh -c"
        + " 'echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"' \"$program\" \"$@\""
    )
    let classifier = try Fixtures.classifier("mlp")
    #expect {
      _ = try IsolatedModel(
        classifier, policy: Self.logits, channels: 1, program: wrapper.program)
    } throws: { error in
      let error = error as? IsolationError
      return error?.code == .notIsolated && error?.detail.contains("user namespace") == true
    }
    let open = try IsolatedModel(
      classifier, policy: Self.logits, channels: 1, requiring: [], program: wrapper.program)
    #expect(!open.isIsolated, "who does without the walls gets answers, and no good name")
    #expect(!open.layers.contains(.userNamespace))
    #expect(open.layers.contains(.systemCalls), "the walls that need no permission stand")
    let images = Fixtures.images(3)
    #expect(try open.network.logits(images).bytes == classifier.network.logits(images).bytes)
  }

  @Test("The command is for the program itself")
  func command() throws {
    let program = WorkerProgram.besideThisOne
    for arguments in [[], ["1"], ["0"], ["x"], ["1", "2"]] {
      let ended = try Ended([program, "isolated-worker"] + arguments)
      #expect(ended.status == 2)
      #expect(ended.output == "robust-eval: isolated-worker: it is started by robust-eval itself\n")
    }
    #expect(try !Ended([program, "--help"]).output.contains("isolated-worker"))
  }
}
