// SPDX-License-Identifier: GPL-3.0-or-later

public import RobustCore

/// Channels or units of a graph that can only be cut together.
///
/// The i-th output of every producer is the i-th channel, and so is the i-th input of every consumer:
/// layers whose outputs are added, and batch normalisations, share their channels.
///
/// > Source: Fang et al. "DepGraph: Towards Any Structural Pruning." CVPR 2023,
/// > [arXiv:2301.12900](https://arxiv.org/abs/2301.12900), section 3.2.
public struct ChannelGroup: Sendable, Hashable {
  /// A layer that reads the channels or scales them.
  public struct Member: Sendable, Hashable {
    /// The layer's index in the graph.
    public let layer: Int
    /// Neighbouring inputs of the layer for each channel: more than one after flattening.
    public let positions: Int
    /// Inputs of the layer that lie before those of the group: other groups' side by side with it.
    public var offset = 0
  }

  /// How many there are.
  public let channels: Int
  /// Layers with matrices that give the channels, by index in the graph; a table of words gives its
  /// columns, a recurrent layer its hidden units.
  public let producers: [Int]
  /// Normalisations of the channels.
  public let norms: [Member]
  /// Tables of positions that are added to the channels.
  public let positions: [Int]
  /// Layers with matrices that read the channels.
  public let consumers: [Member]
  /// Whether all channels must stay: the model's inputs, its logits, and what attention compares.
  public let isFixed: Bool
}

extension Graph {
  /// Every group that a convolution or a linear layer gives, by the index of its first producer.
  ///
  /// - Complexity: Linear in the number of layers, but for the joining of groups.
  public var channelGroups: [ChannelGroup] {
    var coupling = Coupling()
    for index in layers.indices { coupling.visit(index, layers[index]) }
    return coupling.groups
  }
}

/// Follows channels through a graph, joining groups where outputs are added.
private struct Coupling {
  private struct Draft {
    var channels: Int
    var producers: [Int] = []
    var norms: [ChannelGroup.Member] = []
    var positions: [Int] = []
    var consumers: [ChannelGroup.Member] = []
    var isFixed = false
  }

  private var drafts = [Draft(channels: 1, isFixed: true)]
  /// The draft that took a draft in; itself where none did.
  private var owner = [0]
  /// The drafts that lie side by side in each layer's output: one, but for concatenations.
  private var outputs: [[Int]] = []

  private func root(_ draft: Int) -> Int {
    var root = draft
    while owner[root] != root { root = owner[root] }
    return root
  }

  mutating func visit(_ index: Int, _ layer: Layer) {
    let inputs = layer.inputs.map { $0 < 0 ? [0] : outputs[$0].map(root) }
    switch layer.operation {
    case .normalize:
      // Its constants belong to the channels, and are no parameters that could be cut.
      for draft in inputs[0] { drafts[draft].isFixed = true }
      outputs.append(inputs[0])
    case .relu, .maxPoolRelu, .maxPool, .averagePool, .globalAveragePool, .flatten,
      .window, .quantize, .keepLargest, .pairs, .gelu, .wordMean, .wordMaximum:
      outputs.append(inputs[0])
    case .batchNorm(let channels), .layerNorm(let channels):
      for member in members(index, reading: channels, of: inputs[0]) {
        // Side by side, their scales would have to be cut apart.
        if inputs[0].count > 1 { drafts[member.draft].isFixed = true }
        drafts[member.draft].norms.append(member.member)
      }
      outputs.append(inputs[0])
    case .position:
      for draft in inputs[0] { drafts[draft].positions.append(index) }
      outputs.append(inputs[0])
    case .convolution(let input, let output, _, _, _, _), .linear(let input, let output, _),
      .wordConvolution(let input, let output, _, _), .lstm(let input, let output):
      for member in members(index, reading: input, of: inputs[0]) {
        drafts[member.draft].consumers.append(member.member)
      }
      outputs.append([draft(of: output, from: index)])
    case .embedding(_, let width):
      outputs.append([draft(of: width, from: index)])
    case .attention:
      // Heads are compared channel by channel, each in its own part.
      for draft in inputs.dropLast().flatMap(\.self) { drafts[draft].isFixed = true }
      outputs.append(inputs[2])
    case .concatenate:
      outputs.append(inputs.flatMap(\.self))
    case .gate:
      // Its matrix belongs to the channels on both sides.
      for draft in inputs.flatMap(\.self) { drafts[draft].isFixed = true }
      outputs.append(inputs[0])
    case .add, .mean, .vote:
      let first = inputs[0]
      outputs.append(
        inputs.dropFirst().reduce(first) { sum, next in
          guard sum.count == next.count else {
            for draft in sum + next { drafts[root(draft)].isFixed = true }
            return sum
          }
          return zip(sum, next).map { joined(root($0), root($1)) }
        })
    }
  }

  private mutating func draft(of channels: Int, from producer: Int) -> Int {
    drafts.append(Draft(channels: channels, producers: [producer]))
    owner.append(drafts.count - 1)
    return drafts.count - 1
  }

  /// What a layer reads of each of the drafts that lie side by side in its input.
  private func members(
    _ layer: Int, reading count: Int, of side: [Int]
  ) -> [(draft: Int, member: ChannelGroup.Member)] {
    let positions = count / max(1, side.reduce(0) { $0 + drafts[$1].channels })
    var offset = 0
    return side.map { draft in
      defer { offset += drafts[draft].channels * positions }
      return (draft, ChannelGroup.Member(layer: layer, positions: positions, offset: offset))
    }
  }

  /// Sums of differently laid out outputs have no common channels: both sides stay whole.
  private mutating func joined(_ left: Int, _ right: Int) -> Int {
    guard left != right else { return left }
    guard drafts[left].channels == drafts[right].channels else {
      drafts[left].isFixed = true
      drafts[right].isFixed = true
      return left
    }
    let (kept, gone) = (min(left, right), max(left, right))
    drafts[kept].producers += drafts[gone].producers
    drafts[kept].norms += drafts[gone].norms
    drafts[kept].positions += drafts[gone].positions
    drafts[kept].consumers += drafts[gone].consumers
    drafts[kept].isFixed = drafts[kept].isFixed || drafts[gone].isFixed
    owner[gone] = kept
    return kept
  }

  var groups: [ChannelGroup] {
    let last = Set((outputs.last ?? []).map { root($0) })
    return drafts.indices.filter { owner[$0] == $0 && !drafts[$0].producers.isEmpty }.map { index in
      let draft = drafts[index]
      return ChannelGroup(
        channels: draft.channels, producers: draft.producers.sorted(), norms: draft.norms,
        positions: draft.positions, consumers: draft.consumers,
        isFixed: draft.isFixed || last.contains(index))
    }
  }
}
