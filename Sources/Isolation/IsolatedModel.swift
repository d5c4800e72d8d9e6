// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
public import RobustCore

/// A classifier that runs in a process of its own, of which this one sees answers only.
///
/// The process is `robust-eval` itself, started with a hidden command; see ``IsolatedWorker`` and
/// ``SandboxLayer`` for the walls around it. It ends with the last value that refers to it.
///
/// - Note: What is isolated is the process that answers. The program that makes the model knows it, and the
///   administrator of a machine can read all of its memory.
public final class IsolatedModel: Sendable {
  /// What is told, how often and how fast.
  public let policy: AnswerPolicy
  /// The layers that every process of the model has around it.
  public let layers: [SandboxLayer]
  /// The processes that were started, in the order of the stages; the model lies in a child of each.
  public var processIdentifiers: [Int32] { workers.map(\.identifier) }

  /// The answering side as a model like any other, to be asked by several threads.
  ///
  /// Logits are those of the model, to the last bit, for inputs in row-major order. Where the policy
  /// rounds, they are the logarithms of the rounded probabilities, those that were rounded to zero taken as
  /// half of the last decimal; where it tells labels, one for the class and zero for all others.
  ///
  /// Its `logits` throw ``IsolationError``; where the model's own query budget is spent, `AttackError`
  /// with code `budgetSpent`. They never have a gradient: an input that asks for one is an error.
  public let network: any Network

  private let subject: String
  private let workers: [WorkerProcess]

  /// Starts a process that holds a model.
  ///
  /// - Parameters:
  ///   - classifier: The model; it is handed over to the process's memory.
  ///   - policy: What is told, how often and how fast.
  ///   - channels: Batches that are computed at a time, each by a thread with a socket of its own.
  ///   - required: The layers without which there is to be no model.
  ///   - program: The `robust-eval` to start.
  ///   - patience: How long a frame may take that has begun, in seconds.
  /// - Throws: ``IsolationError`` with code `notIsolated` where a required layer is refused, before the
  ///   model is handed over; with code `cannotStart` or `modelRefused`.
  public convenience init(
    _ classifier: Classifier, policy: AnswerPolicy, channels: Int,
    requiring required: Set<SandboxLayer> = SandboxLayer.required,
    program: String = WorkerProgram.besideThisOne, patience: Double = 10
  ) throws {
    precondition(channels >= 1, "a model with \(channels) channels")
    let pairs = try (0..<channels).map { _ in try FrameStream.pair() }
    let streams = pairs.map { FrameStream(owning: $0.0) }
    defer { for pair in pairs { close(pair.1) } }
    let process = try WorkerProcess(
      program: program, channels: pairs.map { (input: $0.1, output: $0.1) })
    let setup = WorkerSetup(
      model: StoredModel(classifier), place: .whole, policy: policy, patience: patience)
    try self.init(
      classifier, policy, [(process, setup)], streams, requiring: required)
  }

  /// Starts a process for each stage of a model, which hand activations from one to the next.
  ///
  /// Batches that several threads ask at a time are in different stages at a time.
  ///
  /// - Parameters:
  ///   - classifier: The model; each process gets the weights of its own layers alone.
  ///   - stages: Neighbouring ranges of layers that cover the graph, from one of its cuts to another.
  ///   - policy: What is told, how often and how fast.
  ///   - required: The layers of the sandbox without which there is to be no model.
  ///   - program: The `robust-eval` to start.
  ///   - patience: How long a frame may take that has begun, in seconds.
  /// - Throws: ``IsolationError`` with code `notIsolated`, `cannotStart` or `modelRefused`; with code
  ///   `noStages` where the layers are not known or not cut there.
  public convenience init(
    _ classifier: Classifier, stages: [Range<Int>], policy: AnswerPolicy,
    requiring required: Set<SandboxLayer> = SandboxLayer.required,
    program: String = WorkerProgram.besideThisOne, patience: Double = 10
  ) throws {
    let models = try StoredModel.stages(of: classifier, stages)
    // Socket i leads to stage i; the last one comes back.
    let pairs = try (0...models.count).map { _ in try FrameStream.pair() }
    let stream = FrameStream(owning: pairs[models.count].1, output: pairs[0].0)
    defer {
      for (index, pair) in pairs.enumerated() {
        if index > 0 { close(pair.0) }
        if index < models.count { close(pair.1) }
      }
    }
    let members = try models.enumerated().map { index, model in
      let process = try WorkerProcess(
        program: program, channels: [(input: pairs[index].1, output: pairs[index + 1].0)])
      let place: WorkerSetup.Place =
        switch (index == 0, index == models.count - 1) {
        case (true, true): .whole
        case (true, false): .firstStage
        case (false, false): .innerStage
        case (false, true): .lastStage
        }
      return (
        process, WorkerSetup(model: model, place: place, policy: policy, patience: patience)
      )
    }
    try self.init(classifier, policy, members, [stream], requiring: required)
  }

