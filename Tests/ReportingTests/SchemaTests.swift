// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Reporting
import TestSupport
import Testing

@Suite("Schema of the report", .timeLimit(.minutes(15)))
struct SchemaTests {
  private func json(_ report: Report) throws -> JSONValue {
    try CanonicalJSON.value(JSONValue.self, from: JSONReportWriter().files(for: report)[0].text)
  }

  private func validator() throws -> SchemaValidator {
    #expect(ReportSchema.file.path == "report.schema.json")
    return try SchemaValidator(ReportSchema.file.text)
  }

  /// Every key that a report can have, in one report.
  private var judged: Report {
    var report = Report.fixture
    report.gate = .fixture(.fail)
    return report
  }

  private var full: Report {
    var report = Report.fixture
    report.dataset.classNames = ["shirt", "bag"]
    report.variants[0].stageSeconds = ["train": 2.5]
    report.evaluations[0].certifiedAccuracy = Estimate(value: 0.25, low: 0.125, high: 0.5)
    report.evaluations[0].threat.queryBudget = 100
    report.evaluations[0].threat.constraints = ["synonyms"]
    report.evaluations[0].verdicts = VerdictRecord(
      examples: [1, 2], clean: [true, true], robust: [true, false], certified: [false, true])
    report.labels = LabelRecord(examples: [1, 2], labels: [0, 9])
    report.gallery = Report.illustrated.gallery
    report.embeddings = [
      EmbeddingRecord(
        variant: report.variants[0].id, meanLength: 2.5, steps: 20, gradients: 7, examples: 2,
        cleanAccuracy: Estimate(value: 0.5, low: 0.25, high: 0.75),
        points: [
          EmbeddingRecord.Point(
            share: .tenth, radius: 0.25, accuracy: Estimate(value: 0.5, low: 0.25, high: 0.75))
        ])
    ]
    report.gate = GateResult(
      report: "r", created: "c", baseline: nil, policy: nil, tests: 1,
      rules: [
        GateResult.RuleResult(
          id: "floor", statement: "high enough",
          cases: [GateResult.Case(subject: "s", verdict: .pass, evidence: "e")])
      ])
    report.stopping = StoppingRecord(
      policySHA256: "00", baselineSHA256: "ff", examplesSeen: 2, examplesAvailable: 5,
      examplesPerLook: 128, orderSeed: 7)
    return report
  }

  @Test("Written reports are valid, with all optional keys and with none")
  func valid() throws {
    let bare = Analysis.completed(
      .small([.small("d"), .small("p", parent: "d")]),
      with: [
        EvaluationOutcomes.letters("rb", id: "d", variant: "d"),
        .letters("rx", id: "p", variant: "p"),
      ].map(Analysis.judged))
    for report in [full, bare, .fixture, .small([]), judged] {
      #expect(try validator().problems(in: json(report)) == [])
    }
  }

  @Test("Every key that a report can have is in the schema, and every required one is missed")
  func eachKeyCounts() throws {
    let validator = try validator()
    let whole = try json(full)
    let optional: Set<String> = [
      "commit", "sha256", "class_names", "parent", "latency_ms", "latency_batch64_ms", "speedup",
      "speedup_batch64",
      "b_attacked", "c_attacked", "query_budget", "certified_accuracy", "median_distance",
      "verdicts", "certified", "labels", "constraints", "gallery", "stopping", "embeddings",
      "gate",
      "baseline_sha256", "effort", "pace",
    ]
    var removed = 0
    for path in paths(of: whole) where !path.joined().contains("experiment") {
      guard let key = path.last, !optional.contains(key), !isOpen(path) else { continue }
      removed += 1
      let shorter = whole.removing(path[...])
      #expect(!validator.problems(in: shorter).isEmpty, "\(path) could be left out")
    }
    #expect(removed > 300)
  }

  @Test("A value of another type or outside its range is found")
  func wrongValues() throws {
    let validator = try validator()
    var report = full
    report.evaluations[0].robustAccuracy.value = 1.5
    report.variants[0].sparsity.requested = 1
    report.dataset.inputRange = [0]
    report.schema = 2
    let found = validator.problems(in: try json(report)).sorted()
    #expect(
      found == [
        "/dataset/input_range: too few", "/evaluations/0/robust_accuracy/value: too high",
        "/schema: not const", "/variants/0/sparsity/requested: too high",
      ])
    #expect(!validator.problems(in: "text").isEmpty)
    #expect(!validator.problems(in: ["unknown": 1]).isEmpty)
  }

  @Test("A report comes back equal, and writes the same bytes again")
  func roundTrip() throws {
    let text = try JSONReportWriter().files(for: full)[0].text
    let read = try CanonicalJSON.value(Report.self, from: text)
    #expect(read == full)
    #expect(try JSONReportWriter().files(for: read)[0].text == text)
  }

  @Test("A number that is not finite is refused")
  func refusesNonFinite() {
    var report = full
    report.evaluations[0].robustAccuracy.value = .nan
    #expect(throws: EncodingError.self) { try JSONReportWriter().files(for: report) }
  }

  /// Keys below which any key may stand.
  private func isOpen(_ path: [String]) -> Bool {
    path.dropLast().contains { ["parameters", "libraries", "stage_seconds"].contains($0) }
  }

  private func paths(of value: JSONValue) -> [[String]] {
    switch value {
    case .object(let members):
      members.flatMap { key, member in [[key]] + paths(of: member).map { [key] + $0 } }
    case .array(let elements):
      elements.enumerated().flatMap { index, element in
        paths(of: element).map { [String(index)] + $0 }
      }
    default: []
    }
  }
}

extension JSONValue {
  /// The value without the member at the end of a path of keys and indices.
  fileprivate func removing(_ path: ArraySlice<String>) -> JSONValue {
    guard let key = path.first else { return self }
    switch self {
    case .object(var members):
      members[key] = path.count == 1 ? nil : members[key]?.removing(path.dropFirst())
      return .object(members)
    case .array(var elements):
      guard let index = Int(key) else { return self }
      elements[index] = elements[index].removing(path.dropFirst())
      return .array(elements)
    default: return self
    }
  }
}
