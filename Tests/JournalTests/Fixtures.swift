// SPDX-License-Identifier: GPL-3.0-or-later

import CSQLite
import Foundation
import Journal

extension JournalIdentity {
  static let test = JournalIdentity(digest: "test", description: "test")
}

/// A folder that is removed with all it holds when its owner lets go.
final class TemporaryFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
}

/// The code with which opening a journal fails, or nil.
func failure(
  inFolder folder: String, identity: JournalIdentity = .test
) -> JournalError? {
  failure { () throws(JournalError) in _ = try Journal.open(inFolder: folder, identity: identity) }
}

/// The error of some work on a journal, or nil.
func failure(of work: () throws(JournalError) -> Void) -> JournalError? {
  do throws(JournalError) {
    try work()
    return nil
  } catch {
    return error
  }
}

/// Runs statements on a database without the module under test, as another program would.
///
/// - Returns: The first column of every row.
func sqlite(_ path: String, _ statement: String) throws -> [String] {
  struct Failure: Error { let message: String }
  var database: OpaquePointer?
  var prepared: OpaquePointer?
  defer {
    sqlite3_finalize(prepared)
    sqlite3_close(database)
  }
  guard sqlite3_open(path, &database) == SQLITE_OK,
    sqlite3_prepare_v2(database, statement, -1, &prepared, nil) == SQLITE_OK
  else { throw Failure(message: String(cString: sqlite3_errmsg(database))) }
  var rows: [String] = []
  while true {
    switch sqlite3_step(prepared) {
    case SQLITE_ROW: rows.append(String(cString: sqlite3_column_text(prepared, 0)))
    case SQLITE_DONE: return rows
    default: throw Failure(message: String(cString: sqlite3_errmsg(database)))
    }
  }
}
