// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore

/// What is read off the outcomes of a whole evaluation, without asking the model again.
struct OutcomeChecks {
  /// The attacks in the order in which they ran.
  let attacks: [ResolvedExperiment.ResolvedAttack]
  /// What each of them did, over the same examples.
  let outcomes: [[Outcome]]

  init(attacks: [ResolvedExperiment.ResolvedAttack], outcomes: [[Outcome]]) {
    precondition(attacks.count == outcomes.count, "a list of outcomes for each attack")
    self.attacks = attacks
    self.outcomes = outcomes
  }

  /// All of them.
  var findings: [SoundnessFinding] {
    [
      gradientFailures, isOnTexts ? nil : blackBox, unstable, numberless, oneAnswer, borrowed,
      constraints,
      exhaustive, nothingToChange,
    ].compactMap(\.self)
  }

  private var examples: Int { outcomes.first?.count ?? 0 }

  /// Row 3, where attacks noted failures of gradients; nil where none did.
  private var gradientFailures: SoundnessFinding? {
    let noted = concerned(by: [.zeroGradient, .nonFiniteGradient])
    guard noted > 0 else { return nil }
    let hasBlackBox = attacks.contains { $0.attack.knowledge > .whiteBox && !$0.isNoise }
    return SoundnessFinding(
      .zeroGradient, value: Double(noted) / Double(examples), threshold: 0, sample: examples,
      severity: hasBlackBox ? .warning : .blocking,
      message: "\(noted) of \(examples) examples had an input gradient that was zero or no number;"
        + " look at what square and a transfer attack find")
  }

  /// Row 4: examples that a black-box attack broke after every gradient attack before it had failed.
  ///
  /// Noise is no attack here, and where nothing with gradients came before there is nothing to compare.
  private var blackBox: SoundnessFinding {
    guard let first = attacks.firstIndex(where: \.followsGradients),
      attacks[first...].contains(where: isBlackBox)
    else {
      return .leftOut(
        .blackBox, threshold: SuspectShare.tolerated,
        because: "no attack without gradients followed one with them")
    }
    var resisted: Set<Int> = []
    var found: Set<Int> = []
    for (attack, outcomes) in zip(attacks, outcomes).dropFirst(first) {
      for outcome in outcomes where outcome.attacked {
        if attack.followsGradients, !outcome.broken { resisted.insert(outcome.example) }
        if attack.followsGradients, outcome.broken { resisted.remove(outcome.example) }
        if isBlackBox(attack), outcome.broken, resisted.contains(outcome.example) {
          found.insert(outcome.example)
        }
      }
    }
    return SuspectShare(count: found.count, sample: examples).finding(
      .blackBox, "attacks without gradients broke, where those with gradients had failed,",
      remedy: "the gradients may be masked; look at a transfer attack and at more queries")
  }

  private func isBlackBox(_ attack: ResolvedExperiment.ResolvedAttack) -> Bool {
    attack.attack.knowledge > .whiteBox && !attack.isNoise
  }

  /// Row 14: mistakes that were not seen again with the input alone, or by two threads in the first block.
  private var unstable: SoundnessFinding {
    let share = SuspectShare(count: concerned(by: .unstablePrediction), sample: examples)
    // They are not counted as mistakes, so a few at the boundary change nothing.
    let isFlagged = share.lowerBound > SuspectShare.tolerated
    return SoundnessFinding(
      .invalidAdversarial, value: share.value, threshold: SuspectShare.tolerated,
      sample: examples, severity: isFlagged ? .warning : nil,
      message: "an adversarial input misled the model in company, and not alone or by two threads,"
        + " at \(share.text)"
        + (isFlagged
          ? "; the model's answers depend on the batch or the threads, or are drawn" : ""))
  }

  /// Row 14: examples to which the model answered no number.
  private var numberless: SoundnessFinding {
    let found = concerned(by: .nonFiniteLogits)
    return SoundnessFinding(
      .nonFiniteLogits, value: examples == 0 ? 0 : Double(found) / Double(examples), threshold: 0,
      sample: examples, severity: found > 0 ? .blocking : nil,
      message: found > 0
        ? "the model answered \(found) of \(examples) examples with what is no number;"
          + " they count as wrong, and gradients near them mean nothing"
        : "all answers to \(examples) examples are numbers")
  }

