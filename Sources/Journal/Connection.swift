// SPDX-License-Identifier: GPL-3.0-or-later

import CSQLite

/// Owns a connection to a database; used by one thread at a time.
struct Connection: ~Copyable {
  private let handle: OpaquePointer
  /// The database's file.
  let path: String

  /// Opens a database, which is created if it is to be written and does not exist.
  init(path: String, isWritable: Bool) throws(JournalError) {
    let access = isWritable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    var opened: OpaquePointer?
    let status = sqlite3_open_v2(path, &opened, access | SQLITE_OPEN_NOMUTEX, nil)
    guard status == SQLITE_OK, let opened else {
      let systemError = opened.map { sqlite3_system_errno($0) } ?? 0
      sqlite3_close_v2(opened)
      throw JournalError(status: status, systemError: systemError, path: path)
    }
    handle = opened
    self.path = path
    sqlite3_extended_result_codes(handle, 1)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that return nothing.
  func execute(_ statements: String) throws(JournalError) {
    try check(sqlite3_exec(handle, statements, nil, nil, nil))
  }

  /// Runs one statement.
  ///
  /// - Parameters:
  ///   - statement: With `?` where values go.
  ///   - values: For each `?` one.
  ///   - row: Called for each row of the result.
  /// - Throws: What SQLite reports, or what `row` throws.
  func run(
    _ statement: String, _ values: [SQLValue] = [],
    row: (borrowing SQLRow) throws(JournalError) -> Void = { _ in }
  ) throws(JournalError) {
    var prepared: OpaquePointer?
    try check(sqlite3_prepare_v2(handle, statement, -1, &prepared, nil))
    defer { sqlite3_finalize(prepared) }
    for (index, value) in values.enumerated() {
      try check(value.bind(to: prepared, at: Int32(index + 1)))
    }
    while true {
      let status = sqlite3_step(prepared)
      guard status == SQLITE_ROW else {
        guard status != SQLITE_DONE else { return }
        throw failure(status)
      }
      try row(SQLRow(statement: prepared))
    }
  }

  /// The first column of the first row as a whole number, or nil if there is no row.
  func integer(_ statement: String) throws(JournalError) -> Int? {
    var found: Int?
    try run(statement) { row in found = found ?? row.integer(0) }
    return found
  }

  /// Does all of the work or none of it.
  func transaction<Result>(
    _ work: () throws(JournalError) -> Result
  ) throws(JournalError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do throws(JournalError) {
      let result = try work()
      try execute("COMMIT")
      return result
    } catch {
      // Fails where SQLite has rolled back by itself, as it does when the disk is full.
      sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
      throw error
    }
  }

  private func check(_ status: Int32) throws(JournalError) {
    guard status == SQLITE_OK else { throw failure(status) }
  }

  private func failure(_ status: Int32) -> JournalError {
    JournalError(status: status, systemError: sqlite3_system_errno(handle), path: path)
  }
}
