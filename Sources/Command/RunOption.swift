// SPDX-License-Identifier: GPL-3.0-or-later

/// An option of `run`, which is also a key of an experiment file.
enum RunOption: String, CaseIterable, Sendable {
  case dataset
  case model
  case vocabulary
  case training
  case sparsity
  case compression
  case attack
  case norm
  case epsilon
  case queryBudget = "query-budget"
  case embeddingRadius = "embedding-radius"
  case isolation
  case examples
  case seed
  case seeds
  case device
  case workers
  case shard
  case untilDecided = "until-decided"
  case policy
  case baseline
  case baselineOptional = "baseline-optional"
  case maxDrop = "max-drop"
  case output
  case saveAdversarials = "save-adversarials"
  case noCache = "no-cache"
  case plan
  case quiet
  case json

  /// The name on the command line and in files.
  var name: String { rawValue }

  /// Whether the option says what is evaluated, or only how.
  var isExperiment: Bool {
    switch self {
    case .dataset, .model, .vocabulary, .training, .sparsity, .compression, .attack, .norm,
      .epsilon, .queryBudget, .embeddingRadius, .isolation, .examples, .seed, .seeds, .device:
      true
    case .workers, .shard, .untilDecided, .policy, .baseline, .baselineOptional, .maxDrop, .output,
      .saveAdversarials, .noCache, .plan, .quiet, .json:
      false
    }
  }

  /// Whether the option takes several values, separated by commas.
  var isList: Bool {
    switch self {
    case .model, .training, .sparsity, .compression, .attack, .epsilon, .embeddingRadius,
      .isolation:
      true
    default: false
    }
  }

  /// The form on the command line.
  var flag: Flag {
    Flag(name: name, letter: letter, value: placeholder.map { .required($0) } ?? .optional)
  }

  private var letter: Character? {
    switch self {
    case .dataset: "d"
    case .model: "m"
    case .training: "t"
    case .sparsity: "s"
    case .attack: "a"
    case .epsilon: "e"
    case .examples: "n"
    case .workers: "j"
    case .policy: "p"
    case .baseline: "b"
    case .output: "o"
    case .quiet: "q"
    default: nil
    }
  }

  /// What stands for the value in the help, or nil for a switch.
  private var placeholder: String? {
    switch self {
    case .dataset: "NAME|PATH"
    case .model: "NAME|FILE,..."
    case .training, .sparsity, .compression, .attack, .epsilon, .embeddingRadius, .isolation:
      "LIST"
    case .norm: "NORM"
    case .device: "NAME"
    case .queryBudget, .examples, .seed, .seeds, .workers: "N"
    case .shard: "I/N"
    case .vocabulary, .policy: "FILE"
    case .baseline: "REPORT"
    case .maxDrop: "X"
    case .output: "DIR"
    case .untilDecided, .baselineOptional, .saveAdversarials, .noCache, .plan, .quiet, .json: nil
    }
  }
}
