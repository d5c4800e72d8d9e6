// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Journal

// Writes blocks into the journal of the folder given until it is killed. Block b holds b + 1 bytes of
// value b (modulo 256); once a block is stored, its index is printed.

func say(_ line: String) {
  _ = write(STDOUT_FILENO, "\(line)\n", line.utf8.count + 1)
}

do {
  let journal = try Journal.open(
    inFolder: CommandLine.arguments[1],
    identity: JournalIdentity(digest: "test", description: "test"))
  var block = 0
  while true {
    let payload = [UInt8](repeating: UInt8(block % 256), count: block + 1)
    try journal.record(payload, evaluation: "writer", block: block)
    say("\(block)")
    block += 1
  }
} catch {
  say("\(error)")
  exit(1)
}
