// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import RobustCore
import Testing
import Torch

@testable import Isolation

/// The worker's side of a channel without a process around it, asked by a client that has no manners.
@Suite("A channel of a worker", .timeLimit(.minutes(15)))
struct ChannelServerTests {
  /// A client that sends any bytes.
  private struct Client {
    let stream: FrameStream
    let ended = DispatchSemaphore(value: 0)

    init(_ policy: AnswerPolicy, patience: Double = 5) throws {
      let (ours, theirs) = try FrameStream.pair()
      stream = FrameStream(owning: ours)
      let classifier = try Fixtures.classifier("mlp")
      let model = StoredModel(classifier)
      let server = ChannelServer(
        network: try model.network(), form: model.form, place: .whole, policy: policy,
        patience: patience,
        meter: QueryMeter(budget: policy.queryBudget, rate: policy.queriesPerSecond))
      let ended = ended
      try WorkerThread.start {
        server.serve(FrameStream(owning: theirs))
        ended.signal()
      }
    }

    func send(_ bytes: [UInt8]) {
      // The other side may have closed the channel already.
      _ = Glibc.send(stream.output, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func ask(_ images: Tensor, sequence: UInt32 = 1) throws {
      try stream.write(.query, sequence: sequence, TensorPayload.encoded(images))
    }

    func next() throws -> Frame? { try stream.read(limit: { _ in 1 << 20 }, first: 20) }

    /// The code of an error that comes next.
    func failure() throws -> IsolationError.Code? {
      guard let frame = try next(), frame.header.kind == .failure else { return nil }
      return FailurePayload.decoded(frame.payload, subject: "").code
    }

    func expectEnd() throws {
      #expect(try next() == nil)
      #expect(ended.wait(timeout: .now() + 20) == .success)
    }

    func expectAnswer(_ sequence: UInt32 = 9) throws {
      try ask(Fixtures.images(2), sequence: sequence)
      let frame = try #require(try next())
      #expect(frame.header.kind == .answer)
      #expect(frame.header.sequence == sequence)
    }
  }

  private static let logits = AnswerPolicy(answers: .scores(decimals: nil))

  @Test("After bytes that are no frame it says why and ends")
  func broken() throws {
    let query = FrameHeader(kind: .query, sequence: 1, length: 1 << 27).encoded
    var otherVersion = FrameHeader(kind: .query, sequence: 1, length: 0).encoded
    otherVersion[4] = 7
    let setup = FrameHeader(kind: .setup, sequence: 1, length: 1 << 20).encoded
    let cases: [([UInt8], IsolationError.Code)] = [
      (Array("GET / HTTP/1.1\r\n\r\n".utf8), .malformedFrame), (query, .oversizeFrame),
      (otherVersion, .wrongVersion), (setup, .oversizeFrame),
    ]
    for (bytes, code) in cases {
      let client = try Client(Self.logits)
      client.send(bytes)
      #expect(try client.failure() == code)
      #expect(client.ended.wait(timeout: .now() + 20) == .success)
    }
  }

  @Test("A frame that is cut off ends it", arguments: [1, 15, 16, 17, 40])
  func cutOff(length: Int) throws {
    let client = try Client(Self.logits)
    let payload = TensorPayload.encoded(Fixtures.images(1))
    let frame = FrameHeader(kind: .query, sequence: 1, length: payload.count).encoded + payload
    client.send(Array(frame.prefix(length)))
    shutdown(client.stream.output, Int32(SHUT_WR))
    #expect(try client.failure() == .malformedFrame)
    try client.expectEnd()
  }

  @Test("A question that cannot be answered costs nothing, and the next one is answered")
  func wrongQuestions() throws {
    let client = try Client(AnswerPolicy(answers: .label, queryBudget: 4))
    var lie = TensorPayload.encoded(Fixtures.images(1))
    lie[4] = 2
    try client.stream.write(.query, lie)
    #expect(try client.failure() == .malformedTensor)
    try client.ask(Fixtures.images(1, side: 13))
    #expect(try client.failure() == .wrongInput)
    try client.ask(Fixtures.images(1).cast(to: .int64))
    #expect(try client.failure() == .wrongInput)
    try client.stream.write(.setup, [1, 2, 3])
    #expect(try client.failure() == .unexpectedMessage, "no other model can be put in its place")
    try client.ask(Fixtures.images(5))
    #expect(try client.failure() == .budgetSpent)
    try client.expectAnswer(7)
    try client.expectAnswer(8)
    try client.ask(Fixtures.images(1))
    #expect(try client.failure() == .budgetSpent)
    try client.stream.write(.goodbye)
    try client.expectEnd()
  }

  @Test("A client that stops in the middle of a frame is told so and left")
  func slowClient() throws {
    let client = try Client(Self.logits, patience: 0.2)
    client.send(Array(FrameHeader(kind: .query, sequence: 1, length: 100).encoded.prefix(9)))
    #expect(try client.failure() == .tooSlow)
    try client.expectEnd()
  }

  @Test("A client that sends byte by byte is no faster")
  func drippingClient() throws {
    let client = try Client(Self.logits, patience: 0.3)
    let bytes = FrameHeader(kind: .query, sequence: 1, length: 1 << 10).encoded
    for byte in bytes.prefix(12) {
      client.send([byte])
      usleep(50_000)
    }
    #expect(try client.failure() == .tooSlow)
  }

  @Test("A client that never reads its answers is left")
  func deafClient() throws {
    let client = try Client(Self.logits, patience: 0.2)
    let payload = TensorPayload.encoded(Fixtures.images(2_000))
    for sequence in 0..<400 {
      let isSent: ()? = try? client.stream.write(
        .query, sequence: UInt32(sequence), payload, patience: 5)
      if isSent == nil { break }
    }
    #expect(client.ended.wait(timeout: .now() + 60) == .success)
  }

  @Test("A client that pauses between two questions is not slow")
  func pausingClient() throws {
    let client = try Client(Self.logits, patience: 0.2)
    try client.expectAnswer(1)
    usleep(500_000)
    try client.expectAnswer(2)
  }

  @Test("Answers come no faster than the rate")
  func rate() throws {
    let client = try Client(AnswerPolicy(answers: .label, queriesPerSecond: 20))
    let start = ProcessInfo.processInfo.systemUptime
    for sequence in 1...4 { try client.expectAnswer(UInt32(sequence)) }
    let seconds = ProcessInfo.processInfo.systemUptime - start
    #expect(seconds >= 0.4, "8 inputs at 20 a second: \(seconds) s")
  }
}
