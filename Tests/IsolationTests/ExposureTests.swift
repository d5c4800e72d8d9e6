// SPDX-License-Identifier: GPL-3.0-or-later

import Isolation
import Models
import Records
import RobustCore
import Statistics
import Testing
import Torch

/// A model of three layers with weights, on images of 12×12.
func smallModel(seed: UInt64 = 1) -> (GraphArchitecture, ParameterSet) {
  let architecture = GraphArchitecture.mlp(
    InputDescription(shape: [1, 12, 12], classes: 3, mean: [0.4], deviation: [0.3]))
  return (architecture, architecture.initialParameters(random: RandomKey(seed: seed)))
}

func inputs(_ count: Int, seed: UInt64 = 5) -> Tensor {
  Tensor(shape: [count, 1, 12, 12]) {
    RandomKey(seed: seed).stream().fillUniform($0, low: 0, high: 1)
  }
}

@Suite("What a view hides", .timeLimit(.minutes(15)))
struct ExposureTests {
  @Test(
    "Layers are counted from one over those with weights",
    arguments: [
      (Rung.View.front(1), ["fc2", "fc3"]), (.front(3), []), (.back(1), ["fc1", "fc2"]),
      (.middle(2...2), ["fc1", "fc3"]), (.scores, ["fc1", "fc2", "fc3"]),
    ] as [(Rung.View, [String])])
  func layers(view: Rung.View, hidden: [String]) {
    let (architecture, parameters) = smallModel()
    let exposure = view.exposure(of: architecture, parameters)
    let expected = hidden.flatMap { ["\($0).weight", "\($0).bias"] }
    #expect(Set(exposure.hidden.keys) == Set(expected))
    #expect(exposure.isComplete == hidden.isEmpty)
  }

  @Test("A normalisation goes with the layer that it follows")
  func norms() {
    let architecture = GraphArchitecture.resnet8(
      InputDescription(shape: [1, 12, 12], classes: 3, mean: [0.4], deviation: [0.3]))
    let parameters = architecture.initialParameters(random: RandomKey(seed: 1))
    let exposure = Rung.View.front(1).exposure(of: architecture, parameters)
    #expect(exposure.hidden["bn1.weight"] == nil && exposure.hidden["conv1.weight"] == nil)
    #expect(exposure.hidden["block1.bn1.weight"] != nil)
    #expect(exposure.hiddenBuffers.contains("block1.bn1.running_mean"))
    #expect(!exposure.hiddenBuffers.contains("bn1.running_mean"))
  }

  @Test(
    "Exactly the asked share of the weights is hidden, and none of these is smaller than one that is not"
  )
  func largest() throws {
    let (architecture, parameters) = smallModel()
    let exposure = Rung.View.largest(hidden: 0.1).exposure(of: architecture, parameters)
    let total = architecture.prunable.reduce(0) { $0 + (parameters[$1]?.parameterCount ?? 0) }
    #expect(exposure.counts.hidden == Int((0.1 * Double(total)).rounded()))
    var (least, most) = (Double.infinity, 0.0)
    for name in architecture.prunable {
      let values = try #require(parameters[name]?.applied).absolute
      let mask = try #require(exposure.hidden[name])
      let flat = mask.elements(of: Bool.self)
      for (value, isHidden) in zip(values.elements(of: Float.self), flat) {
        if isHidden { least = min(least, Double(value)) } else { most = max(most, Double(value)) }
      }
    }
    #expect(least >= most)
    #expect(Rung.View.largest(hidden: 0).exposure(of: architecture, parameters).isComplete)
    let all = Rung.View.largest(hidden: 1).exposure(of: architecture, parameters)
    #expect(all.counts.hidden == total)
  }

  @Test("A member holds its own layers and no others'")
  func member() {
    let (architecture, _) = smallModel()
    let graph = Graph(
      members: [architecture.graph.prefixed("one."), architecture.graph.prefixed("two.")],
      combination: .mean, classes: 3)
    let sharded = GraphArchitecture(
      name: "mlp", inputShape: [1, 12, 12], classes: 3, graph: graph)
    let parameters = sharded.initialParameters(random: RandomKey(seed: 1))
    let exposure = Rung.View.member(2, of: 2).exposure(of: sharded, parameters)
    #expect(exposure.hidden.keys.allSatisfy { $0.hasPrefix("one.") })
    #expect(exposure.hidden.count == 6)
    #expect(Rung.View.member(2, of: 2).applies(to: sharded, isCompressed: true))
    #expect(!Rung.View.member(2, of: 3).applies(to: sharded, isCompressed: true))
    let alone = sharded.member(2, parameters)
    let both = sharded.network(parameters)
    let first = sharded.member(1, parameters)
    let input = inputs(4)
    let mean = (try? alone.logits(input)).flatMap { one in
      (try? first.logits(input)).map { (one + $0) / 2 }
    }
    #expect((try? both.logits(input))?.elements(of: Float.self) == mean?.elements(of: Float.self))
  }

  @Test("A layer that is not there is an error")
  func tooFewLayers() {
    let (architecture, _) = smallModel()
    for view in [Rung.View.front(4), .back(9), .middle(2...4)] {
      let error = #expect(throws: ViewError.self) { try view.check(architecture) }
      #expect(error?.code == .tooFewLayers)
    }
  }
}
