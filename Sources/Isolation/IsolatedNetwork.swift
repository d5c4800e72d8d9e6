// SPDX-License-Identifier: GPL-3.0-or-later

import RobustCore
import Torch

/// A model that answers from another process.
///
/// It may be asked by several threads; each question takes the channel with the fewest.
struct IsolatedNetwork: Network {
  let subject: String
  let classes: Int
  let policy: AnswerPolicy
  let channels: [QueryChannel]
  /// Kept alive, because they end with their last owner.
  let workers: [WorkerProcess]

  func logits(_ input: Tensor) throws -> Tensor {
    guard !input.requiresGradient else {
      throw IsolationError(
        .noGradient, subject: subject, detail: "it answers queries and gives no gradients")
    }
    guard let channel = channels.min(by: { $0.load < $1.load }) else {
      preconditionFailure("an isolated model has a channel")
    }
    let rows = input.size(0)
    let delay = policy.queriesPerSecond.map {
      Double(rows * 2 * (channel.load + channels.count)) / $0
    }
    do throws(IsolationError) {
      let payload = try channel.ask(
        TensorPayload.encoded(input.elementType == .int64 ? input : input.cast(to: .float32)),
        delay: delay ?? 0, subject: subject,
        gone: { WorkerProcess.gone(workers, subject: subject) })
      return try policy.answers.logits(try TensorPayload.decoded(payload), classes: classes)
    } catch {
      // In the words of the core, which attacks know.
      if error.code == .budgetSpent { throw AttackError(.budgetSpent, error.detail) }
      throw error
    }
  }
}
