// SPDX-License-Identifier: GPL-3.0-or-later

import Records
public import Reporting

/// Two reports held against each other.
public struct ReportComparison: Codable, Sendable, Hashable {
  /// The version of this layout.
  public static let currentSchema = 1

  /// One of the two reports.
  public struct Side: Codable, Sendable, Hashable {
    /// The file, as it was named.
    public var file: String
    /// When the report was made.
    public var created: String
    /// The command line that made it.
    public var command: String
    /// The version of the program.
    public var version: String

    init(_ index: ReportIndex) {
      file = index.name
      created = index.report.created
      command = index.report.command
      version = index.report.tool.version
    }
  }

  /// Something that is not the same on both sides, though the numbers may be compared.
  public struct Difference: Codable, Sendable, Hashable {
    /// What it is.
    public var what: String
    /// The base's.
    public var base: String
    /// The head's.
    public var head: String
  }

  /// The version of the layout that this comparison has.
  public var schema: Int
  /// The report compared with.
  public var base: Side
  /// The report that is judged.
  public var head: Side
  /// The name of the data set.
  public var dataset: String
  /// The confidence level of every interval; the tests' alpha is what it leaves over.
  public var level: Double
  /// The difference that does not matter.
  public var margin: Double
  /// The models that both reports have, one row for each accuracy.
  public var models: [ComparedModel]
  /// The methods that either report tried with several seeds, or both with different ones.
  public var methods: [ComparedMethod]
  /// Evaluations that the base alone has.
  public var onlyBase: [String]
  /// Evaluations that the head alone has.
  public var onlyHead: [String]
  /// Machine, libraries, program and attack parameters that differ.
  public var environment: [Difference]

  private enum CodingKeys: String, CodingKey {
    case schema, base, head, dataset, level, margin, models, methods, environment
    case onlyBase = "only_base"
    case onlyHead = "only_head"
  }

  /// Compares two reports.
  ///
  /// Models are matched by architecture, training, compression, sparsity and seed under the same
  /// attacker and attacks, examples by their index in the same data set. Clean accuracy is compared
  /// once for each model and isolation.
  ///
  /// - Parameters:
  ///   - base: The report compared with.
  ///   - head: The report that is judged.
  ///   - margin: The difference that does not matter, in (0, 1).
  /// - Throws: `ReportError` where the numbers of both do not mean the same.
  public init(
    base: ReportIndex, head: ReportIndex, margin: Double = 0.02
  ) throws(ReportError) {
    precondition(margin > 0 && margin < 1, "a margin lies in (0, 1)")
    try base.checkComparable(with: head)
    let matching = Matching(base: base, head: head)
    schema = ReportComparison.currentSchema
    self.base = Side(base)
    self.head = Side(head)
    dataset = head.report.dataset.name
    level = Analysis.level
    self.margin = margin
    models = ModelRows(matching.models, level: Analysis.level, margin: margin).rows
    methods = MethodRows(matching.methods, level: Analysis.level, margin: margin).rows
    onlyBase = matching.onlyBase
    onlyHead = matching.onlyHead
    environment = ReportComparison.differences(base, head, matching)
  }

  /// How many rows of each table have an answer.
  public func count(_ answer: Answer) -> (models: Int, methods: Int) {
    (models.count { $0.answer == answer }, methods.count { $0.answer == answer })
  }
}
