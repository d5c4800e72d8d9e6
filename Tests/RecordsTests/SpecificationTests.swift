// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import Testing

@Suite("Specifications", .timeLimit(.minutes(15)))
struct SpecificationTests {
  @Test(
    "A name with parameters is taken apart and printed in one form",
    arguments: [
      ("pgd", "pgd", [:], "pgd"),
      (
        "pgd:steps=20:restarts=5", "pgd", ["steps": "20", "restarts": "5"],
        "pgd:restarts=5:steps=20"
      ),
      ("apgd-ce:step-size=2/255", "apgd-ce", ["step-size": "2/255"], "apgd-ce:step-size=2/255"),
      ("a_b.c:x=-1e-3", "a_b.c", ["x": "-1e-3"], "a_b.c:x=-1e-3"),
    ] as [(String, String, [String: String], String)])
  func reads(text: String, name: String, parameters: [String: String], printed: String) throws {
    let specification = try Specification(text)
    #expect(specification.name == name)
    #expect(
      Dictionary(uniqueKeysWithValues: specification.parameters.map { ($0.name, $0.text) })
        == parameters)
    #expect(specification.description == printed)
    #expect(try Specification(printed) == specification)
  }

  @Test("The order of parameters is of no meaning")
  func order() throws {
    #expect(try Specification("pgd:a=1:b=2") == Specification("pgd:b=2:a=1"))
    #expect(try Specification("pgd:a=1:b=2") != Specification("pgd:a=2:b=1"))
  }

  @Test(
    "What has another form is refused",
    arguments: [
      "", ":", "pgd:", "pgd:steps", "pgd:=20", "pgd:steps=", "pgd::steps=1", "p gd", "pgd ",
      "pgd:steps=1 ", "pgd:steps=1=2", "pgd/x", "pgd,fgsm", "a+b", "pgd:a=1+1", "größe", "pgd\n",
      "pgd:a=\u{0}",
    ])
  func refuses(text: String) {
    let error = #expect(throws: SpecificationError.self) { try Specification(text) }
    #expect(error?.code == .malformed)
  }

  @Test("A parameter stated twice is refused, also with the same value")
  func repeated() {
    let error = #expect(throws: SpecificationError.self) { try Specification("pgd:a=1:a=1") }
    #expect(error?.code == .repeatedParameter)
  }

  @Test("A recipe keeps its steps in their order, which is of meaning")
  func recipes() throws {
    let recipe = try Recipe("structured+quantize:bits=8")
    #expect(recipe.steps.map(\.name) == ["structured", "quantize"])
    #expect(recipe.steps[1]["bits"] == "8")
    #expect(recipe.description == "structured+quantize:bits=8")
    #expect(try Recipe("quantize:bits=8+structured") != recipe)
    for text in ["", "+", "a+", "+a", "a++b"] {
      #expect(throws: SpecificationError.self) { try Recipe(text) }
    }
  }

  @Test(
    "A model with a slash or the ending .pt is a file, any other a name",
    arguments: [
      ("cnn", false), ("mlp:hidden=64", false), ("a.pt", true), ("./cnn", true),
      ("/m/a:b c.pt", true), ("cnn.ptx", false),
    ])
  func models(text: String, isFile: Bool) throws {
    let source = try ModelSource(text)
    #expect(source.isFile == isFile)
    #expect(source.description == text)
  }
}

@Suite("Small values of an experiment", .timeLimit(.minutes(15)))
struct SmallValueTests {
  @Test(
    "A sparsity lies in 0 ..< 1",
    arguments: [
      ("0", "0"), ("-0", "0"), ("0.0", "0"), ("0.50", "0.5"), (".5", "0.5"), ("5e-1", "0.5"),
      ("0.9999999999999999", "0.9999999999999999"), ("1", nil), ("0.99999999999999999", nil),
      ("-0.1", nil), ("abc", nil), ("", nil), ("nan", nil), ("inf", nil), ("0,5", nil),
      (" 0.5", nil),
    ] as [(String, String?)])
  func sparsity(text: String, printed: String?) {
    #expect(Sparsity(text)?.description == printed)
  }

  @Test(
    "A shard is one of at least one",
    arguments: [
      ("1/1", true), ("4/4", true), ("0/1", false), ("2/1", false), ("-1/2", false), ("1/0", false),
      ("1", false), ("/", false), ("1/2/3", false), ("1.0/2", false), ("", false),
    ])
  func shard(text: String, isShard: Bool) {
    #expect(Shard(text)?.description == (isShard ? text : nil))
  }
}
