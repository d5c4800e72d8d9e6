// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Records
public import RobustCore
public import Statistics

/// Texts by which an attacker asks a victim.
///
/// Made-up ones are words of the vocabulary in no order. Half of mixed ones joins the beginning of one
/// text with the end of another, with as many words replaced as an attacker may change.
///
/// > Source: for random words, Krishna et al. "Thieves on Sesame Street! Model Extraction of BERT-based
/// > APIs." ICLR 2020, [arXiv:1910.12366](https://arxiv.org/abs/1910.12366), section 3.
public struct TextQueries: QuerySource {
  /// Texts to train on, of which the attacker has a part; none where there are none.
  public let pool: [Text]
  /// How the victim reads texts.
  public let encoding: TextEncoding
  /// What an attacker may write in the place of a word.
  public let rules: TextRules
  /// The ball in which examples will be attacked.
  public let threat: ThreatModel
  /// Moves texts to where the stand-in errs; nil where all texts are drawn.
  public let climb: (any TextAttack)?

  /// The lengths of made-up texts, in words.
  private static let lengths = 3...30

  /// Creates a source of texts.
  public init(
    pool: [Text], encoding: TextEncoding, rules: TextRules, threat: ThreatModel,
    climb: (any TextAttack)?
  ) {
    self.pool = pool
    self.encoding = encoding
    self.rules = rules
    self.threat = threat
    self.climb = climb
  }

  /// Whether there is an attack that moves texts.
  public var explores: Bool { climb != nil }
  /// The ids of words.
  public var range: ClosedRange<Double> { 0...Double(encoding.vocabulary.size - 1) }

  /// Draws texts; see ``QuerySource``.
  public func drawn(_ kind: Rung.Inputs, _ count: Int, random: RandomKey) -> QueryInputs {
    guard pool.count > 1 else { return encoded(madeUp(count, random.split("words"))) }
    switch kind {
    case .train: return encoded(filled(chosen(count, random), to: count, random))
    case .generated: return encoded(madeUp(count, random.split("words")))
    case .both: return encoded(filled(chosen(count - count / 2, random), to: count, random))
    }
  }

  /// Moves texts by the attack; see ``QuerySource``.
  public func moved(
    _ batch: Batch, on network: any Network, classes: Int, random: RandomKey
  ) throws -> QueryInputs {
    guard let climb else { return QueryInputs(batch.inputs, texts: batch.texts) }
    let victim = ModelTextVictim(
      network, encoding: encoding, classes: classes, rules: rules, rows: batch.count)
    return encoded(try climb.perturb(batch, within: threat, against: victim, random: random))
  }

  private func encoded(_ texts: [Text]) -> QueryInputs {
    QueryInputs(encoding.ids(of: texts), texts: texts)
  }

  private func chosen(_ count: Int, _ random: RandomKey) -> [Text] {
    random.split("part").stream().permutation(pool.count).prefix(count).map { pool[$0] }
  }

  /// The texts, and mixes of them where they are too few.
  private func filled(_ part: [Text], to count: Int, _ random: RandomKey) -> [Text] {
    let stream = random.split("mixes").stream()
    let mostWords = Int(threat.epsilon.value)
    return part
      + (part.count..<count).map { _ in
        let (first, second) = (
          part[stream.integer(below: part.count)], part[stream.integer(below: part.count)]
        )
        let mixed = first.beginning.joined(with: second.end)
        return mixed.substituted(
          by: rules.candidates(for: mixed), mostWords: mostWords, stream)
      }
  }

  private func madeUp(_ count: Int, _ random: RandomKey) -> [Text] {
    let stream = random.stream()
    let known = encoding.vocabulary.words
    let longest = min(Self.lengths.upperBound, encoding.length)
    let shortest = min(Self.lengths.lowerBound, longest)
    return (0..<count).map { _ in
      let words = (0..<shortest + stream.integer(below: longest - shortest + 1)).map { _ in
        known.isEmpty ? "" : known[stream.integer(below: known.count)]
      }
      return Text(
        words: words,
        separators: [""] + Array(repeating: " ", count: max(0, words.count - 1)) + [""])
    }
  }
}

extension Text {
  /// The first half of the words, rounded up.
  fileprivate var beginning: Text {
    let count = (words.count + 1) / 2
    return Text(
      words: Array(words.prefix(count)), separators: Array(separators.prefix(count)) + [" "])
  }

  /// The second half of the words, rounded up.
  fileprivate var end: Text {
    let count = (words.count + 1) / 2
    return Text(
      words: Array(words.suffix(count)), separators: [""] + Array(separators.suffix(count)))
  }

  /// Both, one behind the other.
  fileprivate func joined(with other: Text) -> Text {
    Text(
      words: words + other.words,
      separators: separators.dropLast() + [(separators.last ?? "") + (other.separators.first ?? "")]
        + other.separators.dropFirst())
  }
}
