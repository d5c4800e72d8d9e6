// SPDX-License-Identifier: GPL-3.0-or-later

/// Words as they look after one slip of the keyboard.
public enum Misspellings {
  private static let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"].map(Array.init)
  private static let shortest = 4

  /// What one slip makes of a word.
  ///
  /// Two neighbouring letters are swapped, a letter is left out or doubled, or the key to its right or left
  /// is hit; the first and the last letter stay, by which people recognise a word. Words of fewer than four
  /// letters, stop words and words with anything but the letters a to z have no misspellings.
  ///
  /// - Returns: Without repetition, always in the same order; each is one word.
  public static func candidates(for word: String) -> [String] {
    let letters = Array(word)
    guard letters.count >= shortest, !StopWords.english.contains(word),
      letters.allSatisfy({ $0.isASCII && $0.isLetter })
    else { return [] }
    var found: [String] = []
    func offer(_ changed: [Character]) {
      let text = String(changed)
      if text != word, !found.contains(text) { found.append(text) }
    }
    for place in 1..<letters.count - 1 {
      if place + 1 < letters.count - 1 {
        var swapped = letters
        swapped.swapAt(place, place + 1)
        offer(swapped)
      }
      offer(Array(letters[..<place] + letters[(place + 1)...]))
      offer(Array(letters[...place] + letters[place...]))
      for neighbour in neighbours(of: letters[place]) {
        var hit = letters
        hit[place] = neighbour
        offer(hit)
      }
    }
    return found
  }

  private static func neighbours(of letter: Character) -> [Character] {
    let lower = letter.lowercased()
    for row in rows {
      guard let place = row.firstIndex(where: { String($0) == lower }) else { continue }
      let near = [place - 1, place + 1].filter(row.indices.contains).map { row[$0] }
      return letter.isUppercase ? near.map { Character($0.uppercased()) } : near
    }
    return []
  }
}
