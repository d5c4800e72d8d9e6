// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore

/// A part of what a layer reads: the channels of a group.
private struct Side {
  let group: Int
  /// The inputs of the layer that they are.
  let size: Int
}

extension Layer {
  /// The weights of each matrix, by the groups whose channels they join; nil for what no group gives.
  fileprivate func products(
    outputs: Int?, inputs: [Side]
  ) -> [(outputs: Int?, inputs: Int?, size: Int)] {
    func sides(_ weights: Int, reading width: Int) -> [(outputs: Int?, inputs: Int?, size: Int)] {
      let known = inputs.map { (outputs, Optional($0.group), weights / width * $0.size) }
      let rest = weights - known.reduce(0) { $0 + $1.2 }
      return known + (rest > 0 ? [(outputs, nil, rest)] : [])
    }
    switch operation {
    case .lstm(let input, let hidden):
      return sides(4 * hidden * input, reading: input)
        + [(outputs, outputs, 4 * hidden * hidden)]
    case .embedding(let words, let width):
      return [(outputs, nil, (words - 1) * width)]
    default:
      return matrices.flatMap { matrix in
        sides(matrix.shape.reduce(1, *), reading: matrix.shape[1])
      }
    }
  }
}

/// Which channels stay, so that few enough weights are left.
///
/// The weights of a layer are the product of the channels that it reads and gives, so their number is
/// counted anew for each choice.
struct ChannelChoice {
  private struct Channel {
    let group: Int
    let channel: Int
    let key: Double
  }

  /// A layer's weights: its channels on either side, and how many weights join a pair of them.
  private struct Product {
    var outputs: Int?
    var inputs: Int?
    var size: Int
  }

  let groups: [ChannelGroup]
  private let products: [Product]

  /// Reads the groups off a graph.
  ///
  /// - Parameters:
  ///   - graph: The layers.
  ///   - positions: For each layer, how often each of its weights is used in a forward pass; once where
  ///     weights are to be counted, not multiply-adds.
  init(_ graph: Graph, positions: [Int]? = nil) {
    let groups = graph.channelGroups
    var products: [Product] = []
    for index in graph.layers.indices {
      let uses = positions?[index] ?? 1
      let readers = groups.enumerated().flatMap { group, value in
        value.consumers.filter { $0.layer == index }.map { (group, $0) }
      }
      products += graph.layers[index].products(
        outputs: groups.firstIndex { $0.producers.contains(index) },
        inputs: readers.map { group, member in
          Side(group: group, size: groups[group].channels * member.positions)
        }
      ).map { outputs, inputs, size in
        Product(
          outputs: outputs, inputs: inputs,
          size: size * uses / (outputs.map { groups[$0].channels } ?? 1)
            / (inputs.map { groups[$0].channels } ?? 1))
      }
    }
    self.groups = groups
    self.products = products
  }

  /// The weights of all matrices where each group has so many channels.
  func weightCount(_ widths: [Int]) -> Int {
    products.reduce(0) { sum, product in
      sum + product.size * (product.outputs.map { widths[$0] } ?? 1)
        * (product.inputs.map { widths[$0] } ?? 1)
    }
  }

  /// Takes channels away, least first, until at most `budget` weights are left.
  ///
  /// Every group keeps a channel. Of equal channels the earlier goes first. In the end those of the
  /// channels that went last come back for which there is room.
  ///
  /// - Parameters:
  ///   - scores: For each channel of each group; a group without scores stays whole.
  ///   - scope: Whether every group loses the same share, or the channels of least score relative
  ///     to their group's mean go wherever they lie.
  ///   - budget: The most weights that may stay.
  /// - Returns: What stays, or nil where even one channel a group is too much.
  func kept(scores: [[Double]?], scope: MaskScope, budget: Int) -> [KeptChannels]? {
    var stays = groups.map { Array(repeating: true, count: $0.channels) }
    var widths = groups.map(\.channels)
    var gone: [Channel] = []
    for next in order(scores, scope) {
      guard weightCount(widths) > budget else { break }
      stays[next.group][next.channel] = false
      widths[next.group] -= 1
      gone.append(next)
    }
    guard weightCount(widths) <= budget else { return nil }
    for last in gone.reversed() {
      widths[last.group] += 1
      if weightCount(widths) <= budget {
        stays[last.group][last.channel] = true
      } else {
        widths[last.group] -= 1
      }
    }
    return zip(groups, stays).map { group, stays in
      KeptChannels(group: group, channels: stays.indices.filter { stays[$0] })
    }
  }

  /// The channels that may go, in the order in which they do.
  private func order(_ scores: [[Double]?], _ scope: MaskScope) -> [Channel] {
    var all: [Channel] = []
    for (index, group) in groups.enumerated() {
      guard !group.isFixed, let scores = scores[index] else { continue }
      let mean = scores.reduce(0, +) / Double(group.channels)
      let ranked = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
      // The last of a group always stays.
      for (rank, channel) in ranked.dropLast().enumerated() {
        let key: Double
        if scope == .global {
          key = mean > 0 ? scores[channel] / mean : 0
        } else {
          key = Double(rank + 1) / Double(group.channels)
        }
        all.append(Channel(group: index, channel: channel, key: key))
      }
    }
    // Sorting is not promised to be stable.
    return all.enumerated().sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }
      .map(\.element)
  }
}