  private init(
    _ classifier: Classifier, _ policy: AnswerPolicy,
    _ members: [(process: WorkerProcess, setup: WorkerSetup)], _ streams: [FrameStream],
    requiring required: Set<SandboxLayer>
  ) throws {
    let subject = "the isolated model '\(classifier.architecture.name)'"
    var common = Set(SandboxLayer.allCases)
    for (process, _) in members {
      let report = try process.hello(subject: subject)
      let missing = SandboxLayer.allCases.filter {
        required.contains($0) && !report.entered.contains($0)
      }
      guard missing.isEmpty else {
        let reasons = missing.map {
          "\($0.rawValue) (\(report.refused[$0.rawValue] ?? "not known"))"
        }
        throw IsolationError(
          .notIsolated, subject: subject,
          detail: "the system refuses \(reasons.joined(separator: ", "))")
      }
      common.formIntersection(report.entered)
    }
    for (process, setup) in members { try process.send(setup, subject: subject) }
    for (process, _) in members { try process.waitUntilReady(subject: subject) }
    self.subject = subject
    self.policy = policy
    layers = SandboxLayer.allCases.filter { common.contains($0) }
    workers = members.map(\.process)
    network = IsolatedNetwork(
      subject: subject, classes: classifier.architecture.classes, policy: policy,
      channels: streams.map { QueryChannel($0) }, workers: members.map(\.process))
  }

  /// Whether all layers are there without which nothing may be called isolated.
  public var isIsolated: Bool { SandboxLayer.required.isSubset(of: layers) }

  /// The inputs that were answered, by the count of the process that answers.
  ///
  /// - Throws: ``IsolationError`` with code `workerGone`.
  public func queriesAnswered() throws -> Int { try workers[0].queries(subject: subject) }
}

extension StoredModel {
  /// The stages of a model, each with the weights of its own layers.
  ///
  /// - Throws: ``IsolationError`` with code `noStages`.
  static func stages(
    of classifier: Classifier, _ ranges: [Range<Int>]
  ) throws(IsolationError) -> [StoredModel] {
    let subject = "the model '\(classifier.architecture.name)'"
    guard let architecture = classifier.architecture as? GraphArchitecture else {
      throw IsolationError(.noStages, subject: subject, detail: "its layers are not known")
    }
    let graph = architecture.graph
    let borders = [0] + ranges.map(\.upperBound)
    guard zip(ranges, borders).allSatisfy({ $0.lowerBound == $1 && !$0.isEmpty }),
      borders.last == graph.layers.count,
      borders.dropFirst().dropLast().allSatisfy(graph.cuts.contains)
    else {
      throw IsolationError(
        .noStages, subject: subject,
        detail: "\(ranges) are no stages of \(graph.layers.count) layers")
    }
    return ranges.map { range in
      StoredModel(
        GraphArchitecture(
          name: architecture.name, inputShape: architecture.inputShape,
          classes: architecture.classes, graph: graph.part(range)), classifier.parameters)
    }
  }
}
