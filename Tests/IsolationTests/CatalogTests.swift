// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import Records
import Testing

@Suite("The isolations by name", .timeLimit(.minutes(15)))
struct CatalogTests {
  private func rung(_ text: String) throws -> Rung {
    let specification = try Specification(text, allowsValue: true)
    return try IsolationCatalog.member(for: specification).rung(specification).rung
  }

  @Test(
    "A value may stand right behind the name",
    arguments: [
      ("none", .everything), ("parent", .parent), ("front:2", .front(2)),
      ("front:layers=2", .front(2)), ("back:1", .back(1)), ("middle:1-3", .middle(1...3)),
      ("largest:0.1", .largest(hidden: 0.1)), ("member:1-of-3", .member(1, of: 3)),
      ("scores", .scores), ("label", .label),
    ] as [(String, Rung.View)])
  func reads(text: String, view: Rung.View) throws {
    #expect(try rung(text).view == view)
    let specification = try Specification(text, allowsValue: true)
    #expect(specification.description == text)
  }

  @Test("The budget of an attacker can be stated")
  func budget() throws {
    let rung = try rung("front:2:queries=100:inputs=generated:epochs=3")
    #expect(rung.extraction == Rung.Extraction(queries: 100, inputs: .generated, epochs: 3))
    #expect(try self.rung("label:search=77").searchQueries == 77)
  }

  @Test(
    "What makes no sense is refused",
    arguments: [
      ("frnt:2", .unknownName), ("front", .malformed), ("front:0", .outOfRange),
      ("front:two", .wrongKind), ("front:2:layers=2", .repeatedParameter),
      ("middle:3", .malformed), ("middle:3-1", .outOfRange), ("member:4-of-3", .outOfRange),
      ("member:1-of-1", .outOfRange), ("largest:1.5", .outOfRange), ("scores:2", .malformed),
      ("label:depth=2", .unknownParameter), ("parent:3", .malformed),
    ] as [(String, SpecificationError.Code)])
  func refuses(text: String, code: SpecificationError.Code) {
    let error = #expect(throws: SpecificationError.self) { try rung(text) }
    #expect(error?.code == code)
  }

  @Test("Members see less and less")
  func order() throws {
    let knowledge = IsolationCatalog.members.compactMap(\.entry.knowledge)
    #expect(knowledge.count == IsolationCatalog.members.count)
    #expect(knowledge == knowledge.sorted())
  }
}
