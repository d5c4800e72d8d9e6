// SPDX-License-Identifier: GPL-3.0-or-later

public import Language

/// Texts with their labels, in the order of evaluation.
public struct TextExamples: Sendable, Equatable {
  /// The texts; each has a word.
  public let texts: [Text]
  /// The class of each text, from zero.
  public let labels: [Int]

  /// How many texts there are.
  public var count: Int { labels.count }

  /// Joins texts and labels of the same count.
  public init(texts: [Text], labels: [Int]) {
    precondition(texts.count == labels.count, "\(texts.count) texts, \(labels.count) labels")
    self.texts = texts
    self.labels = labels
  }

  /// The examples of a range as a set of their own.
  public subscript(range: Range<Int>) -> TextExamples {
    TextExamples(texts: Array(texts[range]), labels: Array(labels[range]))
  }

  /// How many texts each class has.
  public func counts(classes: Int) -> [Int] {
    labels.reduce(into: Array(repeating: 0, count: classes)) { $0[$1] += 1 }
  }
}

/// A classification task: labelled texts to train on and to judge by.
public struct TextDataset: Sendable {
  /// The name under which reports know it.
  public let name: String
  /// The classes by name; a label is an index into them.
  public let classes: [String]
  /// Texts to train on, from which a vocabulary is made.
  public let train: TextExamples
  /// Texts to judge by; the first N by index are attacked.
  public let test: TextExamples
  /// How the texts were taken apart.
  public let tokenizer: Tokenizer
  /// The SHA-256 of what `sha256sum` prints for the files in the order of their names.
  public let sha256: String

  /// Creates a data set of parts that were checked.
  public init(
    name: String, classes: [String], train: TextExamples, test: TextExamples,
    tokenizer: Tokenizer, sha256: String
  ) {
    self.name = name
    self.classes = classes
    self.train = train
    self.test = test
    self.tokenizer = tokenizer
    self.sha256 = sha256
  }
}

/// A data set of either kind.
public enum AnyDataset: Sendable {
  /// Images.
  case images(Dataset)
  /// Texts.
  case texts(TextDataset)

  /// The name under which reports know it.
  public var name: String {
    switch self {
    case .images(let data): data.name
    case .texts(let data): data.name
    }
  }

  /// The classes by name.
  public var classes: [String] {
    switch self {
    case .images(let data): data.classes
    case .texts(let data): data.classes
    }
  }

  /// The number of examples to train on.
  public var trainCount: Int {
    switch self {
    case .images(let data): data.train?.count ?? 0
    case .texts(let data): data.train.count
    }
  }

  /// The number of examples to judge by.
  public var testCount: Int {
    switch self {
    case .images(let data): data.test.count
    case .texts(let data): data.test.count
    }
  }
}
