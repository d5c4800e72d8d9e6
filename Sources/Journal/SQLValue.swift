// SPDX-License-Identifier: GPL-3.0-or-later

import CSQLite

/// A value that goes into a statement.
enum SQLValue {
  case integer(Int)
  case text(String)
  case blob([UInt8])

  func bind(to statement: OpaquePointer?, at index: Int32) -> Int32 {
    switch self {
    case .integer(let value):
      return sqlite3_bind_int64(statement, index, Int64(value))
    case .text(let value):
      return sqlite3_bind_text64(
        statement, index, value, UInt64(value.utf8.count), robust_eval_sqlite_copies(),
        UInt8(SQLITE_UTF8))
    case .blob(let bytes):
      // An empty array has no address, and binding none would store NULL.
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
      return sqlite3_bind_blob64(
        statement, index, bytes, UInt64(bytes.count), robust_eval_sqlite_copies())
    }
  }
}

/// The current row of a running statement; valid until the statement goes on.
struct SQLRow: ~Copyable {
  private let statement: OpaquePointer?

  init(statement: OpaquePointer?) { self.statement = statement }

  func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(statement, column)) }

  func text(_ column: Int32) -> String {
    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    let count = Int(sqlite3_column_bytes(statement, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }
}
