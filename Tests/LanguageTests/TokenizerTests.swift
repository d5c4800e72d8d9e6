// SPDX-License-Identifier: GPL-3.0-or-later

import Language
import TestSupport
import Testing

@Suite("The tokenizers", .timeLimit(.minutes(15)))
struct TokenizerTests {
  @Test(
    "Words are runs of letters and digits",
    arguments: [
      ("a red, RED fox.", ["a", "red", "RED", "fox"]),
      ("don't; o'clock and ’tis", ["don't", "o'clock", "and", "tis"]),
      ("a 1,000.5 m long, 3. part", ["a", "1,000.5", "m", "long", "3", "part"]),
      ("well-known (e.g. `moo-cow')", ["well", "known", "e", "g", "moo", "cow"]),
      ("naïve caf\u{65}\u{301} Straße №5", ["naïve", "caf\u{65}\u{301}", "Straße", "5"]),
      ("", []), ("  ...  ", []), ("'", []), ("a'", ["a"]), ("4'b", ["4", "b"]),
    ])
  func words(string: String, words: [String]) {
    #expect(Tokenizer.words.text(of: string).words == words)
  }

  @Test("Characters stand alone, white space apart")
  func characters() {
    let text = Tokenizer.characters.text(of: "你好， 世界 e\u{301}!\n")
    #expect(text.words == ["你", "好", "，", "世", "界", "e\u{301}", "!"])
    #expect(text.joined == "你好， 世界 e\u{301}!\n")
  }

  @Test(
    "A text joins again exactly, and reads again as the same words",
    arguments: [
      "", " ", "a", " a  b\tc\r\nd ", "x--y's \"z\".", "1,2,3...4", "你 好\u{3000}a", "e\u{301}",
      "\u{FEFF}bom", "flag 🇩🇪🇫🇷 🧑‍🚀", "a'b'c''d", "1.a.2",
    ])
  func roundTrip(string: String) {
    for tokenizer in Tokenizer.allCases {
      let text = tokenizer.text(of: string)
      #expect(Array(text.joined.unicodeScalars) == Array(string.unicodeScalars))
      #expect(tokenizer.text(of: text.joined) == text)
    }
  }

  @Test("A replaced word changes nothing around it")
  func replacing() {
    let text = Tokenizer.words.text(of: "(the dog) barks!")
    let other = text.replacing(1, with: "cat")
    #expect(other.joined == "(the cat) barks!")
    #expect(text.changes(to: other) == [1])
    #expect(text.changes(to: text) == [])
    #expect(text.changes(to: Tokenizer.words.text(of: "(the dog) barks")) == nil)
    #expect(text.changes(to: Tokenizer.words.text(of: "(the dog cat) barks!")) == nil)
  }

  @Test("Whether something stays one word", arguments: ["dog": true, "o'clock": true, "3.5": true])
  func oneWord(string: String, isOne: Bool) {
    #expect(Tokenizer.words.isOneWord(string) == isOne)
    #expect(!Tokenizer.words.isOneWord("\(string) \(string)"))
    #expect(!Tokenizer.words.isOneWord("\(string)-\(string)"))
    #expect(!Tokenizer.words.isOneWord(""))
  }
}
