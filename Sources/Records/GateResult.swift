// SPDX-License-Identifier: GPL-3.0-or-later

/// What a gate found, with the evidence for each rule.
public struct GateResult: Codable, Sendable, Hashable {
  /// The version of this layout.
  public static let currentSchema = 1

  /// The version of the layout that this result has.
  public var schema: Int
  /// The answer on all rules together.
  public var verdict: GateVerdict
  /// The report that was judged, as it was named.
  public var report: String
  /// When that report was made: ISO 8601, UTC.
  public var created: String
  /// The report compared with, as it was named; nil without one.
  public var baseline: String?
  /// The policy file; nil where the largest drop alone counts.
  public var policy: String?
  /// How many statistical tests there were; the confidence of a failure is corrected for them.
  public var tests: Int
  /// Names of rules that were left out, as there is no baseline yet; nil where none was.
  public var leftOut: [String]?
  /// What the baseline judged and the report did not, so that nothing is said of it; nil where nothing is.
  public var onlyInBaseline: [String]?
  /// The rules in the policy's order.
  public var rules: [RuleResult]

  /// One rule with all its cases.
  public struct RuleResult: Codable, Sendable, Hashable {
    /// The rule's name.
    public var id: String
    /// What it demands, in words.
    public var statement: String
    /// The answer on all cases together.
    public var verdict: GateVerdict
    /// One for each model and attacker that the rule is for; at least one.
    public var cases: [Case]

    /// Creates a result whose answer is the joint one of its cases.
    public init(id: String, statement: String, cases: [Case]) {
      self.id = id
      self.statement = statement
      verdict = GateVerdict.joint(cases.map(\.verdict))
      self.cases = cases
    }

    /// The cases worth reading: those that did not pass, or the tightest pass where all did.
    public func casesToRead(most: Int) -> (cases: [Case], rest: Int) {
      let open = [GateVerdict.fail, .refused, .inconclusive].flatMap { verdict in
        cases.filter { $0.verdict == verdict }
      }
      let tightest = cases.min { ($0.low ?? .infinity) < ($1.low ?? .infinity) }
      let shown = open.isEmpty ? tightest.map { [$0] } ?? [] : Array(open.prefix(most))
      return (shown, cases.count - shown.count)
    }
  }

  /// One model, or one model under one attacker, under one rule.
  public struct Case: Codable, Sendable, Hashable {
    /// The id of the evaluation or of the variant.
    public var subject: String
    /// The answer.
    public var verdict: GateVerdict
    /// The numbers behind it, in words.
    public var evidence: String
    /// What was measured: an accuracy, a difference or a figure; nil where nothing was.
    public var value: Double?
    /// What is shown to be exceeded with the rule's confidence.
    public var low: Double?
    /// What is shown not to be reached, with the confidence that a failure takes.
    public var high: Double?
    /// About how many examples in all would tell; nil if no number would, or none is missing.
    public var examplesNeeded: Int?

    /// Creates a case.
    public init(
      subject: String, verdict: GateVerdict, evidence: String, value: Double? = nil,
      low: Double? = nil, high: Double? = nil, examplesNeeded: Int? = nil
    ) {
      self.subject = subject
      self.verdict = verdict
      self.evidence = evidence
      self.value = value
      self.low = low
      self.high = high
      self.examplesNeeded = examplesNeeded
    }

    private enum CodingKeys: String, CodingKey {
      case subject, verdict, evidence, value, low, high
      case examplesNeeded = "examples_needed"
    }
  }

  /// Creates a result whose answer is the joint one of its rules.
  public init(
    report: String, created: String, baseline: String?, policy: String?, tests: Int,
    rules: [RuleResult]
  ) {
    schema = Self.currentSchema
    verdict = GateVerdict.joint(rules.map(\.verdict))
    self.report = report
    self.created = created
    self.baseline = baseline
    self.policy = policy
    self.tests = tests
    self.rules = rules
  }

  private enum CodingKeys: String, CodingKey {
    case schema, verdict, report, created, baseline, policy, tests, rules
    case leftOut = "left_out"
    case onlyInBaseline = "only_in_baseline"
  }

  /// What the answer does not speak of, in sentences; empty where it speaks of all.
  public var omissions: [String] {
    let lists = [
      (leftOut, "Left out, as there is no baseline yet"),
      (onlyInBaseline, "Judged in the baseline alone"),
    ]
    return lists.compactMap { names, opening in
      names.map { "\(opening): \($0.joined(separator: ", "))." }
    }
  }

  /// How many rules have an answer.
  public func count(_ verdict: GateVerdict) -> Int { rules.count { $0.verdict == verdict } }
}
