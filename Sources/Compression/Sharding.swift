// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import RobustCore
public import Statistics

/// The model in parts that can run apart: stages of a pipeline, or members that answer together.
public struct Sharding: Compression {
  /// What tells the parts from one another.
  public enum Division: String, Sendable, CaseIterable {
    /// Neighbouring layers: the same function in stages.
    case layers
    /// Members trained on disjoint parts of the data.
    case data
    /// Members that see disjoint columns of the input.
    case features
  }

  /// The number of parts.
  public var parts: Int
  /// What tells them apart.
  public var division: Division
  /// How members' answers become one.
  public var combination: Graph.Combination
  /// The length of a member's training in passes over its data; nil for that of the dense model.
  public var epochs: Double?

  /// Creates the method.
  public init(
    parts: Int, division: Division, combination: Graph.Combination = .mean, epochs: Double? = nil
  ) {
    self.parts = parts
    self.division = division
    self.combination = combination
    self.epochs = epochs
  }

  /// Stages leave the parameters as they are.
  public var removesParameters: Bool { division != .layers }

  /// Votes are counted.
  public var keepsGradients: Bool { division == .layers || combination == .mean }

  /// Says whether the layers, the columns and the widths allow so many parts.
  ///
  /// - Throws: ``CompressionError``.
  public func check(_ architecture: any Architecture, to sparsity: Double) throws {
    switch division {
    case .layers:
      _ = try stages(of: try architecture.layers())
    case .data, .features:
      let layers = try architecture.layers()
      let budget = weightBudget(of: layers.graph.prunableCount, at: sparsity)
      _ = try member(0, of: layers, keeping: budget / parts)
    }
  }

  /// None for stages; members on parts of the data together pass over it as often as one model.
  public func tuningEpochs(ofDense dense: Double, to sparsity: Double) -> Double {
    switch division {
    case .layers: 0
    case .data: epochs ?? dense
    case .features: Double(parts) * (epochs ?? dense)
    }
  }

  /// Cuts the model, or trains the members; see ``Compression``.
  ///
  /// - Throws: What ``check(_:to:)`` throws, besides.
  public func compressed(
    _ classifier: Classifier, to sparsity: Double, tuning: any Tuning, random: RandomKey
  ) async throws -> Classifier {
    let (classifier, architecture) = try classifier.layered()
    if division == .layers {
      return classifier.replacing(
        architecture: try stages(of: architecture), parameters: classifier.parameters)
    }
    let budget = classifier.prunableBudget(at: sparsity)
    var members: [Graph] = []
    var parameters = ParameterSet()
    for index in 0..<parts {
      let member = try member(index, of: architecture, keeping: budget / parts)
      let own = division == .data ? try tuning.part(index, of: parts) : tuning
      let start = Classifier(architecture: member, parameters: own.initial(member))
      let trained =
        epochs == 0
        ? start.parameters
        : try await own.tuned(start, TuningSchedule(epochs: epochs, rate: .full))
      members.append(member.graph)
      for (name, weight) in trained.parameters { parameters[name] = weight }
      for (name, value) in trained.buffers { parameters[buffer: name] = value }
    }
    let graph = Graph(members: members, combination: combination, classes: architecture.classes)
    return classifier.replacing(
      architecture: architecture.replacing(graph), parameters: parameters)
  }

  private func stages(
    of architecture: GraphArchitecture
  ) throws(CompressionError) -> GraphArchitecture {
    var graph = architecture.graph
    guard let stages = graph.stages(parts) else {
      throw CompressionError(
        .tooFewCuts, subject: "model '\(architecture.name)'",
        detail: "its layers cannot be cut into \(parts) stages that each have weights",
        remedy: "ask for fewer parts")
    }
    graph.parts = stages
    return architecture.replacing(graph)
  }

  /// A narrower model of the same family with layers named after the member.
  private func member(
    _ index: Int, of architecture: GraphArchitecture, keeping budget: Int
  ) throws(CompressionError) -> GraphArchitecture {
    var graph = try architecture.narrowed(keeping: budget).graph
    if division == .features {
      let width = architecture.inputShape.last ?? 0
      guard architecture.inputShape.count == 3, width >= parts else {
        throw CompressionError(
          .tooFewColumns, subject: "model '\(architecture.name)'",
          detail: "inputs of shape \(architecture.inputShape) have no \(parts) columns to divide",
          remedy: "ask for fewer parts, or divide by data")
      }
      graph = graph.seeing(columns: width * index / parts..<width * (index + 1) / parts)
    }
    return architecture.replacing(graph.prefixed("member\(index + 1)."))
  }
}

extension CompressionMember {
  /// In parts.
  static let shard = CompressionMember(
    "shard", "the model in parts: stages by layers, or members on disjoint data or features",
    citation: "Levine and Feizi, ICLR 2021, arXiv:2006.14768", stage: .model,
    // Stages are cut from what all other steps leave.
    stageOf: { $0.choice("by") == Sharding.Division.layers ? .parts : .model },
    parameters: [
      ParameterSchema(
        "parts", .integer(2...64), default: .integer(2), summary: "how many"),
      ParameterSchema(
        "by", .choice(Sharding.Division.allCases.map(\.rawValue)), default: .choice("data"),
        summary: "what tells the parts apart; stages by layers keep every parameter"),
      ParameterSchema(
        "combine", .choice(Graph.Combination.allCases.map(\.rawValue)), default: .choice("mean"),
        summary: "mean of the members' logits, or majority vote"),
      .ownEpochs,
    ]
  ) { values in
    Sharding(
      parts: values.integer("parts"), division: values.choice("by"),
      combination: values.choice("combine"), epochs: values.optionalReal("epochs"))
  }
}
