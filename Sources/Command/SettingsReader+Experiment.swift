// SPDX-License-Identifier: GPL-3.0-or-later

import Records

extension SettingsReader {
  /// The experiment that the settings describe; what they leave open is filled in.
  ///
  /// - Throws: ``UsageError`` with code `badValue`, `repeatedValue` or `conflict`.
  func experiment() throws(UsageError) -> Experiment {
    let dataset = try text(.dataset, example: "fashion-mnist") ?? Experiment().dataset
    var experiment = Experiment(
      dataset: dataset, holdsTexts: FileReader.holdsTables(dataset))
    experiment.models =
      try specifications(.model) { text throws(SpecificationError) in try ModelSource(text) }
      ?? experiment.models
    experiment.vocabulary = try text(.vocabulary, example: "words.txt")
    experiment.sparsities = try sparsities() ?? experiment.sparsities
    experiment.compressions =
      try specifications(.compression) { text throws(SpecificationError) in try Recipe(text) }
      ?? experiment.compressions
    experiment.attacks = try named(.attack) ?? experiment.attacks
    experiment.isolations =
      try specifications(.isolation) { text throws(SpecificationError) in
        try Specification(text, allowsValue: true)
      } ?? experiment.isolations
    experiment.norm = try word(.norm) ?? experiment.norm
    experiment.epsilons = try radii(.epsilon, as: "8/255") ?? experiment.epsilons
    experiment.embeddingRadii = try radii(.embeddingRadius, as: "0.25", upTo: 1_000)
    experiment.queryBudget = try queryBudget()
    experiment.examples = try integer(.examples, in: 1...Int.max) ?? experiment.examples
    experiment.seeds = try integer(.seeds, in: 1...10_000) ?? experiment.seeds
    experiment.seed = try seed(count: experiment.seeds) ?? experiment.seed
    experiment.device = try word(.device) ?? experiment.device
    experiment.trainings = try trainings(of: experiment)
    return experiment
  }

  /// How the experiment is to be run.
  ///
  /// - Parameters:
  ///   - cores: How many workers there are unless stated.
  ///   - cache: The folder of finished models, unless none is wanted.
  /// - Returns: The options, with the command line still to be filled in.
  /// - Throws: ``UsageError`` with code `badValue`, `conflict` or `missingArgument`.
  func options(cores: Int, cache: String?) throws(UsageError) -> RunOptions {
    var options = RunOptions(workers: try integer(.workers, in: 1...1024) ?? cores)
    options.shard = try value(.shard) { text throws(Problem) in
      guard let shard = Shard(text) else {
        throw Problem(text, isNot: "a shard", remedy: "give I/N with I from 1 to N, as in 2/4")
      }
      return shard
    }
    options.judging = try judging()
    options.stopsWhenDecided = try stopsWhenDecided(options.judging)
    options.takesFewerExamples = settings[.examples] == nil
    options.output = try text(.output, example: "reports/first")
    options.savesAdversarials = try isOn(.saveAdversarials)
    options.cache = try isOn(.noCache) ? nil : cache
    options.plansOnly = try isOn(.plan)
    options.isQuiet = try isOn(.quiet)
    options.printsJSON = try isOn(.json)
    return options
  }

  private func judging() throws(UsageError) -> Judging? {
    let maxDrop: Double? = try value(.maxDrop) { text throws(Problem) in
      guard let share = Double(text), share >= 0, share < 1 else {
        throw Problem(text, isNot: "a share", remedy: "give 0 <= x < 1, as in 0.02 for two points")
      }
      return share
    }
    let stated = Judging(
      policy: try text(.policy, example: "policy.yaml"),
      baseline: try text(.baseline, example: "reports/base"),
      baselineIsOptional: try isOn(.baselineOptional), maxDrop: maxDrop)
    return try stated.checked()
  }

