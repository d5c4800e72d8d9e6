// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TestSupport
import Testing

@testable import Language

/// Whether the Debian package wordnet-base is there.
let isWordNetInstalled = FileManager.default.fileExists(
  atPath: "\(WordNet.installedFolder)/data.noun")

@Suite("WordNet", .enabled(if: isWordNetInstalled), .timeLimit(.minutes(15)))
struct WordNetTests {
  private static let opened = Result { try WordNet() }
  private let wordNet: WordNet

  init() throws { wordNet = try Self.opened.get() }

  @Test("Meanings come in the order of the index")
  func synsets() throws {
    let dog = wordNet.synsets(of: "dog", .noun)
    #expect(dog.map(\.offset).prefix(3) == [2_084_071, 10_114_209, 10_023_039])
    #expect(dog.first?.words == ["dog", "domestic dog", "Canis familiaris"])
    #expect(dog.first?.file == 5)
    #expect(wordNet.synsets(of: "hot dog", .noun) == wordNet.synsets(of: "hot_dog", .noun))
    #expect(!wordNet.synsets(of: "hot dog", .noun).isEmpty)
  }

  @Test("What is not listed has no meaning", arguments: ["", " ", "qwzx", "1", "dog 2", "This"])
  func unlisted(word: String) {
    #expect(wordNet.synsets(of: word, .verb).isEmpty)
  }

  @Test("First and last lines of a file are found")
  func ends() {
    #expect(wordNet.contains("'hood", .noun))
    #expect(wordNet.contains("zymurgy", .noun))
    #expect(wordNet.contains("a cappella", .adverb))
    #expect(wordNet.contains("zonal", .adjective))
  }

  @Test(
    "Markers of adjectives are no part of the word",
    arguments: ["galore", "preceding", "cardinal", "o'clock", "aaron's rod", "'s gravenhage"])
  func markers(word: String) {
    let sets = PartOfSpeech.allCases.flatMap { wordNet.synsets(of: word, $0) }
    #expect(sets.contains { $0.words.contains { $0.lowercased() == word } })
    #expect(sets.allSatisfy { $0.words.allSatisfy { !$0.contains("(") && !$0.contains("_") } })
  }

  @Test(
    "Base forms are those of the program wn",
    arguments: [
      ("geese", PartOfSpeech.noun, ["goose"]), ("axes", .noun, ["ax", "axis", "axe"]),
      ("dogs", .noun, ["dog"]), ("churches", .noun, ["church"]),
      ("policemen", .noun, ["policeman"]),
      ("glass", .noun, ["glass"]), ("boxesful", .noun, ["boxful"]), ("cities", .noun, ["city"]),
      ("went", .verb, ["go"]), ("running", .verb, ["run"]), ("denied", .verb, ["deny"]),
      ("saw", .verb, ["see", "saw"]), ("hoping", .verb, ["hope", "hop"]),
      ("better", .adjective, ["good", "well", "better"]), ("finest", .adjective, ["fine"]),
      ("Dogs", .noun, ["dog"]), ("qwzxs", .noun, []),
    ])
  func morphy(word: String, part: PartOfSpeech, lemmas: [String]) {
    #expect(wordNet.lemmas(of: word, part).sorted() == lemmas.sorted())
  }

  @Test("Tagged meanings are added up, satellites too")
  func tagCounts() {
    let path = "\(WordNet.installedFolder)/cntlist.rev"
    let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    let quick = lines.filter { $0.hasPrefix("quick%3:") || $0.hasPrefix("quick%5:") }
    let sum = quick.reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
    #expect(sum > 0)
    #expect(wordNet.tagCount(of: "quick", .adjective) == sum)
    #expect(wordNet.tagCount(of: "qwzx", .noun) == 0)
  }

  @Test(
    "The likeliest reading of a word",
    arguments: [
      ("children", "child", PartOfSpeech.noun), ("found", "find", .verb),
      ("Quickly", "quickly", .adverb),
      ("happy", "happy", .adjective), ("having", "have", .verb), ("cities", "city", .noun),
    ])
  func reading(word: String, lemma: String, part: PartOfSpeech) {
    #expect(wordNet.reading(of: word) == WordNet.Reading(lemma: lemma, part: part))
    #expect(wordNet.reading(of: "qwzx") == nil)
  }

