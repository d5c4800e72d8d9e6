// SPDX-License-Identifier: GPL-3.0-or-later

/// Letters of other scripts that look like Latin ones.
///
/// > Source: Unicode Technical Standard 39, "Unicode Security Mechanisms", data file confusables.
public enum LookAlikes {
  private static let pairs: [(latin: Character, other: Character)] = [
    ("a", "\u{430}"), ("c", "\u{441}"), ("d", "\u{501}"), ("e", "\u{435}"), ("h", "\u{4BB}"),
    ("i", "\u{456}"), ("j", "\u{458}"), ("l", "\u{4CF}"), ("o", "\u{43E}"), ("p", "\u{440}"),
    ("q", "\u{51B}"), ("s", "\u{455}"), ("v", "\u{3BD}"), ("w", "\u{51D}"), ("x", "\u{445}"),
    ("y", "\u{443}"), ("A", "\u{410}"), ("B", "\u{412}"), ("C", "\u{421}"), ("E", "\u{415}"),
    ("H", "\u{41D}"), ("I", "\u{406}"), ("J", "\u{408}"), ("K", "\u{39A}"), ("M", "\u{41C}"),
    ("N", "\u{39D}"), ("O", "\u{41E}"), ("P", "\u{420}"), ("S", "\u{405}"), ("T", "\u{422}"),
    ("X", "\u{425}"), ("Y", "\u{3A5}"), ("Z", "\u{396}"),
  ]
  private static let others = Dictionary(uniqueKeysWithValues: pairs.map { ($0.latin, $0.other) })
  private static let latins = Dictionary(uniqueKeysWithValues: pairs.map { ($0.other, $0.latin) })

  /// What a word looks like: every known look-alike turned into its Latin letter.
  public static func skeleton(of word: String) -> String {
    String(word.map { latins[$0] ?? $0 })
  }

  /// Words that look the same: with one letter exchanged, and with all that can be.
  ///
  /// Stop words have none.
  ///
  /// - Returns: Without repetition, always in the same order; each is one word.
  public static func candidates(for word: String) -> [String] {
    guard !StopWords.english.contains(word) else { return [] }
    let letters = Array(word)
    var found: [String] = []
    for (place, letter) in letters.enumerated() {
      guard let other = others[letter] else { continue }
      found.append(String(letters[..<place] + [other] + letters[(place + 1)...]))
    }
    let all = String(letters.map { others[$0] ?? $0 })
    return found.count > 1 ? found + [all] : found
  }
}
