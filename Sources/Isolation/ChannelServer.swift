// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import RobustCore
import Torch

/// The worker's side of one channel: takes questions until the other side goes or breaks the rules.
///
/// A question that cannot be answered is answered with an error, and the next one may be asked. After bytes
/// that are no frame nobody knows where the next one begins: the error is the channel's last message.
struct ChannelServer: Sendable {
  /// The largest payload of a query or an answer.
  static let largestBatch = 1 << 26
  /// The largest payload of anything else, save the model.
  static let largestMessage = 1 << 16

  let network: any Network
  let form: StoredModel.Form
  let place: WorkerSetup.Place
  let policy: AnswerPolicy
  let patience: Double
  let meter: QueryMeter

  /// Serves a channel to its end.
  func serve(_ stream: FrameStream) {
    TorchLibrary.limitThreads(to: 1)
    defer { stream.shutDown() }
    do throws(IsolationError) {
      while let frame = try stream.read(limit: Self.limit, patience: patience) {
        guard try answer(frame, on: stream) else { return }
      }
    } catch {
      // The other side may be gone; there is nobody else to tell.
      try? stream.write(
        .failure, FailurePayload.encoded(error), patience: patience)
    }
  }

  @Sendable private static func limit(_ kind: FrameHeader.Kind) -> Int {
    kind == .query ? largestBatch : largestMessage
  }

  /// Answers one message; false after the last one.
  private func answer(_ frame: Frame, on stream: FrameStream) throws(IsolationError) -> Bool {
    let sequence = frame.header.sequence
    func send(_ kind: FrameHeader.Kind, _ payload: [UInt8]) throws(IsolationError) {
      try stream.write(kind, sequence: sequence, payload, patience: patience)
    }
    switch frame.header.kind {
    case .query:
      let result: (kind: FrameHeader.Kind, payload: [UInt8])
      do throws(IsolationError) {
        let output = try self.output(for: frame.payload)
        result = (place.isLast ? .answer : .query, TensorPayload.encoded(output))
      } catch {
        result = (.failure, FailurePayload.encoded(error))
      }
      try send(result.kind, result.payload)
    case .failure where !place.isFirst:
      try send(.failure, frame.payload)
    case .goodbye:
      return false
    default:
      let error = IsolationError(
        .unexpectedMessage, detail: "a message of kind \(frame.header.kind) has no place here")
      try send(.failure, FailurePayload.encoded(error))
    }
    return true
  }

  private func output(for payload: [UInt8]) throws(IsolationError) -> Tensor {
    var input = try TensorPayload.decoded(payload)
    var due: Double?
    if place.isFirst {
      try check(input)
      due = try meter.charge(input.size(0), now: monotonicSeconds())
    } else if input.rank == 4 {
      // As the layers before a cut leave them in one process; another order of memory is another kernel,
      // and other last bits.
      input = input.channelsLast
    }
    let logits: Tensor
    do {
      logits = try withoutGradients { try network.logits(input) }
    } catch {
      throw IsolationError(
        .wrongInput, detail: (error as? any InputError)?.detail ?? "\(error)")
    }
    let output = place.isLast ? policy.answers.told(logits) : logits
    if let due { QueryMeter.wait(until: due) }
    return output
  }

  /// Refuses what is no input of the model, before it costs a query.
  private func check(_ input: Tensor) throws(IsolationError) {
    let type: ElementType = form.words == nil ? .float32 : .int64
    guard input.elementType == type, Array(input.shape.dropFirst()) == form.inputShape else {
      throw IsolationError(
        .wrongInput,
        detail: "inputs of shape \(input.shape) and type \(input.elementType), expected \(type)"
          + " \(["N"] + form.inputShape.map(String.init))")
    }
    guard let words = form.words else { return }
    let ids = input.elements(of: Int.self)
    if let odd = ids.first(where: { !(0..<words).contains($0) }) {
      throw IsolationError(
        .wrongInput, detail: "an id of a word \(odd), expected 0 to \(words - 1)")
    }
  }
}

extension AnswerPolicy.Answers {
  /// What is said of logits `[N, K]`: the logits, rounded probabilities, or classes `[N]`.
  func told(_ logits: Tensor) -> Tensor {
    switch self {
    case .scores(nil): return logits
    case .scores(let decimals?):
      let scale = Self.scale(decimals)
      return (logits.softmax() * scale).rounded / scale
    case .label: return logits.indexOfLargest(along: 1)
    }
  }

  /// Logits `[N, K]` out of what was said.
  ///
  /// Of probabilities their logarithms, those that were rounded to zero as half of the last decimal; of
  /// a class one for it and zero for all others.
  func logits(_ told: Tensor, classes: Int) throws(IsolationError) -> Tensor {
    let count = told.shape.first ?? 0
    let (shape, type): ([Int], ElementType) =
      self == .label ? ([count], .int64) : ([count, classes], .float32)
    guard told.shape == shape, told.elementType == type else {
      throw IsolationError(
        .malformedTensor, detail: "an answer of shape \(told.shape), expected \(shape)")
    }
    switch self {
    case .scores(nil): return told
    case .scores(let decimals?):
      return told.clamped(atLeast: 0.5 / Self.scale(decimals)).logarithm
    case .label:
      let names = Tensor(Array(0..<classes), shape: [1, classes])
      return (told.reshaped([-1, 1]) .== names).cast(to: .float32)
    }
  }

  private static func scale(_ decimals: Int) -> Double {
    (0..<decimals).reduce(1) { scale, _ in scale * 10 }
  }
}
