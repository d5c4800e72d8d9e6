// SPDX-License-Identifier: GPL-3.0-or-later

/// Reads one NumPy array file, versions 1.0 to 3.0.
enum NPYReader {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  static func read(_ bytes: [UInt8], subject: String) throws(DatasetError) -> NPYArray {
    let (header, start) = try header(bytes, subject: subject)
    let text = header.type ?? "a structured type"
    guard let type = header.type.flatMap(NPYType.init) else {
      throw DatasetError(
        .unsupported, subject,
        "elements of type \(text), expected a number type such as |u1 or <f4",
        remedy: "save the array with dtype uint8 or float32")
    }
    let shape = dimensions(header.shape)
    guard let count = product(header.shape), let size = product([count, type.size]),
      size <= FileBytes.maximum
    else {
      throw DatasetError(
        .headerTooLarge, subject,
        "the header promises \(shape) elements; at most \(FileBytes.maximum) bytes are read")
    }
    let found = bytes.count - start
    guard found >= size else {
      throw DatasetError(
        .truncated, subject, "\(found) bytes of data, the header promises \(size) (\(shape))")
    }
    guard found == size else {
      throw DatasetError(
        .trailingBytes, subject, "\(found) bytes of data, the header promises \(size) (\(shape))")
    }
    return NPYArray(
      shape: header.shape, type: type, isFortranOrder: header.isFortranOrder,
      bytes: bytes[start...], subject: subject)
  }

  private static func header(
    _ bytes: [UInt8], subject: String
  ) throws(DatasetError) -> (NPYHeader, start: Int) {
    var cursor = ByteCursor(bytes[...])
    guard let found = cursor.take(magic.count) else {
      throw DatasetError(.truncated, subject, "\(bytes.count) bytes, shorter than any NumPy array")
    }
    guard found.elementsEqual(magic) else {
      throw DatasetError(.wrongMagic, subject, "does not start with \\x93NUMPY")
    }
    guard let major = cursor.littleEndian(1), cursor.skip(1) else {
      throw DatasetError(.truncated, subject, "ends inside its header")
    }
    guard (1...3).contains(major) else {
      throw DatasetError(
        .unsupported, subject, "version \(major) of the NumPy format, expected 1, 2 or 3")
    }
    guard let length = cursor.littleEndian(major == 1 ? 2 : 4) else {
      throw DatasetError(.truncated, subject, "ends inside its header")
    }
    guard let text = cursor.take(length) else {
      throw DatasetError(
        .headerTooLarge, subject, "a header of \(length) bytes in a file of \(bytes.count)")
    }
    guard let header = NPYHeader(String(decoding: text, as: UTF8.self)) else {
      throw DatasetError(
        .corrupt, subject, "the header is no dictionary of descr, fortran_order and shape")
    }
    return (header, cursor.position)
  }
}
