// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Records
import RobustCore
import Testing
import Torch

@Suite("Safetensors", .timeLimit(.minutes(15)))
struct SafetensorsTests {
  private static func fixture(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "safetensors"))
    return [UInt8](try Data(contentsOf: url))
  }

  /// A file with any header and `data` zero bytes after it.
  private static func file(_ header: String, data: Int = 16) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
      + [UInt8](repeating: 0, count: data)
  }

  private static func tensor(
    _ shape: String = "[2,2]", _ offsets: String = "[0,16]", type: String = "\"F32\""
  ) -> String {
    #"{"w":{"dtype":\#(type),"shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  @Test("Reads what Python wrote")
  func readsPython() throws {
    let file = try Safetensors(decoding: Self.fixture("cnn-traced"), subject: "x")
    #expect(
      file.tensors.mapValues(\.shape) == [
        "1.weight": [4, 1, 3, 3], "1.bias": [4], "4.weight": [8, 4, 3, 3], "4.bias": [8],
        "8.weight": [10, 392], "8.bias": [10],
      ])
    // The numbers as Python's struct module unpacks them.
    let bias = try #require(file.tensors["1.bias"]).elements(of: Float.self)
    #expect(bias[0] == -0.048637352883815765 && bias[3] == 0.31537216901779175)
    let sum = try #require(file.tensors["8.weight"]).cast(to: .float64).sum.scalar
    #expect(abs(sum - -1.7915456287246343) <= 1e-12)
  }

  @Test("Reads half precisions, bytes, empty tensors, single numbers and texts")
  func readsTypes() throws {
    let file = try Safetensors(decoding: Self.fixture("dtypes"), subject: "x")
    let types: [String: ElementType] = [
      "half": .float16, "bfloat": .bfloat16, "int8": .int8, "empty": .float32, "scalar": .float32,
    ]
    #expect(file.tensors.mapValues(\.elementType) == types)
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors["empty"]?.shape == [0, 4])
    #expect(file.tensors["scalar"]?.scalar == 3.5)
    // The bytes 61 05 f9 fe 19 of the file.
    let integers = file.tensors["int8"]?.cast(to: .int64).elements(of: Int.self)
    #expect(integers == [97, 5, -7, -2, 25])
    // 0x3F8D in bfloat16 and 0x3B1D in half precision.
    #expect(file.tensors["bfloat"]?.slice(0..<1).slice(0..<1, along: 1).scalar == 1.1015625)
    #expect(file.tensors["half"]?.slice(0..<1).slice(1..<2, along: 1).scalar == 0.88916015625)
  }

  @Test("Writes and reads back the same bytes, in whatever order tensors were added")
  func roundTrips() throws {
    let tensors: [String: Tensor] = [
      "b": Tensor([1.5, -2]), "a": Tensor([true, false, true]), "ä \"quoted\"/": Tensor([Int.min]),
      "empty": Tensor([Float](), shape: [3, 0]), "scalar": Tensor([Float(2)], shape: []),
    ]
    let bytes = Safetensors(tensors, metadata: ["note": "two\nlines"]).encoded()
    let found = try Safetensors(decoding: bytes, subject: "x")
    #expect(found.tensors.mapValues(\.bytes) == tensors.mapValues(\.bytes))
    #expect(found.tensors.mapValues(\.shape) == tensors.mapValues(\.shape))
    #expect(found.tensors.mapValues(\.elementType) == tensors.mapValues(\.elementType))
    #expect(found.metadata == ["note": "two\nlines"])
    #expect(found.encoded() == bytes)
  }

  @Test("The layout is that of the format's description")
  func layout() throws {
    let bytes = Safetensors(["w": Tensor([Float(1)])]).encoded()
    let header = #"{"w":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(bytes.prefix(8) == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0])
    #expect(String(decoding: bytes.dropFirst(8).prefix(padded.utf8.count), as: UTF8.self) == padded)
    // 1 is 0x3F800000.
    #expect(Array(bytes.suffix(4)) == [0, 0, 0x80, 0x3F])
  }

  static let broken: [String: [UInt8]] = [
    "nothing": [], "seven bytes": Array(repeating: 0, count: 7),
    "no header": Array(repeating: 0, count: 8),
    "header beyond the file": Array(repeating: 0xFF, count: 8) + [123, 125],
    "header of half the address space": [0, 0, 0, 0, 0, 0, 0, 0x80, 123, 125],
    "no JSON": file("{"), "not UTF-8": file("{\"") + [0xFF, 0xFE], "a list": file("[1]"),
    "a number": file("7"), "deep nesting": file(String(repeating: "[", count: 50_000)),
    "an entry that is a text": file(#"{"w":"F32"}"#), "an empty entry": file(#"{"w":{}}"#),
    "metadata that is a list": file(#"{"__metadata__":[]}"#),
    "metadata that is no text": file(#"{"__metadata__":{"a":1}}"#, data: 0),
    "unknown type": file(tensor(type: "\"F31\"")), "type that is a number": file(tensor(type: "3")),
    "shape with a fraction": file(tensor("[2,2.5]")), "shape with a text": file(tensor("[\"2\"]")),
    "negative size": file(tensor("[-2,-2]")),
    "negative and matching": file(tensor("[-4]", "[16,0]")),
    "shape that overflows to zero": file(tensor("[4294967296,4294967296]", "[0,0]"), data: 0),
    "shape that overflows to sixteen": file(tensor("[4611686018427387905,4]")),
    "shape zero times huge": file(
      tensor("[0,4611686018427387904,4611686018427387904]", "[0,0]"), data: 0),
    "shape beyond integers": file(tensor("[99999999999999999999]")),
    "too many bytes": file(tensor("[2,2]", "[0,12]")), "too few": file(tensor("[3]", "[0,16]")),
    "negative begin": file(tensor("[2,2]", "[-16,0]")),
    "smallest end": file(tensor("[2,2]", "[8,-9223372036854775808]")),
    "largest end": file(tensor("[2,2]", "[0,9223372036854775807]")),
    "largest begin": file(tensor("[2,2]", "[9223372036854775807,-9223372036854775808]")),
    "end before begin": file(tensor("[2,2]", "[16,0]")), "one offset": file(tensor("[2,2]", "[0]")),
    "three offsets": file(tensor("[2,2]", "[0,16,16]")),
    "beyond the data": file(tensor("[2,2]", "[4,20]")),
    "truncated data": Array(file(tensor()).dropLast()),
    "bytes that belong to nothing": file(tensor(), data: 20),
    "a gap": file(
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#, data: 3),
    "overlap": file(
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
        + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, data: 3),
    "a truth value of two": file(
      #"{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}"#, data: 0) + [2],
  ]

  @Test("A broken file is an error in one line", arguments: broken.keys.sorted())
  func refusesBroken(name: String) throws {
    let error = #expect(throws: CheckpointError.self) {
      try Safetensors(decoding: Self.broken[name] ?? [], subject: "file.safetensors")
    }
    #expect(error?.code == .malformed)
    #expect(error?.subject == "file.safetensors")
    #expect(error?.detail.contains("\n") == false)
  }

  @Test("Broken files of Python are refused", arguments: ["bad-offsets", "bad-header-length"])
  func refusesPythonFiles(name: String) throws {
    let bytes = try Self.fixture(name)
    let error = #expect(throws: CheckpointError.self) {
      try Safetensors(decoding: bytes, subject: name)
    }
    #expect(error?.code == .malformed)
  }

  @Test("Any cut of a file is refused, and any changed byte of its header is harmless")
  func survivesMutation() throws {
    let bytes = try Self.fixture("dtypes")
    for length in 0..<bytes.count {
      #expect(throws: CheckpointError.self) {
        try Safetensors(decoding: Array(bytes.prefix(length)), subject: "cut")
      }
    }
    for index in 0..<(bytes.count - 33) {
      for change in [UInt8(ascii: "9"), UInt8(ascii: "-"), 0, bytes[index] ^ 1] {
        var mutated = bytes
        mutated[index] = change
        // Some changes rename a tensor; no change may crash.
        _ = try? Safetensors(decoding: mutated, subject: "mutated")
      }
    }
  }
}
