// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// What a run has found so far, block by block, in the file `run.sqlite` of its folder.
///
/// A block is stored whole or not at all, and is on the disk when the call returns: a process killed at
/// any instant loses at most the block in flight. Calls may come from several threads; they are
/// answered one after another. What can be read back does *not* depend on the order of writing.
public final class Journal: Sendable {
  /// The name of the file in the run's folder.
  public static let fileName = "run.sqlite"
  /// The version of the format that is written and read.
  public static let formatVersion = 1

  /// The path of the journal.
  public let path: String
  /// Which experiment it belongs to.
  public let identity: JournalIdentity
  private let connection: Mutex<Connection>

  private init(path: String, identity: JournalIdentity, connection: consuming sending Connection) {
    self.path = path
    self.identity = identity
    self.connection = Mutex(connection)
  }

  /// Opens the journal of a folder, or begins one; no other process can open it until this one lets go.
  ///
  /// The folder is made if it does not exist, and those that lead to it.
  ///
  /// - Throws: ``JournalError`` of any code but `missing` and `conflictingBlock`.
  public static func open(
    inFolder folder: String, identity: JournalIdentity
  ) throws(JournalError) -> Journal {
    try Folder.make(folder)
    let path = "\(folder)/\(fileName)"
    let connection = try Connection(path: path, isWritable: true)
    try connection.prepareForWriting(as: identity)
    return Journal(path: path, identity: identity, connection: connection)
  }

  /// The blocks of an evaluation that are stored.
  ///
  /// - Throws: ``JournalError`` with code `damaged` or `systemFailure`.
  public func completedBlocks(ofEvaluation evaluation: String) throws(JournalError) -> Set<Int> {
    try connection.withLock { connection throws(JournalError) -> Set<Int> in
      var blocks: Set<Int> = []
      try connection.run("SELECT block FROM blocks WHERE evaluation = ?", [.text(evaluation)]) {
        blocks.insert($0.integer(0))
      }
      return blocks
    }
  }

  /// Stores what was found for a block.
  ///
  /// Storing the same bytes again changes nothing.
  ///
  /// - Parameters:
  ///   - payload: The result, in the caller's own encoding.
  ///   - evaluation: The key of the evaluation.
  ///   - block: The block's index.
  /// - Throws: ``JournalError`` with code `diskFull`, `conflictingBlock`, `damaged`, `notWritable` or
  ///   `systemFailure`; the block is then not stored, the others still are.
  public func record(
    _ payload: [UInt8], evaluation: String, block: Int
  ) throws(JournalError) {
    try connection.withLock { connection throws(JournalError) in
      try connection.transaction { () throws(JournalError) in
        _ = try connection.insert(payload, evaluation: evaluation, block: block)
      }
    }
  }

  /// What was stored for a block, or nil.
  ///
  /// - Throws: ``JournalError`` with code `damaged` or `systemFailure`.
  public func payload(evaluation: String, block: Int) throws(JournalError) -> [UInt8]? {
    try connection.withLock { connection throws(JournalError) -> [UInt8]? in
      try connection.payload(evaluation: evaluation, block: block)
    }
  }

  /// Hands over what was stored for an evaluation, in the order of the blocks.
  ///
  /// - Throws: ``JournalError`` with code `damaged` or `systemFailure`.
  public func blocks(
    ofEvaluation evaluation: String
  ) throws(JournalError) -> [(block: Int, payload: [UInt8])] {
    try connection.withLock { connection throws(JournalError) -> [(block: Int, payload: [UInt8])] in
      var found: [(block: Int, payload: [UInt8])] = []
      try connection.run(
        "SELECT block, payload FROM blocks WHERE evaluation = ? ORDER BY block",
        [.text(evaluation)]
      ) { found.append(($0.integer(0), $0.blob(1))) }
      return found
    }
  }

  /// The keys of all evaluations with a stored block, sorted by their bytes.
  ///
  /// - Throws: ``JournalError`` with code `damaged` or `systemFailure`.
  public func evaluations() throws(JournalError) -> [String] {
    try connection.withLock { connection throws(JournalError) -> [String] in
      var keys: [String] = []
      try connection.run("SELECT DISTINCT evaluation FROM blocks ORDER BY evaluation") {
        keys.append($0.text(0))
      }
      return keys
    }
  }

  /// Takes over all blocks of another run's journal, or none where one of them contradicts.
  ///
  /// - Parameter folder: The folder of a run of the same experiment, as a shard leaves it.
  /// - Returns: How many blocks were new.
  /// - Throws: ``JournalError``, with code `missing` if the folder has no journal, and
  ///   `conflictingBlock` if both hold a block with different bytes.
  @discardableResult
  public func merge(fromFolder folder: String) throws(JournalError) -> Int {
    try connection.withLock { [identity] connection throws(JournalError) -> Int in
      let source = try Connection(readingFolder: folder)
      try source.checkFormat(isEmptyAllowed: false)
      try source.checkIdentity(identity)
      return try connection.transaction { () throws(JournalError) -> Int in
        var added = 0
        try source.run("SELECT evaluation, block, payload FROM blocks ORDER BY evaluation, block") {
          row throws(JournalError) in
          added += try connection.insert(
            row.blob(2), evaluation: row.text(0), block: row.integer(1))
        }
        return added
      }
    }
  }

  /// Lets go of the file, which is then whole by itself and can be copied and opened elsewhere.
  ///
  /// The journal can still be read.
  ///
  /// - Throws: ``JournalError`` with code `diskFull` or `systemFailure`.
  public func finish() throws(JournalError) {
    try connection.withLock { connection throws(JournalError) in
      try connection.execute("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL")
      // The lock is let go at the end of the next access.
      _ = try connection.integer("SELECT count(*) FROM run")
    }
  }
}
