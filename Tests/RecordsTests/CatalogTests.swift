// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Testing

@Suite("Catalogs", .timeLimit(.minutes(15)))
struct CatalogTests {
  private let entry = CatalogEntry(
    name: "pgd", summary: "ascent", citation: "Madry et al.", knowledge: .whiteBox,
    parameters: [
      ParameterSchema("steps", .integer(1...100), default: .integer(20), summary: "steps"),
      ParameterSchema("decay", .real(0...1), default: .real(0.5), summary: "decay"),
      ParameterSchema(
        "loss", .choice(["ce", "margin"]), default: .choice("ce"), summary: "loss"),
      ParameterSchema("random", .boolean, default: .boolean(true), summary: "start"),
      ParameterSchema("step-size", .epsilon, default: nil, summary: "derived"),
    ])

  private func resolve(_ text: String) throws -> [String: ParameterValue] {
    try entry.resolve(try Specification(text))
  }

  @Test("What is not stated has its default, and is absent without one")
  func defaults() throws {
    #expect(
      try resolve("pgd") == [
        "steps": .integer(20), "decay": .real(0.5), "loss": .choice("ce"), "random": .boolean(true),
      ])
  }

  @Test("What is stated is read as its kind")
  func values() throws {
    let values = try resolve("pgd:steps=100:decay=1:loss=margin:random=false:step-size=2/255")
    #expect(values["steps"]?.integer == 100)
    #expect(values["decay"]?.real == 1)
    #expect(values["loss"]?.choice == "margin")
    #expect(values["random"]?.boolean == false)
    #expect(values["step-size"]?.epsilon?.text == "2/255")
    #expect(values["steps"]?.real == nil)
  }

  @Test("Resolved values are written as a specification that resolves to them")
  func roundTrip() throws {
    let values = try resolve("pgd:decay=1e-20:step-size=8/255")
    let written = Specification(name: "pgd", values: values)
    #expect(try resolve(written.description) == values)
    let large = CatalogEntry(
      name: "x", summary: "",
      parameters: [ParameterSchema("a", .real(0...(.infinity)), default: nil, summary: "")])
    let values2 = try large.resolve(try Specification("x:a=1e300"))
    let again = Specification(name: "x", values: values2).description
    #expect(try Recipe("\(again)+y").steps.count == 2, "a plus sign would begin a step")
    #expect(try large.resolve(try Specification(again)) == values2)
  }

  @Test(
    "What does not fit is refused with what would",
    arguments: [
      ("pgd:stesp=5", .unknownParameter, "'pgd' has no parameter 'stesp'", "did you mean 'steps'?"),
      (
        "pgd:zzzzzz=5", .unknownParameter, "'pgd' has no parameter 'zzzzzz'",
        "it takes steps, decay, loss, random, step-size"
      ),
      ("pgd:steps=0", .outOfRange, "steps cannot be '0'", "give a whole number from 1 to 100"),
      ("pgd:steps=101", .outOfRange, "steps cannot be '101'", "give a whole number from 1 to 100"),
      ("pgd:steps=2.5", .wrongKind, "steps cannot be '2.5'", "give a whole number from 1 to 100"),
      ("pgd:steps=1e1", .wrongKind, "steps cannot be '1e1'", "give a whole number from 1 to 100"),
      ("pgd:decay=1.5", .outOfRange, "decay cannot be '1.5'", "give a number from 0.0 to 1.0"),
      ("pgd:decay=nan", .wrongKind, "decay cannot be 'nan'", "give a number from 0.0 to 1.0"),
      ("pgd:decay=inf", .wrongKind, "decay cannot be 'inf'", "give a number from 0.0 to 1.0"),
      ("pgd:loss=margni", .wrongKind, "loss cannot be 'margni'", "did you mean 'margin'?"),
      ("pgd:loss=kullback", .wrongKind, "loss cannot be 'kullback'", "give one of ce, margin"),
      ("pgd:random=1", .wrongKind, "random cannot be '1'", "give true or false"),
      (
        "pgd:step-size=2/0", .wrongKind, "step-size cannot be '2/0'", "give a radius such as 8/255"
      ),
    ] as [(String, SpecificationError.Code, String, String)])
  func refuses(
    text: String, code: SpecificationError.Code, detail: String, remedy: String
  ) {
    let error = #expect(throws: SpecificationError.self) { try resolve(text) }
    #expect(error?.code == code)
    #expect(error?.detail == detail)
    #expect(error?.remedy == remedy)
  }

  @Test("An unknown name is answered with the nearest ones, or with where to look")
  func unknownNames() throws {
    let catalog = Catalog(
      kind: "attack",
      entries: [entry, CatalogEntry(name: "fgsm", summary: "one step")])
    #expect(try catalog.entry(for: Specification("fgsm")).summary == "one step")
    let near = #expect(throws: SpecificationError.self) {
      try catalog.entry(for: Specification("pdg:steps=1"))
    }
    #expect(near?.code == .unknownName)
    #expect(near?.remedy == "did you mean 'pgd'?")
    let far = #expect(throws: SpecificationError.self) {
      try catalog.entry(for: Specification("boundary"))
    }
    #expect(far?.remedy == "`robust-eval list attacks` names them all")
  }
}
