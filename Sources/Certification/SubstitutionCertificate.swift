// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import RobustCore
import Torch

/// Proves that no allowed replacement of a few words changes what a model says of a text.
///
/// What may stand at each position is a set, and at most ``mostWords`` positions change. For a mean of
/// vectors the worst change of each class's margin is a sum of the worst changes of single positions, so
/// the bound is exact class by class; for convolutions over words it is an interval for each feature.
///
/// > Source: Jia et al. "Certified Robustness to Adversarial Word Substitutions." EMNLP 2019,
/// > [arXiv:1909.00986](https://arxiv.org/abs/1909.00986), section 3.
///
/// - Note: The paper bounds vectors by boxes and lets every word change. Here the first layer is bounded
///   over the words themselves, and of a window as many may change as the threat allows, which is
///   tighter and as sound.
public struct SubstitutionCertificate: Sendable {
  /// How the model reads texts.
  public let encoding: TextEncoding
  /// What may stand for a word.
  public let rules: TextRules
  /// The most words that change.
  public let mostWords: Int

  /// What a margin must exceed, as a share of the numbers that it is a difference of: rounding of
  /// single precision in another order of summation.
  private static let slack = 1e-4
  /// Texts that one worker proves before it asks for more.
  private static let textsAtATime = 32

  /// Creates a certificate for a threat.
  public init(encoding: TextEncoding, rules: TextRules, mostWords: Int) {
    precondition(mostWords >= 0, "\(mostWords) words cannot change")
    self.encoding = encoding
    self.rules = rules
    self.mostWords = mostWords
  }

  /// Which texts are proved to keep their right label.
  ///
  /// - Parameters:
  ///   - classifier: The model.
  ///   - texts: Any number.
  ///   - labels: A class for each.
  ///   - pool: Proves several texts at a time.
  /// - Returns: One answer for each text; nil where the model is of no kind that can be bounded.
  /// - Throws: `CancellationError` where the task is cancelled.
  public func proofs(
    _ classifier: Classifier, texts: [Text], labels: [Int], pool: WorkerPool
  ) async throws -> [Bool]? {
    guard let native = classifier.architecture as? GraphArchitecture,
      let model = BoundedModel(native.graph, classifier.parameters.applied)
    else { return nil }
    let parts = stride(from: 0, to: texts.count, by: Self.textsAtATime).map {
      $0..<min($0 + Self.textsAtATime, texts.count)
    }
    return try await pool.map(parts.count) { part in
      withoutGradients { parts[part].map { isProved(model, texts[$0], labels[$0]) } }
    }.flatMap(\.self)
  }

  private func isProved(_ model: BoundedModel, _ text: Text, _ label: Int) -> Bool {
    let choices = Choices(text, encoding: encoding, rules: rules)
    let margins = model.leastMargins(choices, label: label, mostWords: mostWords)
    let size = Self.slack * (1 + margins.scale)
    return margins.values.enumerated().allSatisfy { $0.offset == label || $0.element > size }
  }
}

/// The ids that may stand at each position of a text, its own first.
struct Choices {
  /// `[n, C]`; shorter sets are filled up with the text's own id.
  let ids: Tensor
  /// How many words the model reads.
  let count: Int

  init(_ text: Text, encoding: TextEncoding, rules: TextRules) {
    let sets = text.words.prefix(encoding.length).map { word in
      let own = Int(encoding.vocabulary.number(of: word))
      let others = rules.candidates(for: word).map { Int(encoding.vocabulary.number(of: $0)) }
      return [own] + Set(others).subtracting([own]).sorted()
    }
    let most = sets.map(\.count).max() ?? 1
    count = sets.count
    ids = Tensor(
      sets.flatMap { $0 + Array(repeating: $0[0], count: most - $0.count) },
      shape: [sets.count, most])
  }
}

/// The least that each class's margin can become, and the size of the numbers that it is made of.
struct Margins {
  let values: [Double]
  let scale: Double
}
