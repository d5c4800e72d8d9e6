// SPDX-License-Identifier: GPL-3.0-or-later

import Comparing
import Records
import Statistics

/// One case of a rule before it is judged: how many tests there are in all must be known first.
struct PlannedCase {
  /// What is to be judged.
  enum Question {
    /// Nothing is left to test.
    case settled(GateResult.Case)
    /// Every rate is at least the floor.
    case floor(Double, [RateSample])
    /// No rate fell by more than the margin.
    case loss(Double, [LossSample])
    /// The mean over seeds did not fall by more than the margin.
    case methodLoss(Double, MethodDifference, note: String)
  }

  let subject: String
  let question: Question
  /// Whether the number of examples was not fixed in advance, so that only tests that hold at any
  /// time answer it.
  var isSequential = false
  /// How many examples the baseline has judged, where the case compares with it.
  var baselineExamples: Int?
  /// How many tests more examples may still bring to a case that has none yet.
  var awaitedTests = 0

  /// How many statistical tests answer it.
  var tests: Int {
    switch question {
    case .settled: awaitedTests
    case .floor(_, let samples): samples.count
    case .loss(_, let samples): samples.count
    case .methodLoss: 1
    }
  }

  /// A case whose verdict needs no test.
  static func settled(
    _ subject: String, _ verdict: GateVerdict, _ evidence: String, value: Double? = nil,
    awaitedTests: Int = 0
  ) -> PlannedCase {
    PlannedCase(
      subject: subject,
      question: .settled(
        GateResult.Case(
          subject: subject, verdict: verdict, evidence: evidence, value: value)),
      awaitedTests: awaitedTests)
  }

  /// Whether more examples may give another answer than this one.
  func isOpen(_ answer: GateResult.Case) -> Bool {
    if case .settled = question { return awaitedTests > 0 }
    return answer.verdict == .inconclusive
  }
}

/// How many examples of a class, or of all classes, are right.
struct RateSample {
  /// The class; nil for all together.
  let name: String?
  let successes: Int
  let trials: Int
  /// The counts at each look, where the run was looked at while examples came in.
  var looks: [RateCounts] = []
}

/// How a class, or all classes, fared on both sides.
struct LossSample {
  /// The class; nil for all together.
  let name: String?
  let sampling: Sampling
  /// The counts at each look, where the run was looked at and the examples are the same.
  var looks: [PairedCounts] = []
}