  private func stopsWhenDecided(_ judging: Judging?) throws(UsageError) -> Bool {
    guard try isOn(.untilDecided), let setting = settings[.untilDecided] else { return false }
    if let shard = settings[.shard] {
      throw UsageError(
        .conflict, subject: shard.subject,
        detail: "a shard does not see what the others find, so it cannot tell when to stop",
        remedy: "leave out --shard or --until-decided")
    }
    guard judging != nil else {
      throw UsageError(
        .missingArgument, subject: setting.subject, detail: "there are no rules to decide",
        remedy: "name them by --policy FILE; `robust-eval gate --init` prints some")
    }
    return true
  }

  private func named(_ option: RunOption) throws(UsageError) -> [Specification]? {
    try specifications(option) { text throws(SpecificationError) in try Specification(text) }
  }

  private func sparsities() throws(UsageError) -> [Sparsity]? {
    try list(.sparsity) { text throws(Problem) in
      guard let sparsity = Sparsity(text) else {
        throw Problem(
          text, isNot: "a share of parameters to remove", remedy: "give 0 <= s < 1, as in 0.5")
      }
      return sparsity
    }
  }

  private func radii(
    _ option: RunOption, as example: String, upTo limit: Double = .infinity
  ) throws(UsageError) -> [Epsilon]? {
    let radii = try list(option) { text throws(Problem) in
      guard let epsilon = Epsilon(text), epsilon.value <= limit else {
        let bound = limit.isFinite ? " up to \(Int(limit))" : ""
        throw Problem(
          text, isNot: "a radius\(bound)",
          remedy: "give a number or a fraction, as in \(example)")
      }
      return epsilon
    }
    guard let radii, let setting = settings[option] else { return radii }
    for (index, radius) in radii.enumerated() {
      // 0.1 and 1/10 are two texts and one radius.
      if let other = radii[..<index].first(where: { $0.value == radius.value }) {
        throw UsageError(
          .repeatedValue, subject: setting.subject,
          detail: "'\(other.text)' and '\(radius.text)' are the same radius",
          remedy: "keep one of them")
      }
    }
    return radii
  }

  private func queryBudget() throws(UsageError) -> Int? {
    guard try value(.queryBudget, { text throws(Problem) in text }) != "none" else { return nil }
    return try integer(.queryBudget, in: 1...Int(Int32.max))
  }

  private func seed(count: Int) throws(UsageError) -> UInt64? {
    try value(.seed) { text throws(Problem) in
      // JSON readers hold whole numbers of 64 bits with a sign.
      let last = UInt64(Int64.max) - UInt64(count)
      guard let seed = UInt64(text), seed <= last else {
        throw Problem(
          text, isNot: "a whole number from 0 to \(last)", remedy: "give one")
      }
      return seed
    }
  }

  /// A model file comes trained; an architecture has to be trained somehow.
  private func trainings(of experiment: Experiment) throws(UsageError) -> [Specification] {
    let hasFiles = experiment.models.contains(where: \.isFile)
    let hasArchitectures = !experiment.models.allSatisfy(\.isFile)
    guard let trainings = try named(.training), let setting = settings[.training] else {
      guard hasFiles else { return experiment.usualTrainings }
      guard !hasArchitectures else {
        throw UsageError(
          .conflict, subject: settings[.model]?.subject ?? "--model",
          detail: "names architectures and files together",
          remedy: "state --training, where 'given' leaves a file as it is")
      }
      return [Experiment.given]
    }
    guard hasFiles || !trainings.contains(Experiment.given) else {
      throw UsageError(
        .conflict, subject: setting.subject, detail: "'given' is for model files",
        remedy: "name a training, as in standard")
    }
    guard !hasArchitectures || trainings.contains(where: { $0 != Experiment.given }) else {
      throw UsageError(
        .conflict, subject: setting.subject, detail: "leaves an architecture untrained",
        remedy: "name a training too, as in standard,given")
    }
    return trainings
  }
}
