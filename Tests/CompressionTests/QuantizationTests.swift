// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import Testing
import Torch

@Suite("Quantisation after training", .timeLimit(.minutes(15)))
struct QuantizationTests {
  private static func inputs(_ count: Int, seed: UInt64 = 9) -> Tensor {
    Tensor(shape: [count, 1, 8, 8]) {
      RandomKey(seed: seed).stream().fillUniform($0, low: 0, high: 1)
    }
  }

  private static var tuning: FakeTuning {
    FakeTuning(
      examples: Examples(
        inputs: inputs(64, seed: 1), labels: Tensor(Array(repeating: 0, count: 64)), classes: 3,
        inputRange: 0...1))
  }

  private static func quantized(
    _ classifier: Classifier, _ text: String
  ) async throws -> Classifier {
    let specification = try Specification(text)
    return try await CompressionCatalog.member(for: specification).compression(specification)
      .compressed(classifier, to: 0, tuning: tuning, random: RandomKey(seed: 1))
  }

  private static func logits(_ classifier: Classifier, _ inputs: Tensor) throws -> Tensor {
    try withoutGradients { try classifier.network.logits(inputs) }
  }

  private static func distance(_ left: Tensor, _ right: Tensor) -> Double {
    (left - right).absolute.reshaped([-1]).largest(along: [0]).scalar
  }

  /// The largest part of its range by which any logit moves.
  private static func shift(_ changed: Classifier, from classifier: Classifier) throws -> Double {
    let (old, new) = (try logits(classifier, inputs(32)), try logits(changed, inputs(32)))
    let range = old.largest(along: [0, 1]).scalar - old.smallest(along: [0, 1]).scalar
    return distance(old, new) / range
  }

