// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import RobustCore
import Statistics
import Testing
import Torch

/// Layers of words against the same formulas written with loops.
@Suite("Layers of words", .timeLimit(.minutes(15)))
struct WordLayerTests {
  private static let tolerance = 1e-5

  /// What one layer gives for some ids, behind an embedding of the given width.
  private func output(
    _ operation: Layer.Operation, width: Int, reading: (Int) -> [Int], ids: [[Int]],
    _ parameters: [String: Tensor]
  ) -> (vectors: [[[Double]]], output: Tensor) {
    var graph = Graph()
    let first = graph.append("words", .embedding(words: 20, width: width), reading: [-1])
    graph.append("layer", operation, reading: reading(first))
    let table = normal([19, width], "table")
    let outputs = graph.activations(
      TextFixtures.ids(ids), tensors: parameters.merging(["words.weight": table]) { one, _ in one })
    let rows = table.matrix
    let vectors = ids.map { text in
      (text + Array(repeating: 0, count: 7 - text.count)).map {
        $0 == 0 ? Array(repeating: 0, count: width) : rows[$0 - 1]
      }
    }
    return (vectors, outputs[1])
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }

  @Test("A table of words gives row i for id i + 1, and zeros for the padding")
  func embedding() {
    var graph = Graph()
    graph.append("words", .embedding(words: 4, width: 2), reading: [-1])
    let output = graph.activations(
      Tensor([3, 1, 0], shape: [1, 3]),
      tensors: ["words.weight": Tensor([Float(1), 2, 3, 4, 5, 6], shape: [3, 2])])[0]
    #expect(output.vector == [5, 6, 1, 2, 0, 0])
  }

  @Test("Pairs have ids behind the words, depend on the order, and end with the text")
  func pairs() {
    var graph = Graph()
    graph.append("pairs", .pairs(words: 20, buckets: 1_000_003), reading: [-1])
    let ids = graph.activations(
      Tensor([5, 9, 0, 9, 5, 9], shape: [2, 3]), tensors: [:])[0].elements(of: Int.self)
    #expect(Array(ids[0..<3]) == [5, 9, 0])
    #expect(ids[3] == 20 + (5 * 2_654_435_761 + 9 * 40_503) % 1_000_003)
    #expect(ids[4] == 0, "a pair with padding is none")
    #expect(Array(ids[5..<8]) == [9, 5, 9])
    #expect(ids[8] != ids[3], "order matters")
    #expect(ids[9] == ids[3])
  }

  @Test("The mean and the largest value over words leave padding out, and a text without words")
  func pooling() {
    for (operation, fold) in [
      (
        Layer.Operation.wordMean,
        { (column: [Double]) in column.reduce(0, +) / Double(column.count) }
      ),
      (Layer.Operation.wordMaximum, { (column: [Double]) in column.max() ?? 0 }),
    ] {
      let texts = TextFixtures.texts
      let (vectors, output) = output(
        operation, width: 5, reading: { [$0, -1] }, ids: texts, [:])
      for (text, found) in output.matrix.enumerated() {
        for channel in 0..<5 {
          let column = vectors[text].prefix(texts[text].count).map { $0[channel] }
          // Padding counts as zero among maxima.
          let values = operation == .wordMaximum && column.count < 7 ? column + [0] : column
          let expected = values.isEmpty ? 0 : fold(values)
          #expect(abs(found[channel] - expected) <= Self.tolerance, "float32")
        }
      }
    }
  }

  @Test("A convolution over words begins each window at a word", arguments: [1, 3, 5])
  func convolution(width: Int) {
    let weight = normal([3, 8, width], "kernel")
    let bias = normal([3], "bias")
    let (vectors, output) = output(
      .wordConvolution(input: 8, output: 3, width: width), width: 8, reading: { [$0] },
      ids: TextFixtures.texts, ["layer.weight": weight, "layer.bias": bias])
    #expect(output.shape == [4, 7, 3])
    let (w, b, found) = (weight.vector, bias.vector, output.vector)
    for text in 0..<4 {
      for position in 0..<7 {
        for channel in 0..<3 {
          var expected = b[channel]
          for shift in 0..<width where position + shift < 7 {
            for input in 0..<8 {
              expected +=
                w[(channel * 8 + input) * width + shift] * vectors[text][position + shift][input]
            }
          }
          #expect(abs(found[(text * 7 + position) * 3 + channel] - expected) <= 1e-4, "float32")
        }
      }
    }
  }

