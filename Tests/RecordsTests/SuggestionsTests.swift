// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@Suite("Suggestions", .timeLimit(.minutes(15)))
struct SuggestionsTests {
  @Test(
    "The distance counts insertions, deletions, substitutions and swaps",
    arguments: [
      ("kitten", "sitting", 3), ("pdg", "pgd", 1), ("", "abc", 3), ("abc", "", 3), ("", "", 0),
      ("same", "same", 0), ("a", "b", 1), ("ca", "abc", 3), ("flaw", "lawn", 2),
      ("saturday", "sunday", 3),
    ])
  func distance(first: String, second: String, expected: Int) {
    #expect(Suggestions.editDistance(first, second) == expected)
    #expect(Suggestions.editDistance(second, first) == expected)
  }

  @Test(
    "The nearest names come first and far ones are left out",
    arguments: [
      ("pdg", ["pgd", "fgsm"]), ("PGD", ["pgd", "fgsm"]), ("fgms", ["fgsm"]),
      ("apgd", ["apgd-ce", "pgd"]), ("zebra", []), ("", []),
    ] as [(String, [String])])
  func nearest(written: String, expected: [String]) {
    let found = Suggestions.nearest(
      to: written, among: ["fgsm", "pgd", "apgd-ce", "uniform", "gaussian"])
    #expect(found.prefix(1) == expected.prefix(1))
    #expect(found.contains("gaussian") == false)
    if expected.isEmpty { #expect(found.isEmpty) }
  }

  @Test("At most the asked number of names is returned, ties in the order given")
  func limit() {
    #expect(
      Suggestions.nearest(to: "aa", among: ["ab", "ac", "ad", "aa"], limit: 2) == ["aa", "ab"])
  }
}
