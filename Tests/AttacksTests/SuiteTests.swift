// SPDX-License-Identifier: GPL-3.0-or-later

import Attacks
import Records
import Testing

@Suite("Suites", .timeLimit(.minutes(15)))
struct SuiteTests {
  @Test("Every attack of a suite is known and has its parameters", arguments: AttackSuite.builtIn)
  func isKnown(suite: AttackSuite) throws {
    for norm in Norm.allCases {
      for attack in suite.attacks(for: norm) {
        _ = try AttackCatalog.member(for: attack).attack(attack)
      }
    }
    #expect(!suite.summary.isEmpty)
  }

  @Test("A suite leaves out what has no form for the norm, and takes the margin for few classes")
  func expands() throws {
    func names(_ suite: String, _ norm: Norm, classes: Int) throws -> [String] {
      try AttackCatalog.expanded([try Specification(suite)], norm: norm, classes: classes)
        .map(\.description)
    }
    #expect(
      try names("standard", .linf, classes: 10) == [
        "apgd-ce:steps=100", "apgd-t:steps=100", "fab-t:patience=2:steps=100",
        "square:patience=3:queries=5000",
      ])
    #expect(try names("standard", .l2, classes: 3)[1] == "apgd-t:loss=margin:steps=100")
    #expect(try names("standard", .l1, classes: 10)[1] == "apgd-t:restarts=5:steps=100:targets=5")
    #expect(
      try names("quick", .l0, classes: 10)
        == ["salt-and-pepper", "fmn:steps=40", "sparse-rs:queries=300"])
    #expect(try names("standard", .l0, classes: 10) == ["fmn:steps=200", "sparse-rs:queries=5000"])
    #expect(try names("min-norm", .l0, classes: 10) == ["fmn"])
    #expect(try names("quick", .l1, classes: 2) == ["uniform", "fgsm", "apgd-ce:steps=40"])
  }

  @Test("A suite among others' parameters, or with some, is refused")
  func refuses() throws {
    #expect(throws: SpecificationError.self) {
      try AttackCatalog.member(for: try Specification("standard:steps=5"))
    }
  }
}