  @Test("Long short-term memory follows its recurrence")
  func longShortTermMemory() {
    let (width, hidden) = (4, 3)
    let weights = [
      "layer.weight_ih_l0": normal([12, width], "ih"),
      "layer.weight_hh_l0": normal([12, hidden], "hh"),
      "layer.bias_ih_l0": normal([12], "bi"), "layer.bias_hh_l0": normal([12], "bh"),
    ]
    let (vectors, output) = output(
      .lstm(input: width, hidden: hidden), width: width, reading: { [$0] },
      ids: TextFixtures.texts, weights)
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    let ih = weights["layer.weight_ih_l0"]?.matrix ?? []
    let hh = weights["layer.weight_hh_l0"]?.matrix ?? []
    let bias = zip(
      weights["layer.bias_ih_l0"]?.vector ?? [], weights["layer.bias_hh_l0"]?.vector ?? []
    ).map(+)
    let found = output.vector
    for text in 0..<4 {
      var (h, c) = (Array(repeating: 0.0, count: hidden), Array(repeating: 0.0, count: hidden))
      for position in 0..<7 {
        let gates = (0..<12).map {
          dot(ih[$0], vectors[text][position]) + dot(hh[$0], h) + bias[$0]
        }
        for unit in 0..<hidden {
          c[unit] =
            sigmoid(gates[hidden + unit]) * c[unit]
            + sigmoid(gates[unit]) * tanh(gates[2 * hidden + unit])
        }
        h = (0..<hidden).map { sigmoid(gates[3 * hidden + $0]) * tanh(c[$0]) }
        for unit in 0..<hidden {
          #expect(abs(found[(text * 7 + position) * hidden + unit] - h[unit]) <= Self.tolerance)
        }
      }
    }
  }

  @Test("Layer normalisation and positions work word by word")
  func normAndPosition() {
    let (scale, shift) = (normal([4], "scale"), normal([4], "shift"))
    let (vectors, output) = output(
      .layerNorm(channels: 4), width: 4, reading: { [$0] }, ids: [[3, 8]],
      ["layer.weight": scale, "layer.bias": shift])
    let (s, t, found) = (scale.vector, shift.vector, output.vector)
    for position in 0..<2 {
      let x = vectors[0][position]
      let mean = x.reduce(0, +) / 4
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      for channel in 0..<4 {
        let expected =
          (x[channel] - mean) / (variance + 1e-5).squareRoot() * s[channel] + t[channel]
        #expect(abs(found[position * 4 + channel] - expected) <= Self.tolerance)
      }
    }
    let table = normal([7, 4], "positions")
    let moved = self.output(
      .position(length: 7, width: 4), width: 4, reading: { [$0] }, ids: [[3, 8]],
      ["layer.weight": table])
    #expect(abs(moved.output.vector[6] - vectors[0][1][2] - table.matrix[1][2]) <= Self.tolerance)
  }

  @Test("Attention weighs values by softened products, head by head, and never padding")
  func attention() {
    let (vectors, output) = output(
      .attention(heads: 2), width: 4, reading: { [$0, $0, $0, -1] }, ids: TextFixtures.texts, [:])
    let found = output.vector
    for (text, ids) in TextFixtures.texts.enumerated() where !ids.isEmpty {
      for position in 0..<7 {
        for head in 0..<2 {
          let channels = head * 2..<head * 2 + 2
          let scores = ids.indices.map { other in
            exp(
              dot(Array(vectors[text][position][channels]), Array(vectors[text][other][channels]))
                / 2.0.squareRoot())
          }
          for channel in channels {
            let expected =
              ids.indices.reduce(0) { $0 + scores[$1] * vectors[text][$1][channel] }
              / scores.reduce(0, +)
            #expect(abs(found[(text * 7 + position) * 4 + channel] - expected) <= Self.tolerance)
          }
        }
      }
    }
    #expect(output.isFinite.not.nonZeroCount == 0, "a text without words has numbers too")
  }

  @Test("The smooth rectifier is x times the normal distribution function")
  func gelu() {
    let values = [-2.0, -0.5, 0, 0.3, 1.7]
    let found = Tensor(values).gelu.vector
    for (x, y) in zip(values, found) {
      #expect(abs(y - x * 0.5 * erfc(-x / 2.0.squareRoot())) <= 1e-12)
    }
  }
}
