// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Synchronization
import Torch

/// What the checks may spend, in gradients; a forward pass counts as half of one.
///
/// Every check has a share. What one leaves over goes to those after it, so that the whole is never
/// passed and no clock decides how many examples are looked at.
struct ProbeBudget {
  /// The gradients for all checks together.
  let total: Double
  private let meter: CostMeter
  private var granted = 0.0

  init(total: Double, meter: CostMeter) {
    self.total = total
    self.meter = meter
  }

  /// The number of examples that a check can afford.
  ///
  /// - Parameters:
  ///   - available: The examples that there are.
  ///   - cost: The most gradients that one example takes.
  ///   - share: The check's own part of the whole, to which the unspent part of the others comes.
  /// - Returns: At most `available`.
  mutating func examples(_ available: Int, costing cost: Double, share: Double) -> Int {
    granted += share * total
    let affordable = max(0, granted - meter.gradients) / max(cost, 0.5)
    return min(available, Int(min(affordable, 1e9)))
  }
}

/// Counts the inputs that pass through the networks under test.
final class CostMeter: Sendable {
  private let forwards = Atomic(0)
  private let backwards = Atomic(0)

  func count(_ inputs: Int, withGradient: Bool) {
    if withGradient {
      backwards.add(inputs, ordering: .relaxed)
    } else {
      forwards.add(inputs, ordering: .relaxed)
    }
  }

  /// Everything so far, a forward pass as half a gradient.
  var gradients: Double {
    Double(backwards.load(ordering: .relaxed)) + Double(forwards.load(ordering: .relaxed)) / 2
  }
}

/// A network whose every input is counted.
struct MeteredNetwork: Network {
  let inner: any Network
  let meter: CostMeter

  func logits(_ input: Tensor) throws -> Tensor {
    meter.count(input.size(0), withGradient: input.requiresGradient)
    return try inner.logits(input)
  }
}
