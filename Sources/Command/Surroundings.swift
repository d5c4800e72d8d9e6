// SPDX-License-Identifier: GPL-3.0-or-later

import CGlibc
import Glibc

/// What the program finds around it: the one place where environment and machine are read.
public struct Surroundings: Sendable, Hashable {
  /// The cores that this process may use.
  public var cores: Int
  /// The columns of the terminal behind standard error, or nil if there is none that can be drawn on.
  public var terminalColumns: Int?
  /// Whether colours are welcome.
  public var hasColor: Bool
  /// The folder in which finished models are kept, or nil if there is no place for one.
  public var cache: String?
  /// Whether a runner of GitHub reads the messages.
  public var isGitHubAction: Bool

  /// Creates surroundings.
  public init(
    cores: Int, terminalColumns: Int? = nil, hasColor: Bool = false, cache: String? = nil,
    isGitHubAction: Bool = false
  ) {
    self.cores = cores
    self.terminalColumns = terminalColumns
    self.hasColor = hasColor
    self.cache = cache
    self.isGitHubAction = isGitHubAction
  }

  /// Reads the surroundings of this process.
  public static var current: Surroundings {
    Surroundings(
      cores: usableCores, columns: terminalColumns,
      environment: { name in getenv(name).map { String(cString: $0) } })
  }

  /// Judges what was found.
  ///
  /// - Parameters:
  ///   - cores: The cores that this process may use.
  ///   - columns: The columns of the terminal behind standard error, or nil if it is none.
  ///   - environment: The value of a variable.
  init(cores: Int, columns: Int?, environment: (String) -> String?) {
    func stated(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    let isServed = !["false", "0", nil].contains(stated("CI"))
    self.cores = cores
    terminalColumns = isServed || stated("TERM") == "dumb" ? nil : columns
    hasColor = terminalColumns != nil && stated("NO_COLOR") == nil
    // Paths that are not absolute are to be ignored, says the XDG base directory specification.
    let base =
      stated("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
      ?? stated("HOME").map { "\($0)/.cache" }
    isGitHubAction = stated("GITHUB_ACTIONS") == "true"
    cache = base.map { "\($0)/robust-eval" }
  }

  /// The cores of the affinity mask, which a scheduler may have narrowed.
  private static var usableCores: Int {
    var set = cpu_set_t()
    guard sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return 1 }
    return max(1, withUnsafeBytes(of: set) { $0.reduce(0) { $0 + $1.nonzeroBitCount } })
  }

  private static var terminalColumns: Int? {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }
}
