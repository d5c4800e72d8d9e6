// SPDX-License-Identifier: GPL-3.0-or-later

/// What every message begins with: sixteen bytes, numbers with the lowest byte first.
///
/// Four bytes of magic, version, kind, two zeros, the sequence number that an answer repeats, and the
/// length of what follows.
struct FrameHeader: Equatable {
  /// What a message is.
  enum Kind: UInt8, CaseIterable {
    /// The worker's first word: the walls around it.
    case hello = 1
    /// The model and the policy, on the control channel, once.
    case setup = 2
    /// The model answers from now on.
    case ready = 3
    /// Asks what may be asked.
    case describe = 4
    /// Says what may be asked.
    case description = 5
    /// A batch of inputs, or of activations between two stages.
    case query = 6
    /// A batch of answers.
    case answer = 7
    /// The code and words of an error in the place of an answer.
    case failure = 8
    /// The last message of a channel.
    case goodbye = 9
  }

  static let size = 16
  static let magic: [UInt8] = Array("rbev".utf8)
  static let version: UInt8 = 1

  let kind: Kind
  let sequence: UInt32
  /// The bytes that follow.
  let length: Int

  init(kind: Kind, sequence: UInt32, length: Int) {
    self.kind = kind
    self.sequence = sequence
    self.length = length
  }

  var encoded: [UInt8] {
    var bytes = Self.magic + [Self.version, kind.rawValue, 0, 0]
    bytes.append(number: sequence)
    bytes.append(number: UInt32(length))
    return bytes
  }

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - bytes: Exactly ``size``.
  ///   - limit: The largest length of a kind.
  /// - Throws: ``IsolationError`` with code `malformedFrame`, `wrongVersion` or `oversizeFrame`.
  init(decoding bytes: [UInt8], limit: (Kind) -> Int) throws(IsolationError) {
    guard bytes.count == Self.size, Array(bytes[..<4]) == Self.magic else {
      throw IsolationError(.malformedFrame, detail: "a frame does not begin with the magic bytes")
    }
    guard bytes[4] == Self.version else {
      throw IsolationError(
        .wrongVersion, detail: "a frame of version \(bytes[4]), expected \(Self.version)")
    }
    guard let kind = Kind(rawValue: bytes[5]), bytes[6] == 0, bytes[7] == 0 else {
      throw IsolationError(.malformedFrame, detail: "a frame of the unknown kind \(bytes[5])")
    }
    let length = Int(bytes.number(at: 12))
    guard length <= limit(kind) else {
      throw IsolationError(
        .oversizeFrame,
        detail: "a frame of \(length) bytes, expected at most \(limit(kind)) of its kind")
    }
    self.init(kind: kind, sequence: bytes.number(at: 8), length: length)
  }
}

/// A message.
struct Frame {
  let header: FrameHeader
  let payload: [UInt8]
}

extension [UInt8] {
  /// Appends four bytes, the lowest first.
  mutating func append(number: UInt32) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// The number in the four bytes from an index on.
  func number(at index: Int) -> UInt32 {
    self[index..<index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
