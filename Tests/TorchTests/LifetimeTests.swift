// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import Torch

@Suite("Lifetime of tensors", .timeLimit(.minutes(15)))
struct LifetimeTests {
  static func forwardAndGradient(_ weight: Tensor) {
    let leaf = Tensor(repeating: 0.5, shape: [2, 1, 6, 6]).leaf
    let logits = leaf.thinlyConvolved(weight: weight, bias: nil, padding: 1).maxPooledRelu
      .contiguous.flattenedExamples
    let losses = logits.crossEntropies(labels: Tensor([0, 1]))
    _ = losses.sum.gradients(withRespectTo: [leaf, weight])
    _ = logits.sorted(along: 1).values.elements(of: Float.self)
  }

  @Test("A loop of forward passes and gradients leaves no tensor behind")
  func leavesNoTensor() async {
    await #expect(processExitsWith: .success) {
      let weight = Tensor(repeating: 0.1, shape: [2, 1, 3, 3]).leaf
      let before = TorchLibrary.liveTensors
      for _ in 0..<2000 { LifetimeTests.forwardAndGradient(weight) }
      // In a process of its own nothing else comes and goes.
      if TorchLibrary.liveTensors != before { exit(EXIT_FAILURE) }
    }
  }

  /// In a process of its own, as the other tests' memory comes and goes meanwhile.
  @Test(
    "A loop over large tensors does not grow the process", .enabled(if: residentMegabytes != nil))
  func doesNotGrow() async {
    await #expect(processExitsWith: .success) {
      func pass() {
        let leaf = Tensor(repeating: 0.5, shape: [1, 4, 512, 512]).leaf
        _ = (leaf.maxPooledRelu * 2).sum.gradient(withRespectTo: leaf).bytes
      }
      for _ in 0..<5 { pass() }
      let before = try #require(LifetimeTests.residentMegabytes)
      for _ in 0..<60 { pass() }
      // The largest tensors of a pass have four megabytes: to lose one of them would be 240.
      let grown = try #require(LifetimeTests.residentMegabytes) - before
      #expect(grown < 120)
      if grown >= 120 { exit(EXIT_FAILURE) }
    }
  }

  @Test("Tensors can be shared by many threads, each with gradients of its own")
  func sharedByThreads() {
    let input = Tensor((0..<12).map { Double($0) / 7 }, shape: [3, 4])
    let weight = Tensor((0..<8).map { Double($0) / 5 - 0.7 }, shape: [2, 4]).leaf
    @Sendable func answer() -> [Double] {
      let leaf = input.leaf
      let loss = leaf.linear(weight: weight, bias: nil).crossEntropies(labels: Tensor([0, 1, 1]))
        .sum
      return loss.gradients(withRespectTo: [leaf, weight]).flatMap {
        $0?.elements(of: Double.self) ?? []
      }
    }
    let expected = answer()
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      for _ in 0..<20 where answer() != expected { wrong.increment() }
    }
    #expect(expected.count == 20)
    #expect(wrong.value == 0)
  }

  @Test("A view keeps the memory that it shows")
  func viewsKeepMemory() {
    func view() -> Tensor { Tensor((0..<1000).map(Double.init)).slice(990..<993) }
    let kept = view()
    for _ in 0..<100 { _ = Tensor(repeating: 7, shape: [1000], type: .float64) }
    #expect(kept.elements(of: Double.self) == [990, 991, 992])
  }

  static var residentMegabytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * 4096 / 1_000_000 } : nil
  }

  private final class Counter: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var count = 0
    var value: Int { lock.withLock { count } }
    func increment() { lock.withLock { count += 1 } }
  }
}
