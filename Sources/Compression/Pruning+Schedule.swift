// SPDX-License-Identifier: GPL-3.0-or-later

internal import Glibc
import RobustCore

extension Pruning {
  /// When the weights go.
  public enum Schedule: String, Sendable, CaseIterable {
    /// All at once, before the training.
    case oneShot = "one-shot"
    /// In rounds of pruning and retraining that each keep the same share of what is left.
    ///
    /// From an initialisation there is nothing to retrain: the rounds only score anew.
    ///
    /// > Source: Han et al. "Learning both Weights and Connections for Efficient Neural Networks."
    /// > NeurIPS 2015, [arXiv:1506.02626](https://arxiv.org/abs/1506.02626), section 3.4.
    case iterative
    /// In rounds along the first two thirds of the training, most of them early.
    ///
    /// > Source: Zhu and Gupta. "To Prune, or Not to Prune." 2017,
    /// > [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), equation 1.
    case gradual
  }

  /// Weights go down to a sparsity, and the rest is trained, if at all.
  struct Round {
    let sparsity: Double
    let training: TuningSchedule?
  }
}

extension Pruning.Schedule {
  /// Everything that is done, in order.
  ///
  /// - Parameters:
  ///   - count: Rounds of a schedule that has them.
  ///   - epochs: The length of all training; nil for that of the dense model.
  ///   - start: The sparsity to begin at.
  ///   - end: The sparsity to reach.
  ///   - isFresh: Whether the weights are new, so that there is nothing to retrain before the end.
  /// - Returns: At least one round; the last one reaches `end`.
  func rounds(
    _ count: Int, of epochs: Double?, from start: Double, to end: Double, isFresh: Bool = false
  ) -> [Pruning.Round] {
    func training(_ epochs: Double?, _ span: ClosedRange<Double> = 0...1) -> TuningSchedule {
      TuningSchedule(epochs: epochs, span: span, rate: isFresh ? .full : .fineTuning)
    }
    let stops = sparsities(from: start, to: end, rounds: count)
    switch self {
    case .gradual where epochs != 0 && count > 1:
      let shares = stops.indices.map { Double($0) / Double(count - 1) * 2 / 3 } + [1]
      return stops.indices.map {
        Pruning.Round(
          sparsity: stops[$0], training: training(epochs, shares[$0]...shares[$0 + 1]))
      }
    case .iterative where isFresh:
      return stops.indices.map {
        Pruning.Round(
          sparsity: stops[$0], training: $0 == stops.count - 1 ? training(epochs) : nil)
      }
    case .iterative where epochs != 0:
      let part = epochs.map { $0 / Double(count) }
      return stops.map { Pruning.Round(sparsity: $0, training: training(part)) }
    case .oneShot, .iterative, .gradual:
      return [Pruning.Round(sparsity: end, training: training(epochs))]
    }
  }

  /// The sparsities that the rounds of a schedule reach, the last one exactly `end`.
  func sparsities(from start: Double, to end: Double, rounds: Int) -> [Double] {
    guard self != .oneShot, rounds > 1 else { return [end] }
    let stops = (0..<rounds - 1).map { round in
      switch self {
      case .gradual:
        let left = 1 - Double(round) / Double(rounds - 1)
        return end + (start - end) * left * left * left
      default:
        let progress = Double(round + 1) / Double(rounds)
        return 1 - (1 - start) * pow((1 - end) / (1 - start), progress)
      }
    }
    return stops + [end]
  }
}