  @Test("Folded normalisations leave the logits, and masks where they were")
  func folding() throws {
    let classifier = Classifier.residual(sparsity: 0.5)
    let folded = classifier.foldingBatchNorms
    #expect(
      Self.distance(
        try Self.logits(classifier, Self.inputs(16)), try Self.logits(folded, Self.inputs(16)))
        < 1e-5)
    #expect(folded.sparsity == classifier.sparsity && folded.sparsity > 0.49)
    #expect(folded.parameters.bufferNames.isEmpty)
    let names = folded.architecture.initialParameters(random: RandomKey(seed: 0)).names
    #expect(Set(folded.parameters.names) == Set(names))
  }

  @Test(
    "Every weight is within half a step of the folded one",
    arguments: ["8", "4", "2"], ["per-channel", "per-tensor"])
  func errorIsBounded(bits: String, weights: String) async throws {
    for scheme in QuantizationGrid.Scheme.allCases {
      let folded = Classifier.residual().foldingBatchNorms
      let found = try await Self.quantized(
        .residual(),
        "quantize:bits=\(bits):weights=\(weights):scheme=\(scheme.rawValue):activations=false")
      for name in found.architecture.prunable {
        guard case .quantized(let weight) = found.parameters[name] else {
          Issue.record("\(name) is not quantised")
          continue
        }
        let shape = [-1] + Array(repeating: 1, count: weight.values.rank - 1)
        let error = try (weight.values - #require(folded.parameters[name]?.applied)).absolute
        let largest = (error / weight.grid.scale.reshaped(shape)).reshaped([-1])
          .largest(along: [0]).scalar
        #expect(largest <= 0.5 + 2e-5)
        #expect(weight.grid.scale.count == (weights == "per-tensor" ? 1 : weight.values.size(0)))
        #expect(String(weight.grid.bits) == bits)
      }
    }
  }

  @Test("Fewer bits move the logits more, and eight hardly")
  func bits() async throws {
    let dense = Classifier.residual()
    let moved = try await [8, 4, 2].asyncMap { bits in
      try Self.shift(try await Self.quantized(dense, "quantize:bits=\(bits)"), from: dense)
    }
    #expect(moved[0] < 0.03 && moved[0] < moved[1] / 3 && moved[1] < moved[2])
  }

  /// The shortcut and the main path read the same activations.
  @Test("Layers that read the same activations share their rounding")
  func sharedRounding() async throws {
    let found = try await Self.quantized(.residual(), "quantize")
    let graph = try #require(found.architecture as? GraphArchitecture).graph
    let roundings = graph.layers.filter { !$0.isDifferentiable }
    // conv1, conv2 with the shortcut, conv3, fc.
    #expect(roundings.count == 4)
    #expect(!found.architecture.isDifferentiable)
    for case .quantize(let scale, let zeroPoint, let bits) in roundings.map(\.operation) {
      #expect(scale > 0 && (0...255).contains(zeroPoint) && bits == 8)
    }
  }

  @Test("Weights alone leave a model that gradients describe")
  func weightsAlone() async throws {
    let found = try await Self.quantized(.residual(), "quantize:activations=false")
    #expect(found.architecture.isDifferentiable)
    #expect(try Self.shift(found, from: .residual()) < 0.02)
  }

  @Test("TorchScript and a stored structure give the same logits", arguments: ["8", "4"])
  func exported(bits: String) async throws {
    let found = try await Self.quantized(.residual(sparsity: 0.6), "quantize:bits=\(bits)")
    let native = try #require(found.architecture as? GraphArchitecture)
    let logits = try Self.logits(found, Self.inputs(16))
    let again = try GraphArchitecture(
      name: native.name, inputShape: native.inputShape, classes: native.classes,
      structure: try #require(native.structure))
    let stored = try Safetensors(decoding: found.parameters.safetensors.encoded(), subject: "m")
    let template = again.initialParameters(random: RandomKey(seed: 0))
    let parameters = try ParameterSet(stored, like: template, subject: "m")
    #expect(
      try Self.logits(
        found.replacing(architecture: again, parameters: parameters),
        Self.inputs(16)
      ).bytes == logits.bytes)
    let script = try withoutGradients { () throws(TorchError) in
      try native.exported(found.parameters).forward(Self.inputs(16))
    }
    // A sum in another order may round one activation to its neighbour.
    let range = logits.largest(along: [0, 1]).scalar - logits.smallest(along: [0, 1]).scalar
    #expect(Self.distance(script, logits) < 0.01 * range)
  }

  @Test("Masks hold: what is gone stays exactly zero, in the packed file too")
  func masks() async throws {
    let dense = Classifier.residual(sparsity: 0.8)
    let found = try await Self.quantized(dense, "quantize:scheme=affine:bits=4")
    #expect(found.sparsity == dense.sparsity)
    let packed = PackedModel.encoded(found.parameters)
    let template = found.architecture.initialParameters(random: RandomKey(seed: 0))
    let back = try PackedModel.decoded(packed, like: template, subject: "m")
    #expect(back.storedBytes == found.parameters.storedBytes)
    for name in found.architecture.prunable {
      let weight = try #require(found.parameters[name])
      let mask = try #require(weight.mask)
      #expect(mask.select(Tensor(repeating: 0, shape: []), else: weight.applied).nonZeroCount == 0)
    }
  }

  @Test("Layers of zeros stay, whatever the settings", arguments: ["min-max", "percentile", "mse"])
  func zeros(calibration: String) async throws {
    var dense = Classifier.residual(sparsity: 0.5)
    for name in dense.architecture.prunable {
      let shape = try #require(dense.parameters[name]?.applied.shape)
      dense.parameters[name] = .dense(Tensor(repeating: 0, shape: shape))
    }
    let found = try await Self.quantized(
      dense, "quantize:bits=2:scheme=affine:calibration=\(calibration)")
    let logits = try Self.logits(found, Self.inputs(4))
    #expect(Self.distance(logits, try Self.logits(dense, Self.inputs(4))) < 1e-6)
  }

  @Test("The search for the least squared error finds none that is larger", arguments: ["4", "2"])
  func squaredError(bits: String) async throws {
    let folded = Classifier.residual().foldingBatchNorms
    func errors(_ calibration: String) async throws -> [Double] {
      let found = try await Self.quantized(
        .residual(), "quantize:bits=\(bits):calibration=\(calibration):activations=false")
      return try found.architecture.prunable.map { name in
        let old = try #require(folded.parameters[name]?.applied)
        return try (#require(found.parameters[name]?.applied) - old).power(2).sum.scalar
      }
    }
    let (widest, best) = (try await errors("min-max"), try await errors("mse"))
    #expect(zip(best, widest).allSatisfy { $0 <= $1 * 1.000_001 })
    #expect(best.reduce(0, +) < widest.reduce(0, +) * 0.98)
  }

  /// One weight of 20,000 that is a thousand times as large as the others.
  @Test("A percentile cuts an outlier off, and no more")
  func percentile() async throws {
    var values = (0..<20_000).map { Float($0 % 201 - 100) / 100 }
    values[77] = 1_000
    let dense = Classifier.matrix(values, shape: [2, 10_000])
    let found = try await Self.quantized(
      dense, "quantize:weights=per-tensor:calibration=percentile:activations=false")
    guard case .quantized(let weight) = found.parameters["layer0.weight"] else {
      Issue.record("the matrix is not quantised")
      return
    }
    #expect(abs(weight.grid.scale.scalar - 1.0 / 127) < 1e-6)
  }

  @Test("What is no finite number is refused", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) async throws {
    let dense = Classifier.matrix([1, value, 0, 2], shape: [2, 2])
    let error = await #expect(throws: CompressionError.self) {
      try await Self.quantized(dense, "quantize:activations=false")
    }
    #expect(error?.code == .notFinite)
  }

  @Test("Activations of unknown layers are refused before anything is trained, weights are not")
  func unknownLayers() throws {
    let chain = Classifier.chain([[2, 2]]).architecture
    func check(_ text: String) throws {
      let specification = try Specification(text)
      try CompressionCatalog.member(for: specification).compression(specification)
        .check(chain, to: 0)
    }
    let error = #expect(throws: CompressionError.self) { try check("quantize") }
    #expect(error?.code == .unknownLayers)
    #expect(error?.remedy.contains("quantize:activations=false") == true)
    #expect(throws: Never.self) { try check("quantize:activations=false") }
  }

  @Test("The catalog says which recipes keep gradients")
  func keepsGradients() throws {
    func keeps(_ text: String) throws -> Bool { try RecipePlan(Recipe(text)).keepsGradients }
    #expect(try keeps("magnitude+quantize:activations=false"))
    #expect(try !keeps("magnitude+quantize"))
    #expect(try RecipePlan(Recipe("quantize")).removes == false)
  }
}

extension Array {
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
