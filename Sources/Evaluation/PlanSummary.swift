// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// What a run will do, and about how long that takes.
public struct PlanSummary: Codable, Sendable, Hashable {
  /// A part of the run.
  public struct Stage: Codable, Sendable, Hashable {
    /// What is done.
    public var name: String
    /// Its cost in input gradients, a forward pass as half of one: at most about so much.
    public var gradients: Double
    /// Seconds on the workers if nothing is cached.
    public var seconds: Double
  }

  /// The ids of the models.
  public var variants: [String]
  /// The ids of the evaluations.
  public var evaluations: [String]
  /// Examples that each evaluation attacks.
  public var examples: Int
  /// The attacks that were asked for.
  public var attacks: [String]
  /// Those besides, where the gradients of some models cannot be believed.
  public var completion: [String]
  /// The workers.
  public var workers: Int
  /// The parts of the run in their order.
  public var stages: [Stage]

  /// The plan in words.
  public var text: String {
    var lines = ["\(variants.count) variants:"] + variants.map { "  \($0)" }
    lines.append(
      "\(evaluations.count) evaluations of \(examples) examples, each:"
        + " \(attacks.joined(separator: ", "))")
    if !completion.isEmpty {
      lines.append(
        "besides, since the gradients of some models cannot be believed:"
          + " \(completion.joined(separator: ", "))")
    }
    lines += stages.map { stage in
      "\(stage.name): up to about the cost of \(stage.gradients.fixed(0)) gradients,"
        + " \(stage.seconds.fixed(0)) s on \(workers) workers if nothing is cached"
    }
    return lines.map { "\($0)\n" }.joined()
  }
}
