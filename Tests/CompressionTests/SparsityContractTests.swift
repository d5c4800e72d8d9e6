// SPDX-License-Identifier: GPL-3.0-or-later

import Compression
import Records
import RobustCore
import Statistics
import TestSupport
import Testing
import Torch

/// A catalog member and where it prunes.
private struct Method: Sendable, CustomTestStringConvertible {
  let text: String
  let isLocal: Bool
  /// Whether weights come from an initialisation, not from the trained model.
  let startsAfresh: Bool

  var testDescription: String { text }

  static let all: [Method] = CompressionCatalog.members.filter { member in
    // Structured pruning ranks channels, whose number of weights is no free choice.
    member.entry.name != "structured" && member.entry.parameters.contains { $0.name == "scope" }
  }.flatMap { member in
    MaskScope.allCases.map {
      Method(
        text: "\(member.entry.name):scope=\($0.rawValue)", isLocal: $0 == .local,
        startsAfresh: ["snip", "lottery", "rigl", "set"].contains(member.entry.name))
    }
  }

  /// Prunes without fine-tuning, unless the parameters say otherwise.
  func prune(
    _ classifier: Classifier, to sparsity: Double, _ parameters: String = ":epochs=0",
    tuning: FakeTuning = FakeTuning(), seed: UInt64 = 2
  ) async throws -> Classifier {
    let specification = try Specification(text + parameters)
    let method = try CompressionCatalog.member(for: specification).compression(specification)
    return try await method.compressed(
      classifier, to: sparsity, tuning: tuning, random: RandomKey(seed: seed))
  }
}

@Suite("The sparsity contract", .tags(.law), .timeLimit(.minutes(15)))
struct SparsityContractTests {
  private static let shapes: [[[Int]]] = [
    [[4, 5], [3, 4]], [[1, 1]], [[2, 50]], [[100, 3], [7, 100], [2, 7]], [[6, 2, 3, 3], [5, 6]],
  ]
  private static let sparsities = [0, 0.07, 0.1, 0.14, 0.28, 1.0 / 3, 0.5, 0.55, 0.9, 0.999]

  @Test("At least the share is gone, by less than one weight", arguments: Method.all, shapes)
  private func isExact(method: Method, shapes: [[Int]]) async throws {
    let parent = Classifier.chain(shapes)
    for sparsity in Self.sparsities {
      let pruned = try await method.prune(parent, to: sparsity).parameters
      let names = parent.architecture.prunable
      let groups = method.isLocal ? names.map { [$0] } : [names]
      for group in groups {
        let count = group.reduce(0) { $0 + (parent.parameters[$1]?.parameterCount ?? 0) }
        let removed = group.reduce(0) { $0 + pruned.removed($1) }
        #expect(Double(removed) / Double(count) >= sparsity, "\(removed) of \(count)")
        #expect(
          removed == 0 || Double(removed - 1) / Double(count) < sparsity,
          "\(removed) of \(count) at \(sparsity)")
      }
      #expect(pruned["bias"]?.mask == nil, "biases stay")
    }
  }

  @Test("Sparsity 0 changes nothing and asks for no training", arguments: Method.all)
  private func zeroIsFree(method: Method) async throws {
    let parent = Classifier.chain([[4, 5], [3, 4]])
    let tuning = FakeTuning()
    let pruned = try await method.prune(parent, to: 0, "", tuning: tuning)
    #expect(pruned.parameters.storedBytes == parent.parameters.storedBytes)
    let input = Tensor(repeating: 0.3, shape: [2, 5])
    #expect(
      try pruned.network.logits(input).bytes == parent.network.logits(input).bytes)
    #expect(await tuning.calls.isEmpty)
    #expect(await tuning.batchesAsked.isEmpty)
  }

  @Test("Compressing twice equals once", arguments: Method.all, [0.07, 1.0 / 3, 0.5, 0.9])
  private func isIdempotent(method: Method, sparsity: Double) async throws {
    let once = try await method.prune(.chain([[10, 10], [7, 10]]), to: sparsity)
    let twice = try await method.prune(once, to: sparsity)
    #expect(once.parameters.storedBytes == twice.parameters.storedBytes)
  }

  @Test("More sparsity takes away more, and gives nothing back", arguments: Method.all)
  private func masksOnlyGrow(method: Method) async throws {
    var classifier = Classifier.chain([[10, 10], [7, 10]])
    for sparsity in [0.1, 0.5, 0.9, 0.95] {
      let next = try await method.prune(classifier, to: sparsity, seed: UInt64(sparsity * 100))
      for name in classifier.architecture.prunable {
        let pairs = zip(classifier.parameters.mask(name), next.parameters.mask(name))
        #expect(pairs.allSatisfy { $0 || !$1 }, "a weight came back")
      }
      #expect(next.sparsity >= sparsity)
      classifier = next
    }
  }

  @Test("What is kept keeps its value, and what is gone is zero", arguments: Method.all)
  private func valuesStay(method: Method) async throws {
    let parent = Classifier.chain([[10, 10], [7, 10]])
    let pruned = try await method.prune(parent, to: 0.5)
    let start =
      method.startsAfresh ? FakeTuning().initial(parent.architecture) : parent.parameters
    for name in parent.architecture.prunable {
      let before = try #require(start[name]).applied.elements(of: Float.self)
      let after = try #require(pruned.parameters[name]).applied.elements(of: Float.self)
      for (index, isKept) in pruned.parameters.mask(name).enumerated() {
        #expect(after[index].bitPattern == (isKept ? before[index].bitPattern : 0))
      }
    }
  }

  @Test("A layer of zeros, a single weight, equal weights", arguments: Method.all)
  private func oddLayers(method: Method) async throws {
    for values in [Array(repeating: Float(0), count: 8), Array(repeating: 1, count: 8)] {
      let pruned = try await method.prune(.matrix(values, shape: [2, 4]), to: 0.5)
      #expect(pruned.parameters.removed("layer0.weight") == 4)
    }
    let one = try await method.prune(.matrix([1, 2, 3, 4, 5, 6, 7, 8], shape: [2, 4]), to: 0.8)
    #expect(one.parameters.removed("layer0.weight") == 7)
  }

  @Test("Every member in the sources is listed in the catalog")
  func catalogIsWhole() throws {
    let members = try SourceMembers(of: "CompressionMember", in: "Compression")
    #expect(members.declared == members.listed)
    #expect(members.listed.count == CompressionCatalog.members.count)
  }
}
