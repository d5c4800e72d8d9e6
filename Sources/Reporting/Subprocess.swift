// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Runs a program and keeps what it writes.
///
/// Foundation's own way needs all of Foundation, which costs start-up time; this needs the C library.
struct Subprocess {
  let status: Int32
  let output: [UInt8]
  let errors: [UInt8]

  /// Runs a program, found along the search path, until it ends; nil if it cannot be started.
  ///
  /// All streams are unnamed temporary files, so that none can fill up and block the program.
  ///
  /// - Parameters:
  ///   - arguments: The program and its arguments.
  ///   - input: What the program reads on standard input.
  ///   - environment: Lines such as `LC_ALL=C`; the program sees no others.
  init?(_ arguments: [String], input: [UInt8], environment: [String]) {
    let streams = (0..<3).compactMap { _ in tmpfile() }
    defer { for stream in streams { fclose(stream) } }
    let files = streams.map { fileno($0) }
    guard files.count == 3, Subprocess.fill(files[0], with: input) else { return nil }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
    }
    var child: pid_t = 0
    let started = Subprocess.withCStrings(arguments) { argv in
      Subprocess.withCStrings(environment) { envp in
        posix_spawnp(&child, arguments[0], &actions, nil, argv, envp)
      }
    }
    guard started == 0 else { return nil }
    var state: Int32 = 0
    while waitpid(child, &state, 0) < 0 {
      guard errno == EINTR else { return nil }
    }
    let signal = state & 0x7F
    status = signal == 0 ? (state >> 8) & 0xFF : 128 + signal
    output = Subprocess.contents(of: files[1])
    errors = Subprocess.contents(of: files[2])
  }

  private static func fill(_ file: Int32, with bytes: [UInt8]) -> Bool {
    let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    return written == bytes.count && lseek(file, 0, SEEK_SET) == 0
  }

  private static func contents(of file: Int32) -> [UInt8] {
    let size = lseek(file, 0, SEEK_END)
    guard size > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress, size, 0))
    }
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}
