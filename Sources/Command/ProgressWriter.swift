// SPDX-License-Identifier: GPL-3.0-or-later

import Records
import Synchronization

/// Shows progress: a bar on a terminal, now and then a line anywhere else, or notices alone.
///
/// May be called from several threads; a stage never goes back.
final class ProgressWriter: Sendable {
  /// How progress is shown.
  enum Style: Sendable, Hashable {
    /// One line that is drawn again and again.
    case bar(columns: Int, hasColor: Bool)
    /// A line every ten seconds and at the end of a stage.
    case lines
    /// Notices alone.
    case notices

    /// The least time between two updates, in seconds.
    var interval: Double {
      switch self {
      case .bar: 0.1
      case .lines: 10
      case .notices: .infinity
      }
    }
  }

  private struct Stage {
    var progress: StageProgress
    let startDone: Int
    let startTime: Double
  }

  private struct State {
    var stages: [String: Stage] = [:]
    var lastTime: Double?
    var isBarDrawn = false
  }

  private let style: Style
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private let state = Mutex(State())

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - style: How progress is shown.
  ///   - now: Seconds since any fixed moment.
  ///   - write: Takes the text.
  init(
    style: Style, now: @escaping @Sendable () -> Double,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.now = now
    self.write = write
  }

  /// Shows an event, or leaves it for later if another was shown a moment ago.
  func report(_ event: ProgressEvent) {
    state.withLock { state in
      switch event {
      case .notice(let text): write("\(takeAwayBar(&state))\(ErrorLine.clean(text))\n")
      case .advanced(let progress): advance(progress, &state)
      }
    }
  }

  /// Takes away what is drawn, so that something else can be written.
  func finish() {
    state.withLock { state in
      let text = takeAwayBar(&state)
      if !text.isEmpty { write(text) }
    }
  }

  private func advance(_ progress: StageProgress, _ state: inout State) {
    guard style != .notices else { return }
    let time = now()
    var stage =
      state.stages[progress.stage]
      ?? Stage(progress: progress, startDone: progress.done, startTime: time)
    if state.stages[progress.stage] != nil {
      guard progress.done > stage.progress.done else { return }
      stage.progress = progress
    }
    state.stages[progress.stage] = stage
    if progress.done >= progress.total {
      write("\(takeAwayBar(&state))\(summary(stage, at: time))\n")
      state.lastTime = time
      return
    }
    // The first line comes when there is a rate to show; a bar comes at once.
    if state.lastTime == nil, style == .lines { state.lastTime = time }
    guard state.lastTime.map({ time - $0 >= style.interval }) ?? true else { return }
    state.lastTime = time
    switch style {
    case .bar(let columns, let hasColor):
      state.isBarDrawn = true
      write(bar(stage, at: time, columns: columns, hasColor: hasColor))
    case .lines: write("\(line(stage, at: time))\n")
    case .notices: break
    }
  }

  private func takeAwayBar(_ state: inout State) -> String {
    defer { state.isBarDrawn = false }
    return state.isBarDrawn ? "\r\u{1B}[K" : ""
  }
}

extension ProgressWriter {
  private func summary(_ stage: Stage, at time: Double) -> String {
    let progress = stage.progress
    let done = "\(ErrorLine.clean(progress.stage)): \(progress.total) \(progress.unit)"
    return stage.startDone >= progress.total
      ? "\(done), all there already" : "\(done) in \(ProgressWriter.span(time - stage.startTime))"
  }

  private func line(_ stage: Stage, at time: Double) -> String {
    "\(ErrorLine.clean(stage.progress.stage)): \(figures(stage, at: time))"
  }

  private func bar(_ stage: Stage, at time: Double, columns: Int, hasColor: Bool) -> String {
    let progress = stage.progress
    let width = 20
    let full = width * progress.done / max(1, progress.total)
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: width - full)
    let name = ErrorLine.clean(progress.stage)
    let text = "\(name) [\(bar)] \(figures(stage, at: time))".prefix(max(0, columns - 1))
    guard hasColor, text.count > name.count else { return "\r\(text)\u{1B}[K" }
    return "\r\u{1B}[1m\(name)\u{1B}[0m\(text.dropFirst(name.count))\u{1B}[K"
  }

  private func figures(_ stage: Stage, at time: Double) -> String {
    let progress = stage.progress
    let counted = "\(progress.done)/\(progress.total) \(progress.unit)"
    let rate = Double(progress.done - stage.startDone) / (time - stage.startTime)
    guard rate.isFinite, rate > 0 else { return counted }
    let left = Double(progress.total - progress.done) / rate
    return "\(counted), \(ProgressWriter.short(rate))/s, \(ProgressWriter.span(left)) left"
  }

  /// A rate with three digits, or all of its whole ones.
  static func short(_ rate: Double) -> String {
    if rate >= 100 { return String(Int(min(rate, 1e15).rounded())) }
    return String((rate * (rate >= 10 ? 10 : 100)).rounded() / (rate >= 10 ? 10 : 100))
  }

  /// A span of time in its two largest units.
  static func span(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded(.up))
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    default: return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
  }
}
