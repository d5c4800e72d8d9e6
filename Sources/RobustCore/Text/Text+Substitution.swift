// SPDX-License-Identifier: GPL-3.0-or-later

public import Language
public import Statistics

extension Text {
  /// The text with words replaced at positions and by candidates drawn at random.
  ///
  /// - Parameters:
  ///   - candidates: What may stand at each position.
  ///   - mostWords: How many words are replaced; fewer where fewer have candidates.
  ///   - random: Draws positions, then a candidate for each.
  /// - Returns: The text, with separators as they were.
  public func substituted(
    by candidates: [[String]], mostWords: Int, _ random: RandomStream
  ) -> Text {
    let free = candidates.indices.filter { !candidates[$0].isEmpty }
    return random.choose(min(mostWords, free.count), of: free.count).reduce(self) { text, place in
      let words = candidates[free[place]]
      return text.replacing(free[place], with: words[random.integer(below: words.count)])
    }
  }
}
