// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import Torch

@Suite("Recording of gradients", .timeLimit(.minutes(15)))
struct AutogradTests {
  private struct Interruption: Error {}

  /// Whether operators on this thread record gradients.
  private var isRecording: Bool { (Tensor([1.0]).leaf * 2).requiresGradient }

  @Test("Gradients are recorded unless they are switched off")
  func recordsByDefault() {
    #expect(isRecording)
    withoutGradients { #expect(!isRecording) }
    #expect(isRecording)
  }

  @Test("Nested switches restore the state around them")
  func nestedSwitchesRestore() {
    withoutGradients {
      withGradients {
        #expect(isRecording)
        withoutGradients { #expect(!isRecording) }
        #expect(isRecording)
      }
      #expect(!isRecording)
    }
    #expect(isRecording)
  }

  @Test("An error on the way restores the state too")
  func errorsRestore() {
    withoutGradients {
      #expect(throws: Interruption.self) { try withGradients { throw Interruption() } }
      #expect(!isRecording)
    }
    #expect(throws: Interruption.self) { try withoutGradients { throw Interruption() } }
    #expect(isRecording)
  }

  @Test("An input that was not used has no gradient, or one of zeros")
  func unusedInputs() {
    let used = Tensor([2.0]).leaf, unused = Tensor([5.0, 6]).leaf
    let gradients = (used * used).sum.gradients(withRespectTo: [unused, used])
    #expect(gradients[0] == nil)
    #expect(gradients[1]?.elements(of: Double.self) == [4])
    let zero = (used * used).sum.gradient(withRespectTo: unused)
    #expect(zero.elements(of: Double.self) == [0, 0])
  }

  @Test("A number that depends on no leaf has no gradients")
  func constantsHaveNoGradients() {
    let leaf = Tensor([2.0]).leaf
    #expect(Tensor([1.0]).sum.gradients(withRespectTo: [leaf])[0] == nil)
    #expect((leaf.detached * 3).sum.gradients(withRespectTo: [leaf])[0] == nil)
  }

  @Test("A leaf shares memory with the tensor that it was made from")
  func leavesShareMemory() {
    let tensor = Tensor([1.0, 2])
    let leaf = tensor.leaf
    tensor.addInPlace(Tensor([1.0, 1]))
    #expect(leaf.elements(of: Double.self) == [2, 3])
    #expect(leaf.requiresGradient && !tensor.requiresGradient)
  }
}
