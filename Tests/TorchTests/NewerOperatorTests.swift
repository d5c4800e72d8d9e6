// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Torch

@Suite("Operators of newer versions of PyTorch", .timeLimit(.minutes(15)))
struct NewerOperatorTests {
  /// Compiles a body of `forward(self, x)`, saves it and loads it again, as a user's file would be.
  private func reloaded(_ body: String) throws -> ScriptModule {
    let module = ScriptModule(named: "Newer")
    module.define("def forward(self, x):\n    return \(body)\n")
    let path = NSTemporaryDirectory() + "newer-\(UUID().uuidString).pt"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try module.save(to: path)
    return try ScriptModule(contentsOf: path)
  }

  private func expect(_ tensor: Tensor, _ values: [Double]) {
    let found = tensor.elements(of: Double.self)
    #expect(found.count == values.count)
    for (have, want) in zip(found, values) { #expect(abs(have - want) <= 1e-12) }
  }

  /// Two tokens of one number: with scale 1 the scores of the second are log 2 and log 4.
  private static let tokens = Tensor([log(2.0), 2 * log(2.0)], shape: [1, 2, 1])

  /// softmax over a and b, weighing ln 2 and 2 ln 2.
  private func mix(_ a: Double, _ b: Double) -> Double {
    log(2) * (exp(a) + 2 * exp(b)) / (exp(a) + exp(b))
  }

  @Test("Attention mixes the values by the softmax of the scaled products")
  func attention() throws {
    let module = try reloaded("torch.scaled_dot_product_attention(x, x, x)")
    let square = log(2.0) * log(2.0)
    expect(
      try module.forward(Self.tokens),
      [mix(square, 2 * square), mix(2 * square, 4 * square)])
  }

  @Test("Attention divides the products by the root of the width")
  func attentionScale() throws {
    let module = try reloaded("torch.scaled_dot_product_attention(x, x, x)")
    let wide = Tensor([1.0, 1, 1, 1, 0, 0, 0, 0], shape: [1, 2, 4])
    let share = exp(2.0) / (exp(2.0) + 1)
    expect(
      try module.forward(wide), Array(repeating: share, count: 4) + Array(repeating: 0.5, count: 4))
    let unscaled = try reloaded("torch.scaled_dot_product_attention(x, x, x, scale=0.0)")
    expect(try unscaled.forward(wide), Array(repeating: 0.5, count: 8))
  }

  @Test("Causal attention sees no later token")
  func causalAttention() throws {
    let module = try reloaded(
      "torch.scaled_dot_product_attention(x, x, x, None, 0.0, True)")
    let square = log(2.0) * log(2.0)
    expect(try module.forward(Self.tokens), [log(2.0), mix(2 * square, 4 * square)])
  }

  @Test("A mask of truth values hides, a mask of numbers is added")
  func maskedAttention() throws {
    let hiding = try reloaded(
      "torch.scaled_dot_product_attention(x, x, x, torch.ge(x, 1.0).transpose(-2, -1))")
    expect(try hiding.forward(Self.tokens), [2 * log(2.0), 2 * log(2.0)])
    let adding = try reloaded(
      "torch.scaled_dot_product_attention(x, x, x, torch.neg(torch.matmul(x, x.transpose(-2, -1))))"
    )
    expect(try adding.forward(Self.tokens), [1.5 * log(2.0), 1.5 * log(2.0)])
  }

  @Test("Grouped queries share keys and values")
  func groupedAttention() throws {
    let module = try reloaded(
      "torch.scaled_dot_product_attention(torch.cat([x, x], -3), x, x, enable_gqa=True)")
    let square = log(2.0) * log(2.0)
    let head = [mix(square, 2 * square), mix(2 * square, 4 * square)]
    expect(try module.forward(Self.tokens), head + head)
  }

  @Test("Attention with dropout is refused, because it would draw numbers of its own")
  func refusesDropout() throws {
    let module = try reloaded("torch.scaled_dot_product_attention(x, x, x, None, 0.5)")
    let error = #expect(throws: TorchError.self) { try module.forward(Self.tokens) }
    #expect(error?.code == .scriptFailed)
    #expect(error?.detail.contains("dropout") == true)
  }

  @Test("Root-mean-square norm divides by the root of the mean square")
  func rootMeanSquareNorm() throws {
    let module = try reloaded("torch.rms_norm(x, [2], None, 0.5)")
    // Means of squares 24.5 and 0, with 0.5 added: roots 5 and √½.
    expect(
      try module.forward(Tensor([7.0, 0, 0, 0], shape: [2, 2])), [1.4, 0, 0, 0])
    let scaled = try reloaded("torch.rms_norm(x, [2, 1], torch.add(torch.zeros_like(x), 3.0))")
    expect(try scaled.forward(Tensor([1.0, -1], shape: [2, 1])), [3, -3])
  }

  @Test("Gradients flow through them")
  func gradientsFlow() throws {
    let attention = try reloaded("torch.scaled_dot_product_attention(x, x, x)")
    let norm = try reloaded("torch.rms_norm(x, [3])")
    for module in [attention, norm] {
      let check = GradientCase("newer", [1, 2, 3]) { inputs in
        (try? module.forward(inputs[0])) ?? inputs[0].detached
      }
      #expect(check.largestError() <= 1e-7)
    }
  }
}
