// SPDX-License-Identifier: GPL-3.0-or-later

import Language
public import Records
public import RobustCore
public import Statistics
public import Torch

/// What hardening on texts needs: how they are read, what may be written in them, and by which attack.
public struct TextMaterials: Sendable {
  /// How the model reads texts.
  public let encoding: TextEncoding
  /// What may stand for a word.
  public let rules: TextRules
  /// The attack inside.
  public let attack: any TextAttack

  /// Joins the three.
  public init(encoding: TextEncoding, rules: TextRules, attack: any TextAttack) {
    self.encoding = encoding
    self.rules = rules
    self.attack = attack
  }
}

/// Cross-entropy on texts of which words are replaced by chance by what an attacker may write.
///
/// > Source: Jia et al. "Certified Robustness to Adversarial Word Substitutions." EMNLP 2019,
/// > [arXiv:1909.00986](https://arxiv.org/abs/1909.00986), section 5.3, data augmentation.
public struct SubstitutionObjective: Objective {
  /// Encoding and rules.
  public let materials: TextMaterials
  /// The share of the words with candidates that is replaced.
  public let share: Double

  /// Nothing is attacked.
  public var needsEvaluationNetwork: Bool { false }

  /// Creates the objective.
  public init(_ materials: TextMaterials, share: Double) {
    self.materials = materials
    self.share = share
  }

  /// The sum of cross-entropies of the texts with words replaced.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let written = zip(tile.writtenTexts, tile.indices).map { text, index in
      replacing(text, random.split("substitution").split(index).stream())
    }
    return try model.logits(materials.encoding.ids(of: written))
      .crossEntropies(labels: tile.labels).sum
  }

  private func replacing(_ text: Text, _ stream: RandomStream) -> Text {
    var text = text
    for (position, words) in materials.rules.candidates(for: text).enumerated()
    where !words.isEmpty && stream.uniform(in: 0..<1) < share {
      let place = min(words.count - 1, Int(stream.uniform(in: 0..<1) * Double(words.count)))
      text = text.replacing(position, with: words[place])
    }
    return text
  }
}

/// Cross-entropy on texts as they are, and on adversarial ones that are made anew at every step.
///
/// > Source: Goodfellow et al. "Explaining and Harnessing Adversarial Examples." ICLR 2015,
/// > [arXiv:1412.6572](https://arxiv.org/abs/1412.6572), section 6; on texts as in Ren et al. "Generating
/// > Natural Language Adversarial Examples through Probability Weighted Word Saliency." ACL 2019,
/// > section 5.5.
public struct AdversarialTextObjective: Objective {
  /// Encoding, rules and attack.
  public let materials: TextMaterials
  /// How many words may change.
  public let threat: ThreatModel
  /// The share of the texts that is attacked.
  public let share: Double

  /// The attack needs fixed parameters.
  public var needsEvaluationNetwork: Bool { true }

  /// Creates the objective.
  public init(_ materials: TextMaterials, threat: ThreatModel, share: Double) {
    self.materials = materials
    self.threat = threat
    self.share = share
  }

  /// The mean of the losses of a text and its adversarial form, summed over texts.
  public func loss(_ tile: Batch, model: TileModel, random: RandomKey) throws -> Tensor {
    let labels = tile.labels.elements(of: Int.self)
    let found = try model.fixed.tiledLogits(tile.inputs).indexOfLargest(along: 1)
      .elements(of: Int.self)
    // A text that is misread has no need of an attack.
    let chosen = tile.indices.indices.filter { row in
      found[row] == labels[row]
        && random.split("chosen").split(tile.indices[row]).stream().uniform(in: 0..<1) < share
    }
    let clean = try model.logits(tile.inputs).crossEntropies(labels: tile.labels)
    guard !chosen.isEmpty else { return clean.sum }
    let batch = tile.rows(chosen)
    let victim = ModelTextVictim(
      model.fixed, encoding: materials.encoding, classes: model.classes, rules: materials.rules,
      rows: batch.count)
    let texts = try materials.attack.perturb(
      batch, within: threat, against: victim, random: random)
    let attacked = try model.logits(materials.encoding.ids(of: texts))
      .crossEntropies(labels: batch.labels)
    let weights = Tensor(
      tile.indices.indices.map { chosen.contains($0) ? Float(0.5) : 1 }, shape: [tile.count])
    return (clean * weights).sum + attacked.sum / 2
  }
}

extension Batch {
  /// The texts behind the ids.
  fileprivate var writtenTexts: [Text] {
    guard let texts else { preconditionFailure("images have no words to replace") }
    return texts
  }
}
