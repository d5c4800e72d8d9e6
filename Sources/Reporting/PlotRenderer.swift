// SPDX-License-Identifier: GPL-3.0-or-later

import Records

/// Draws the scripts of ``PlotWriter`` with gnuplot, as SVG and as PNG.
public struct PlotRenderer: Sendable {
  /// The program that is run.
  public let program: String

  /// Creates a renderer.
  ///
  /// - Parameter program: gnuplot's name or path.
  public init(program: String = "gnuplot") { self.program = program }

  /// Draws every script into the folder, beside it: `plots/a.gp` gives `plots/a.svg` and `.png`.
  ///
  /// The user's own settings for gnuplot are not read.
  ///
  /// - Returns: The paths inside the folder that were written.
  /// - Throws: ``PlotError`` if gnuplot is missing or fails; `OutputError`.
  public func draw(_ scripts: [RenderedFile], into folder: String) throws -> [String] {
    var written: [String] = []
    for script in scripts where script.path.hasSuffix(".gp") {
      for format in ["svg", "png"] {
        let path = script.path.dropLast(2) + format
        let picture = try picture(of: script, format: format)
        try AtomicFile.write(picture, to: RenderedFile.place(String(path), in: folder))
        written.append(String(path))
      }
    }
    return written
  }

  /// Asks gnuplot for its version, so that a missing program is known before long work.
  ///
  /// - Throws: ``PlotError`` with code `toolMissing`.
  public func check() throws(PlotError) {
    let run = Subprocess([program, "--version"], input: [], environment: [])
    guard let run, run.status == 0 else { throw missing }
  }

  private var missing: PlotError {
    PlotError(
      code: .toolMissing, subject: program, detail: "cannot be started",
      remedy: "install gnuplot (Debian: gnuplot-nox)")
  }

  /// Draws one script and keeps the picture in memory.
  func picture(of script: RenderedFile, format: String) throws(PlotError) -> [UInt8] {
    let run = Subprocess(
      [program, "-d", "-e", "format='\(format)'", "-"], input: Array(script.text.utf8),
      environment: ["LC_ALL=C.UTF-8"])
    guard let run, run.status != 127 else { throw missing }
    guard run.status == 0, !run.output.isEmpty else {
      let words = String(decoding: run.errors, as: UTF8.self)
        .split(whereSeparator: \.isNewline).suffix(1).joined()
      throw PlotError(
        code: .toolFailed, subject: script.path,
        detail: "gnuplot ended with status \(run.status): \(words)",
        remedy: "run the script with gnuplot by hand")
    }
    return run.output
  }
}
