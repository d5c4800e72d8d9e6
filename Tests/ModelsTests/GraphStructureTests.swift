// SPDX-License-Identifier: GPL-3.0-or-later

import Models
import RobustCore
import Statistics
import Testing
import Torch

@Suite("A graph as text", .timeLimit(.minutes(15)))
struct GraphStructureTests {
  @Test(
    "A native model read from its structure is the same function", arguments: NativeModelTests.names
  )
  func roundTrip(name: String) throws {
    let architecture = GraphArchitecture.named(name)
    let structure = try #require(architecture.structure)
    let again = try GraphArchitecture(
      name: name, inputShape: architecture.inputShape, classes: architecture.classes,
      structure: structure)
    #expect(again.graph == architecture.graph)
    #expect(again.structure == structure)
    let parameters = architecture.initialParameters(random: RandomKey(seed: 3))
    let images = Tensor(repeating: 0.25, shape: [2] + architecture.inputShape)
    #expect(
      try again.network(parameters).logits(images).bytes
        == architecture.network(parameters).logits(images).bytes)
  }

  @Test("A text that is no graph is refused", arguments: ["", "{}", "[1]", #"{"layers":[{}]}"#])
  func malformed(text: String) {
    #expect(throws: (any Error).self) {
      try GraphArchitecture(name: "x", inputShape: [1], classes: 2, structure: text)
    }
  }
}
