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
  }

  /// How many there are.
  public let channels: Int
  /// Convolutions and linear layers that give the channels, by index in the graph.
  public let producers: [Int]
  /// Batch normalisations of the channels.
  public let norms: [Member]
  /// Convolutions and linear layers that read the channels.
  public let consumers: [Member]
  /// Whether all channels must stay: the model's inputs and its logits.
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
    var consumers: [ChannelGroup.Member] = []
    var isFixed = false
  }

  private var drafts = [Draft(channels: 1, isFixed: true)]
  /// The draft that took a draft in; itself where none did.
  private var owner = [0]
  /// The draft of each layer's output.
  private var outputs: [Int] = []

  private func root(_ draft: Int) -> Int {
    var root = draft
    while owner[root] != root { root = owner[root] }
    return root
  }

  mutating func visit(_ index: Int, _ layer: Layer) {
    let inputs = layer.inputs.map { $0 < 0 ? 0 : outputs[$0] }
    let draft = root(inputs[0])
    switch layer.operation {
    case .normalize:
      // Its constants belong to the channels, and are no parameters that could be cut.
      drafts[draft].isFixed = true
      outputs.append(draft)
    case .relu, .maxPoolRelu, .maxPool, .averagePool, .globalAveragePool, .flatten,
      .window, .quantize, .keepLargest:
      outputs.append(draft)
    case .batchNorm(let channels):
      drafts[draft].norms.append(member(index, reading: channels, of: draft))
      outputs.append(draft)
    case .convolution(let input, let output, _, _, _, _), .linear(let input, let output, _):
      drafts[draft].consumers.append(member(index, reading: input, of: draft))
      drafts.append(Draft(channels: output, producers: [index]))
      owner.append(drafts.count - 1)
      outputs.append(drafts.count - 1)
    case .gate:
      // Its matrix belongs to the channels on both sides.
      for draft in inputs.map({ root($0) }) { drafts[draft].isFixed = true }
      outputs.append(draft)
    case .add, .mean, .vote:
      outputs.append(inputs.dropFirst().reduce(draft) { joined($0, root($1)) })
    }
  }

  private func member(_ layer: Int, reading count: Int, of draft: Int) -> ChannelGroup.Member {
    ChannelGroup.Member(layer: layer, positions: count / drafts[draft].channels)
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
    drafts[kept].consumers += drafts[gone].consumers
    drafts[kept].isFixed = drafts[kept].isFixed || drafts[gone].isFixed
    owner[gone] = kept
    return kept
  }

  var groups: [ChannelGroup] {
    let last = outputs.last.map { root($0) }
    return drafts.indices.filter { owner[$0] == $0 && !drafts[$0].producers.isEmpty }.map { index in
      let draft = drafts[index]
      return ChannelGroup(
        channels: draft.channels, producers: draft.producers.sorted(), norms: draft.norms,
        consumers: draft.consumers, isFixed: draft.isFixed || index == last)
    }
  }
}
