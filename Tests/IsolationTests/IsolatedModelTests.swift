// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import RobustCore
import Testing
import Torch

@Suite("An isolated model", .timeLimit(.minutes(15)))
struct IsolatedModelTests {
  @Test("It answers with the bits of the model", arguments: ["mlp", "cnn", "resnet8"])
  func sameBits(name: String) throws {
    let classifier = try Fixtures.classifier(name)
    let model = try IsolatedModel(
      classifier, policy: AnswerPolicy(answers: .scores(decimals: nil)), channels: 2)
    #expect(model.layers == SandboxLayer.allCases)
    let images = Fixtures.images(40)
    #expect(try model.network.logits(images).bytes == classifier.network.logits(images).bytes)
    #expect(try model.queriesAnswered() == 40)
  }
}
