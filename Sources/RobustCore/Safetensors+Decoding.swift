// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Records
import Torch

extension Safetensors {
  /// Reads a file's bytes.
  ///
  /// As the format asks, the tensors fill the data without gaps or overlaps.
  ///
  /// - Throws: ``CheckpointError`` with code `malformed` where the header or an offset is wrong.
  public init(decoding bytes: [UInt8], subject: String) throws(CheckpointError) {
    do throws(Flaw) {
      self = try Self.decode(bytes)
    } catch {
      throw CheckpointError(
        .malformed, subject: subject, detail: error.detail, remedy: "write the file again")
    }
  }

  /// What is wrong with a file, before anyone knows its name.
  private struct Flaw: Error {
    let detail: String
    init(_ detail: String) { self.detail = detail }
  }

  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let range: Range<Int>
  }

  private static func decode(_ bytes: [UInt8]) throws(Flaw) -> Safetensors {
    guard bytes.count >= 8 else {
      throw Flaw("\(bytes.count) bytes, expected a header of at least 8")
    }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw Flaw("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let start = 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(
        [String: JSONValue].self, from: Data(bytes[8..<start]))
    else { throw Flaw("the header is no JSON object") }
    var file = Safetensors([:], metadata: try texts(header["__metadata__"]))
    var entries: [Entry] = []
    for (name, value) in header where name != "__metadata__" {
      entries.append(try entry(name, value, dataSize: bytes.count - start))
    }
    try checkGapless(entries, dataSize: bytes.count - start)
    for entry in entries {
      let data = bytes[start + entry.range.lowerBound..<start + entry.range.upperBound]
      guard entry.type != .bool || data.allSatisfy({ $0 <= 1 }) else {
        throw Flaw("'\(entry.name)' holds truth values other than 0 and 1")
      }
      file.tensors[entry.name] = Tensor(bytes: data, shape: entry.shape, type: entry.type)
    }
    return file
  }

  private static func texts(_ metadata: JSONValue?) throws(Flaw) -> [String: String] {
    guard let metadata else { return [:] }
    guard case .object(let members) = metadata else { throw Flaw("the metadata is no object") }
    var texts: [String: String] = [:]
    for (name, value) in members {
      guard case .string(let text) = value else { throw Flaw("metadata '\(name)' is no text") }
      texts[name] = text
    }
    return texts
  }

  private static func entry(
    _ name: String, _ value: JSONValue, dataSize: Int
  ) throws(Flaw) -> Entry {
    guard case .object(let members) = value, case .string(let code) = members["dtype"],
      let shape = integers(members["shape"]), let offsets = integers(members["data_offsets"]),
      offsets.count == 2
    else { throw Flaw("'\(name)' lacks dtype, shape or data_offsets") }
    guard let type = types[code] else {
      let known = types.keys.sorted().joined(separator: ", ")
      throw Flaw("'\(name)' has the type \(code), expected one of \(known)")
    }
    // The order of the checks keeps every difference and product inside 64 bits.
    guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= dataSize,
      byteCount(shape, type) == offsets[1] - offsets[0]
    else {
      throw Flaw("'\(name)' claims bytes \(offsets[0]) to \(offsets[1]) for shape \(shape)")
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let values) = value else { return nil }
    let integers = values.compactMap { if case .int(let integer) = $0 { integer } else { nil } }
    return integers.count == values.count ? integers : nil
  }

  /// The size of a tensor, or nil for a shape that no memory can hold.
  ///
  /// Sizes beside a zero are multiplied too: libtorch multiplies them for its strides.
  private static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var count = type.bytes
    for size in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflows else { return nil }
      count = product
    }
    return shape.contains(0) ? 0 : count
  }

  private static func checkGapless(_ entries: [Entry], dataSize: Int) throws(Flaw) {
    var end = 0
    let ordered = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for entry in ordered {
      guard entry.range.lowerBound == end else {
        throw Flaw(
          "'\(entry.name)' begins at byte \(entry.range.lowerBound) of the data, expected \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw Flaw("the tensors take \(end) bytes, the file holds \(dataSize)")
    }
  }
}
