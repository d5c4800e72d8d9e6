// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A channel of frames over sockets that this process owns.
final class FrameStream: Sendable {
  /// How long the rest of a frame may take once it has begun, in seconds.
  static let patience = 10.0

  /// Where frames come from.
  let input: Int32
  /// Where frames go; the same socket, or that of the next stage.
  let output: Int32

  /// Takes ownership of the descriptors.
  init(owning input: Int32, output: Int32? = nil) {
    self.input = input
    self.output = output ?? input
  }

  deinit {
    close(input)
    if output != input { close(output) }
  }

  /// Two ends of a new socket, which no program that is started inherits.
  ///
  /// - Throws: ``IsolationError`` with code `cannotStart`.
  static func pair() throws(IsolationError) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw IsolationError(
        .cannotStart, detail: "no socket can be made: \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
  }

  /// Lets the other sides see that nothing more will come.
  func shutDown() {
    shutdown(input, Int32(SHUT_RDWR))
    if output != input { shutdown(output, Int32(SHUT_RDWR)) }
  }

  /// Sends a message.
  ///
  /// - Throws: ``IsolationError`` with code `workerGone` where nobody is there to read, or `tooSlow`
  ///   where nobody does.
  func write(
    _ kind: FrameHeader.Kind, sequence: UInt32 = 0, _ payload: [UInt8] = [],
    patience: Double = FrameStream.patience
  ) throws(IsolationError) {
    let header = FrameHeader(kind: kind, sequence: sequence, length: payload.count)
    let deadline = monotonicSeconds() + patience
    try send(header.encoded, deadline)
    try send(payload, deadline)
  }

  private func send(_ bytes: [UInt8], _ deadline: Double) throws(IsolationError) {
    var done = 0
    while done < bytes.count {
      let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
      let count = bytes.withUnsafeBytes { memory in
        Glibc.send(output, memory.baseAddress.map { $0 + done }, bytes.count - done, flags)
      }
      if count >= 0 {
        done += count
      } else if errno == EAGAIN {
        guard Self.wait(output, POLLOUT, until: deadline) else {
          throw IsolationError(.tooSlow, detail: "\(done) of \(bytes.count) bytes were read")
        }
      } else if errno != EINTR {
        throw IsolationError(.workerGone, detail: "the other side has closed the channel")
      }
    }
  }

  /// Receives the next message.
  ///
  /// - Parameters:
  ///   - limit: The largest payload of a kind.
  ///   - first: How long its first byte may take, in seconds; nil to wait for ever.
  ///   - patience: How long the rest may take then.
  /// - Returns: Nil where the other side has closed the channel between two messages.
  /// - Throws: ``IsolationError``; after it nothing more can be read.
  func read(
    limit: (FrameHeader.Kind) -> Int, first: Double? = nil,
    patience: Double = FrameStream.patience
  ) throws(IsolationError) -> Frame? {
    guard Self.wait(input, POLLIN, until: first.map { monotonicSeconds() + $0 }) else {
      throw IsolationError(.tooSlow, detail: "no message within \(first ?? 0) seconds")
    }
    let deadline = monotonicSeconds() + patience
    let start = try receive(FrameHeader.size, deadline)
    if start.isEmpty { return nil }
    let header = try FrameHeader(decoding: try whole(start, FrameHeader.size), limit: limit)
    let payload = try receive(header.length, deadline)
    return Frame(header: header, payload: try whole(payload, header.length))
  }

  private func whole(_ bytes: [UInt8], _ count: Int) throws(IsolationError) -> [UInt8] {
    guard bytes.count == count else {
      throw IsolationError(
        .malformedFrame, detail: "a frame is cut off: \(bytes.count) of \(count) bytes")
    }
    return bytes
  }

  /// So many bytes, or fewer where the other side has closed the channel.
  private func receive(_ count: Int, _ deadline: Double) throws(IsolationError) -> [UInt8] {
    var isTooSlow = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let received = recv(
          input, buffer.baseAddress.map { $0 + done }, count - done, Int32(MSG_DONTWAIT))
        if received > 0 {
          done += received
        } else if received < 0, errno == EAGAIN {
          isTooSlow = !Self.wait(input, POLLIN, until: deadline)
          if isTooSlow { return }
        } else if received == 0 || errno != EINTR {
          return
        }
      }
    }
    guard !isTooSlow else {
      throw IsolationError(.tooSlow, detail: "\(bytes.count) of \(count) bytes came in time")
    }
    return bytes
  }

  /// Whether something can be done before a point in time.
  private static func wait(_ descriptor: Int32, _ event: Int32, until deadline: Double?) -> Bool {
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let left = deadline.map { max(0, $0 - monotonicSeconds()) }
      let result = poll(&entry, 1, left.map { Int32(min($0 * 1_000 + 1, 1e9)) } ?? -1)
      if result > 0 { return true }
      if result == 0, let left, left <= 0 { return false }
      if result < 0, errno != EINTR { return false }
    }
  }
}

/// Seconds since the machine was started.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
