// SPDX-License-Identifier: GPL-3.0-or-later

import Gate
import Records
import Reporting
import SyntheticReports
import Testing

@Suite("Rules on classes", .timeLimit(.minutes(15)))
struct ClassRuleTests {
  /// Ten classes that follow one another; class 3 loses 60 of its 100 examples.
  private let report: Report = {
    let letters = (0..<1000).map { $0 % 10 == 3 && $0 < 600 ? "b" : "r" }.joined()
    return lettered("r" * 1000, letters)
  }()

  @Test("The worst class counts, though all together are good")
  func worst() throws {
    let pruned = "where: {compressed: true}"
    let all = try judge(report, rule: "check: robust_accuracy, at_least: 0.8, \(pruned)")
    #expect(all.verdict == .pass)
    let each = try judge(
      report, rule: "check: robust_accuracy, at_least: 0.8, classes: each, \(pruned)")
    #expect(each.verdict == .fail && each.tests == 10)
    #expect(each.rules[0].cases[0].evidence.hasPrefix("class 'class 3' 0.4000"))
    #expect(each.rules[0].cases[0].value == 0.4)
    let named = try judge(
      report, rule: "check: robust_accuracy, at_least: 0.8, classes: [class 4, 5], \(pruned)")
    #expect(named.verdict == .pass && named.tests == 2)
  }

  @Test("A loss in one class is found, on that class's own examples")
  func loss() throws {
    let result = try judge(
      report, rule: "check: robust_accuracy, max_drop: 0.1, against: parent, classes: each")
    #expect(result.verdict == .fail)
    let item = result.rules[0].cases[0]
    #expect(item.evidence.contains("'class 3' -0.6000") && item.evidence.contains("60 lost, 0 won"))
  }

  @Test("Classes that are not there, and reports that do not tell classes, are errors")
  func errors() throws {
    func code(_ report: Report, _ classes: String) -> GateError.Code? {
      do {
        _ = try judge(
          report, rule: "check: robust_accuracy, at_least: 0.1, classes: \(classes)")
        return nil
      } catch { return (error as? GateError)?.code }
    }
    #expect(code(report, "[class 9]") == nil && code(report, "9") == nil)
    #expect(code(report, "10") == .unknownClass && code(report, "[calss 3]") == .unknownClass)
    var older = report
    older.labels = nil
    #expect(code(older, "each") == .noClasses)
  }

  @Test("A class without examples is inconclusive")
  func empty() throws {
    let few = lettered("r" * 5, "r" * 5)
    let result = try judge(few, rule: "check: robust_accuracy, at_least: 0.1, classes: each")
    #expect(result.verdict == .inconclusive)
    #expect(result.rules[0].cases[0].evidence == "no example of class 'class 5' was judged")
  }
}