  /// Row 19: a model that calls everything by one class cannot be misled, and is no classifier.
  private var oneAnswer: SoundnessFinding {
    let first = outcomes.first ?? []
    let answers = Set(first.map(\.cleanPrediction)).count
    let classes = Set(first.map(\.label)).count
    // Answers that are no numbers are another check's.
    let isFlagged =
      answers == 1 && first.first?.cleanPrediction != Judgement.noPrediction && classes > 1
      && first.count >= Self.fewestForOneAnswer
    return SoundnessFinding(
      .oneAnswer, value: Double(answers), threshold: 1, sample: first.count,
      severity: isFlagged ? .blocking : nil,
      message: isFlagged
        ? "the model gives all \(first.count) examples of \(classes) classes the same class, whatever the"
          + " input: what is left of its accuracy is the share of that class; train it longer"
        : "the model gives \(first.count) examples of \(classes) classes \(answers) different answers"
    )
  }

  /// Row 12: whether anything was tried but what misleads another model; nil where that was not tried.
  private var borrowed: SoundnessFinding? {
    func isTransfer(_ attack: ResolvedExperiment.ResolvedAttack) -> Bool {
      guard case .prepared(let prepared) = attack.attack, let source = prepared.surrogate else {
        return false
      }
      return prepared.knowledge == .label && Surrogate.named.contains(source)
    }
    guard attacks.contains(where: isTransfer) else { return nil }
    let own = attacks.count { !isTransfer($0) && !$0.isNoise }
    return SoundnessFinding(
      .borrowed, value: Double(own), threshold: 1, sample: examples,
      severity: own == 0 ? .warning : nil,
      message: own == 0
        ? "only inputs that were made on another model were tried: who asks this one may break more;"
          + " add square, or apgd-ce where its gradients are known"
        : "besides inputs that were made on another model, \(own) attacks asked this one")
  }

  /// Fewer examples may be of one class by chance, or nearly so.
  private static let fewestForOneAnswer = 20

  private var isOnTexts: Bool { attacks.contains { $0.constraints != nil } }

  /// Row 18: a text that breaks a constraint ends the run, so what was counted kept to them all.
  private var constraints: SoundnessFinding? {
    guard let set = attacks.compactMap(\.constraints).first else { return nil }
    let changed = outcomes.joined().count { ($0.distance ?? 0) > 0 }
    return SoundnessFinding(
      .textConstraints, value: 0, threshold: 0, sample: changed, severity: nil,
      message: "\(changed) changed texts were read again, and all satisfy the set \(set)")
  }

  /// Row 18: examples that an exhaustive search left out; nil where there was none.
  private var exhaustive: SoundnessFinding? {
    guard attacks.contains(where: { $0.specification.name == "exhaustive" }) else { return nil }
    let left = concerned(by: .spaceTooLarge)
    return SoundnessFinding(
      .exhaustive, value: examples == 0 ? 0 : Double(left) / Double(examples), threshold: 0,
      sample: examples, severity: left > 0 ? .note : nil,
      message: left > 0
        ? "\(left) of \(examples) texts allow more combinations than were to be tried;"
          + " for them the true worst case is not known"
        : "the worst case is exact: every allowed text was tried")
  }

  /// Row 18: texts in whose place no attack had another one to ask about, as in a language that its
  /// lists do not know; nil where the inputs are images.
  ///
  /// Asking about a text as it is takes one query; who returns another one had something to write,
  /// however few the queries.
  private var nothingToChange: SoundnessFinding? {
    guard isOnTexts else { return nil }
    var attacked: Set<Int> = []
    var changeable: Set<Int> = []
    for outcome in outcomes.joined() where outcome.attacked {
      attacked.insert(outcome.example)
      if outcome.queries > 1 || (outcome.distance ?? 0) > 0
        || outcome.failures.contains(.spaceTooLarge)
      {
        changeable.insert(outcome.example)
      }
    }
    let fixed = attacked.count - changeable.count
    let share = attacked.isEmpty ? 0 : Double(fixed) / Double(attacked.count)
    let isFlagged = share > Self.mostUnchangeable
    return SoundnessFinding(
      .nothingToChange, value: share, threshold: Self.mostUnchangeable, sample: attacked.count,
      severity: isFlagged ? .warning : nil,
      message: "no attack had another text to ask about for \(fixed) of \(attacked.count) texts"
        + (isFlagged
          ? "; they count as robust because nothing was tried: choose attacks whose constraint set"
            + " knows the language, and an epsilon above 0" : ""))
  }

  /// The share of texts that may be left as they are before the number says little.
  private static let mostUnchangeable = 0.5

  /// Examples of which any attack noted any of the failures.
  private func concerned(by failures: Failures) -> Int {
    var examples: Set<Int> = []
    for outcome in outcomes.joined() where !outcome.failures.isDisjoint(with: failures) {
      examples.insert(outcome.example)
    }
    return examples.count
  }
}
