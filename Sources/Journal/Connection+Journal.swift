// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The layout of a journal: `run` names the experiment, `blocks` holds what was found.
extension Connection {
  /// Marks the file as a journal of this program: `REvl` in ASCII.
  private static let applicationMark = 0x5245_766C

  /// Takes the file for this process alone, and lays it out if it is new.
  func prepareForWriting(as identity: JournalIdentity) throws(JournalError) {
    // Exclusive before the first access: the write-ahead log then needs no shared memory, so
    // that it also works on network file systems, and a second process is turned away.
    try execute("PRAGMA locking_mode = EXCLUSIVE")
    try checkFormat(isEmptyAllowed: true)
    try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    try transaction { () throws(JournalError) in
      guard try isEmpty() else { return try checkIdentity(identity) }
      try execute(
        """
        PRAGMA application_id = \(Connection.applicationMark);
        PRAGMA user_version = \(Journal.formatVersion);
        CREATE TABLE run (digest TEXT NOT NULL, description TEXT NOT NULL) STRICT;
        CREATE TABLE blocks (
          evaluation TEXT NOT NULL, block INTEGER NOT NULL, payload BLOB NOT NULL,
          PRIMARY KEY (evaluation, block)) STRICT;
        """)
      try run(
        "INSERT INTO run VALUES (?, ?)",
        [.text(identity.digest), .text(identity.description)])
    }
  }

  /// Opens a finished or interrupted journal to read it.
  init(readingFolder folder: String) throws(JournalError) {
    let path = "\(folder)/\(Journal.fileName)"
    guard access(path, F_OK) == 0 else {
      throw JournalError(
        .missing, subject: folder, detail: "holds no run (\(Journal.fileName) is missing)",
        remedy: "give the folder that a run wrote")
    }
    try self.init(path: path, isWritable: false)
  }

  /// Makes sure that the file is a journal of this version.
  func checkFormat(isEmptyAllowed: Bool) throws(JournalError) {
    if isEmptyAllowed, try isEmpty() { return }
    guard try integer("PRAGMA application_id") == Connection.applicationMark else {
      throw JournalError(
        .notAJournal, subject: path, detail: "is a database of another program",
        remedy: "move it away or choose another folder")
    }
    let version = try integer("PRAGMA user_version") ?? 0
    guard version == Journal.formatVersion else {
      throw JournalError(
        .otherVersion, subject: path,
        detail: "is of version \(version), this program reads version \(Journal.formatVersion)",
        remedy: "choose another folder or use the program that wrote it")
    }
  }

  /// Makes sure that the journal is of an experiment.
  func checkIdentity(_ identity: JournalIdentity) throws(JournalError) {
    var found: JournalIdentity?
    try run("SELECT digest, description FROM run") { row in
      found = JournalIdentity(digest: row.text(0), description: row.text(1))
    }
    guard let found else { throw JournalError.damaged(path) }
    guard found.digest != identity.digest else { return }
    let detail =
      if let difference = found.difference(from: identity) {
        "holds another run: '\(difference.own)' there, '\(difference.other)' here"
      } else {
        "holds a run on other data, models or another version of the program"
      }
    throw JournalError(
      .otherExperiment, subject: path, detail: detail, remedy: "choose another folder")
  }

  func payload(evaluation: String, block: Int) throws(JournalError) -> [UInt8]? {
    var payload: [UInt8]?
    try run(
      "SELECT payload FROM blocks WHERE evaluation = ? AND block = ?",
      [.text(evaluation), .integer(block)]
    ) { payload = $0.blob(0) }
    return payload
  }

  /// Adds a block.
  ///
  /// - Returns: One, or zero if the block is there already with the same bytes.
  func insert(_ payload: [UInt8], evaluation: String, block: Int) throws(JournalError) -> Int {
    guard let stored = try self.payload(evaluation: evaluation, block: block) else {
      try run(
        "INSERT INTO blocks VALUES (?, ?, ?)",
        [.text(evaluation), .integer(block), .blob(payload)])
      return 1
    }
    guard stored == payload else {
      throw JournalError(
        .conflictingBlock, subject: path,
        detail: "block \(block) of '\(evaluation)' is stored with another result",
        remedy: "run with the same program on the same machine type, into a new folder")
    }
    return 0
  }

  /// Whether nothing was ever written: a run killed at its very start leaves such a file.
  private func isEmpty() throws(JournalError) -> Bool {
    try integer("SELECT count(*) FROM sqlite_schema") == 0
  }
}

extension JournalError {
  fileprivate static func damaged(_ path: String) -> JournalError {
    JournalError(
      .damaged, subject: path, detail: "is damaged",
      remedy: "remove it, which loses its results, and run again")
  }
}
