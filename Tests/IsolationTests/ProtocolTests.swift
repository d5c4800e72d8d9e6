// SPDX-License-Identifier: GPL-3.0-or-later

import Statistics
import Testing
import Torch

@testable import Isolation

@Suite("The protocol of isolated models", .timeLimit(.minutes(15)))
struct ProtocolTests {
  private func code(_ body: () throws -> Void) -> IsolationError.Code? {
    do {
      try body()
      return nil
    } catch {
      return (error as? IsolationError)?.code
    }
  }

  @Test("A header by hand")
  func headerByHand() throws {
    let header = FrameHeader(kind: .query, sequence: 0x0102_0304, length: 300)
    let bytes: [UInt8] = [
      0x72, 0x62, 0x65, 0x76, 1, 6, 0, 0, 4, 3, 2, 1, 0x2C, 1, 0, 0,
    ]
    #expect(header.encoded == bytes)
    #expect(try FrameHeader(decoding: bytes) { _ in 300 } == header)
  }

  @Test(
    "A header with one wrong byte is refused for what is wrong with it",
    arguments: [
      (0, 0x73, IsolationError.Code.malformedFrame), (3, 0, .malformedFrame),
      (4, 2, .wrongVersion), (5, 0, .malformedFrame), (5, 10, .malformedFrame),
      (6, 1, .malformedFrame), (7, 1, .malformedFrame), (12, 0x2D, .oversizeFrame),
      (15, 0xFF, .oversizeFrame),
    ])
  func wrongHeaders(index: Int, byte: Int, expected: IsolationError.Code) {
    var bytes = FrameHeader(kind: .query, sequence: 1, length: 300).encoded
    bytes[index] = UInt8(byte)
    #expect(code { _ = try FrameHeader(decoding: bytes) { _ in 300 } } == expected)
  }

  @Test("Tensors of both types and any shape come back as they went")
  func tensors() throws {
    for shape in [[1], [3, 1, 2, 2], [2, 1, 1, 1, 1, 1, 1, 1]] {
      let count = shape.reduce(1, *)
      let floats = Tensor((0..<count).map { Float($0) - 0.5 }, shape: shape)
      let integers = Tensor((0..<count).map { -$0 }, shape: shape)
      for tensor in [floats, integers] {
        let back = try TensorPayload.decoded(TensorPayload.encoded(tensor))
        #expect(back.shape == shape)
        #expect(back.elementType == tensor.elementType)
        #expect(back.bytes == tensor.bytes)
      }
    }
  }

  @Test("A tensor that lies about itself is refused")
  func lies() {
    let honest = TensorPayload.encoded(Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
    func changed(_ changes: [Int: UInt8], dropping count: Int = 0) -> [UInt8] {
      var bytes = honest
      for (index, byte) in changes { bytes[index] = byte }
      return Array(bytes.dropLast(count))
    }
    let lies: [String: [UInt8]] = [
      "more rows": changed([4: 3]), "fewer rows": changed([4: 1]), "no rows": changed([4: 0]),
      "another type": changed([0: 2]), "an unknown type": changed([0: 9]),
      "more dimensions": changed([1: 3]), "no dimensions": changed([1: 0]),
      "dimensions beyond the end": changed([1: 8]), "too many dimensions": changed([1: 255]),
      "a byte less": changed([:], dropping: 1), "nothing": [], "a type alone": [1],
      "set padding": changed([2: 1]),
      // 2^31 · 2^31 · 4 is zero in 64 bits.
      "a product that overflows": changed([4: 0, 7: 0x80, 8: 0, 11: 0x80]),
    ]
    for (name, bytes) in lies {
      #expect(code { _ = try TensorPayload.decoded(bytes) } == .malformedTensor, "\(name)")
    }
  }

  @Test("Random bytes are refused or read, and nothing else happens", arguments: [1, 2, 3])
  func randomBytes(seed: UInt64) throws {
    let stream = RandomKey(seed: seed).stream()
    func byte() -> UInt8 { UInt8(stream.uniform(in: 0..<256)) }
    for _ in 0..<2_000 {
      let length = Int(stream.uniform(in: 0..<48))
      var bytes = (0..<length).map { _ in byte() }
      // Half of them begin well, so that more than the first check is met.
      if stream.uniform(in: 0..<1) < 0.5, length >= 8 {
        bytes.replaceSubrange(0..<8, with: [1, 1 + byte() % 3, 0, 0, byte() % 5, 0, 0, 0])
      }
      let found = code { _ = try TensorPayload.decoded(bytes) }
      #expect(found == nil || found == .malformedTensor, "seed \(seed): \(bytes)")
      let header = code { _ = try FrameHeader(decoding: bytes) { _ in 10 } }
      #expect(header != nil || bytes.count == FrameHeader.size, "seed \(seed): \(bytes)")
    }
  }

  @Test(
    "Errors cross the socket with their code and words", arguments: IsolationError.Code.allCases)
  func errors(code: IsolationError.Code) {
    let error = IsolationError(code, subject: "x", detail: "what was found")
    #expect(FailurePayload.decoded(FailurePayload.encoded(error), subject: "x") == error)
    #expect(!error.remedy.isEmpty)
  }

  @Test("An error that is none is one of its own", arguments: [[], [1, 0, 0], [99, 0, 0, 0, 65]])
  func unknownErrors(bytes: [UInt8]) {
    #expect(FailurePayload.decoded(bytes, subject: "x").code == .malformedFrame)
  }

  @Test("Rounded probabilities by hand, and the logits that they stand for")
  func rounding() throws {
    let logits = Tensor([0, 1, 8] as [Float], shape: [1, 3])
    // The softmax is 0.00033, 0.00091, 0.99876.
    let answers = AnswerPolicy.Answers.scores(decimals: 3)
    let told = answers.told(logits)
    #expect(
      zip(told.elements(of: Float.self), [0, 0.001, 0.999]).allSatisfy { abs($0 - $1) < 1e-6 })
    let back = try answers.logits(told, classes: 3).elements(of: Float.self)
    let expected: [Float] = [-7.6009, -6.9078, -0.0010005]
    #expect(zip(back, expected).allSatisfy { abs($0 - $1) < 1e-3 }, "\(back)")
  }

  @Test("A label is one for its class and zero for all others")
  func labels() throws {
    let logits = Tensor([0, 3, 1, 5, 2, 2] as [Float], shape: [2, 3])
    let told = AnswerPolicy.Answers.label.told(logits)
    #expect(told.elements(of: Int.self) == [1, 0])
    let back = try AnswerPolicy.Answers.label.logits(told, classes: 3)
    #expect(back.elements(of: Float.self) == [0, 1, 0, 1, 0, 0])
  }

  @Test("The budget counts whole batches, and the rate holds answers back on average")
  func meter() throws {
    let meter = QueryMeter(budget: 10, rate: 4)
    #expect(try meter.charge(6, now: 100) == 101.5)
    #expect(code { _ = try meter.charge(5, now: 100) } == .budgetSpent)
    #expect(meter.spent == 6, "what was refused was not spent")
    #expect(try meter.charge(4, now: 100) == 102.5)
    #expect(code { _ = try meter.charge(1, now: 200) } == .budgetSpent)
    let late = QueryMeter(budget: nil, rate: 2)
    #expect(try late.charge(2, now: 10) == 11)
    #expect(try late.charge(2, now: 20) == 21, "a pause earns no burst")
    #expect(try QueryMeter(budget: nil, rate: nil).charge(1 << 40, now: 0) == nil)
  }
}
