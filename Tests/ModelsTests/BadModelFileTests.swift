// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Models
import Records
import Testing
import Torch

@Suite("Model files that cannot be used", .timeLimit(.minutes(15)))
struct BadModelFileTests {
  private func error(
    of path: String, inputShape: [Int] = [1, 28, 28]
  ) throws -> any InputError {
    do {
      _ = try ScriptArchitecture(contentsOf: path, inputShape: inputShape)
    } catch let error as any InputError {
      return error
    }
    throw Unrefused()
  }

  private struct Unrefused: Error {}

  /// One clear line: names the file, says what is wrong and what to do, shows nothing of C++.
  private func expectClear(_ error: any InputError, _ path: String) {
    #expect(error.subject == path)
    for text in [error.detail, error.remedy] {
      #expect(!text.isEmpty)
      #expect(!text.contains("\n"))
    }
    #expect(error.detail.count <= 250)
    for clutter in [".cpp", ".h:", "Exception raised", "INTERNAL ASSERT", "0x", "Traceback"] {
      #expect(!error.detail.contains(clutter), "\(error.detail)")
    }
  }

  @Test("A missing file")
  func missing() throws {
    let found = try error(of: "/nowhere/model.pt")
    #expect((found as? TorchError)?.code == .unreadableModel)
    expectClear(found, "/nowhere/model.pt")
  }

  @Test("A truncated file, an empty one, a text and a folder")
  func truncated() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("cnn-traced.pt")))
    for content in [
      whole.prefix(20_000), whole.prefix(100), whole.dropLast(1), Data(), Data("hello\n".utf8),
    ] {
      try withTemporaryFile { path in
        try content.write(to: URL(fileURLWithPath: path))
        let found = try error(of: path)
        #expect((found as? TorchError)?.code == .unreadableModel)
        expectClear(found, path)
      }
    }
    let folder = NSTemporaryDirectory()
    let found = try error(of: folder)
    #expect((found as? TorchError)?.code == .unreadableModel)
    expectClear(found, folder)
  }

  @Test("A state dict is no TorchScript")
  func stateDict() throws {
    let path = try fixture("odd-state-dict.pt")
    let found = try error(of: path)
    #expect((found as? TorchError)?.code == .unreadableModel)
    #expect(found.detail.contains("no TorchScript archive"))
    expectClear(found, path)
  }

  @Test("A module without parameters")
  func noParameters() throws {
    let path = try fixture("odd-no-parameters.pt")
    let found = try error(of: path)
    #expect((found as? ModelError)?.code == .noParameters)
    expectClear(found, path)
  }

  @Test(
    "A model of another input shape",
    arguments: [[3, 32, 32], [1, 27, 28], [1, 32, 32], [784], [2, 28, 28]],
    ["cnn-traced", "mlp-scripted"])
  func otherInputShape(shape: [Int], name: String) throws {
    guard !(shape == [784] && name == "mlp-scripted") else { return }
    let path = try fixture("\(name).pt")
    let found = try error(of: path, inputShape: shape)
    #expect((found as? ModelError)?.code == .wrongInputShape)
    #expect(found.detail.contains("\([2] + shape)"))
    expectClear(found, path)
  }

  @Test(
    "An answer that is no matrix of logits",
    arguments: [
      "torch.sum(x * self.w)", "x * self.w", "torch.argmax(torch.flatten(x, 1) * self.w, 1, True)",
    ])
  func wrongOutput(body: String) throws {
    try withTemporaryFile { path in
      try save(body, to: path)
      let found = try error(of: path)
      #expect((found as? ModelError)?.code == .wrongOutput)
      expectClear(found, path)
    }
  }

  @Test("An answer of several tensors")
  func tuple() throws {
    try withTemporaryFile { path in
      try save("(x, self.w)", to: path)
      let found = try error(of: path)
      #expect(found.detail.contains("Tuple"))
      expectClear(found, path)
    }
  }

  @Test("An operator that this libtorch lacks is named, with the way out")
  func unknownOperator() throws {
    let path = try fixture("odd-unknown-operator.pt")
    let found = try error(of: path)
    #expect((found as? TorchError)?.code == .unknownOperator)
    #expect(found.detail.contains("'aten::from_the_future'"))
    #expect(found.detail.contains(TorchLibrary.version))
    #expect(found.remedy.contains("LIBTORCH"))
    expectClear(found, path)
  }

  @Test("A folder that cannot be written to")
  func unwritable() {
    let module = ScriptModule(named: "Small")
    module.define("def forward(self, x):\n    return x\n")
    let error = #expect(throws: TorchError.self) { try module.save(to: "/nowhere/model.pt") }
    #expect(error?.code == .unwritableModel)
    #expect(error?.detail.contains("\n") == false)
  }

  private func save(_ body: String, to path: String) throws {
    let module = ScriptModule(named: "Small")
    module.add(Tensor([Float(1)]), named: "w")
    module.define("def forward(self, x):\n    return \(body)\n")
    try module.save(to: path)
  }
}