  @Test(
    "Synonyms stand in the form of the word",
    arguments: [
      ("physicians", ["doctors"]), ("physician", ["doctor", "doc"]), ("Physician", ["Doctor"]),
      ("PHYSICIAN", ["DOCTOR"]), ("began", ["started", "commenced"]), ("buying", ["purchasing"]),
      ("happy", ["glad"]), ("cities", ["metropolises"]), ("buys", ["purchases"]),
    ])
  func synonyms(word: String, some: [String]) {
    let found = wordNet.synonyms(of: word)
    for one in some { #expect(found.contains(one), "\(word): \(found)") }
    #expect(!found.contains(word))
    #expect(Set(found).count == found.count)
    #expect(found.allSatisfy { !$0.contains(" ") })
  }

  @Test("An inflected form leads back to its base form")
  func inflection() {
    let lemmas = ["stop", "go", "die", "see", "try", "box", "dance", "free", "play", "run", "take"]
    for lemma in lemmas {
      for inflection: Inflection in [.thirdPerson, .past, .present] {
        guard let form = wordNet.form(of: lemma, .verb, inflection) else { continue }
        #expect(wordNet.lemmas(of: form, .verb).contains(lemma))
      }
    }
    #expect(wordNet.form(of: "stop", .verb, .present) == "stopping")
    #expect(wordNet.form(of: "die", .verb, .present) == "dying")
    #expect(wordNet.form(of: "goose", .noun, .plural) == "geese")
    #expect(wordNet.form(of: "city", .noun, .plural) == "cities")
    // Took or taken: the word does not tell which.
    #expect(wordNet.form(of: "take", .verb, .past) == nil)
    #expect(wordNet.form(of: "happy", .adjective, .comparative) == "happier")
  }

  @Test("Candidates leave stop words alone and are single words")
  func candidates() {
    let synonyms = Synonyms(wordNet)
    #expect(synonyms.candidates(for: "The") == [])
    #expect(synonyms.candidates(for: "have") == [])
    #expect(synonyms.candidates(for: "physician").contains("doctor"))
    #expect(synonyms.candidates(for: "physician") == synonyms.candidates(for: "physician"))
    let all = ["car", "dead", "end", "hours", "o'clock", "father", "ill", "sick", "television"]
      .flatMap(synonyms.candidates)
    #expect(all.allSatisfy(Tokenizer.words.isOneWord))
  }

  @Test("Where each character is a word, so is each candidate")
  func characters() {
    #expect(Synonyms(wordNet).candidates(for: "1").contains("one"))
    let synonyms = Synonyms(wordNet, tokenizer: .characters)
    for word in ["1", "2", "x", "一"] {
      #expect(synonyms.candidates(for: word).allSatisfy(Tokenizer.characters.isOneWord))
    }
    #expect(!synonyms.candidates(for: "1").contains("one"))
  }

  @Test("A folder without the files is an error that names the file")
  func missing() {
    #expect {
      try WordNet(folder: "/nowhere")
    } throws: { error in
      (error as? LanguageError)?.subject == "/nowhere/index.noun"
    }
  }
}

@Suite("Synonym sets", .timeLimit(.minutes(15)))
struct SynsetTests {
  @Test("Quoted examples are cut off, quoted terms are not")
  func definitions() {
    let glosses = [
      "a dog; \"he has a dog\"": "a dog",
      "the word \"dog\"; a term; \"say dog\"": "the word \"dog\"; a term",
      "one; two": "one; two", "as in `moo-cow'": "as in `moo-cow'", "x;\"y\"; \"z\"": "x",
    ]
    for (gloss, definition) in glosses {
      #expect(Synset(line: "00000001 05 n 01 a 0 000 | \(gloss)  ")?.definition == definition)
    }
  }

  @Test("Counts of words are hexadecimal")
  func words() {
    let names = (1...17).map { "w\($0) 0" }.joined(separator: " ")
    #expect(Synset(line: "00000001 05 n 11 \(names) 000 | many")?.words.count == 17)
  }

  @Test(
    "Other lines are none",
    arguments: [
      "", "  1 This software", "00000001 05 n 02 a 0 000 | short", "00000001 05 n 01 a 0 000",
      "x 05 n 01 a 0 000 | b",
    ])
  func others(line: String) {
    #expect(Synset(line: Substring(line)) == nil)
  }
}

@Suite("Stop words", .timeLimit(.minutes(15)))
struct StopWordsTests {
  @Test("Grammar is listed, meaning is not")
  func list() {
    let words = StopWords.english
    #expect(words.count > 150)
    for word in ["the", "The", "of", "don't", "WHICH"] { #expect(words.contains(word)) }
    for word in ["dog", "person", "good", "two", ""] { #expect(!words.contains(word)) }
  }
}
