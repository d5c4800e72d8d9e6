// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch
internal import Glibc

/// The shared library behind every tensor.
public enum TorchLibrary {
  /// Opens libtorch now, so that a missing library is an error and not a trap later.
  ///
  /// - Throws: ``TorchError`` with code `libraryMissing`.
  public static func load() throws(TorchError) {
    if case .failure(let error) = opened { throw error }
  }

  /// libtorch's version.
  public static var version: String { String(cString: api.library_version()) }

  /// How libtorch was built: kernels, BLAS, instruction set.
  public static var configuration: String { String(cString: api.configuration()) }

  /// Whether an NVIDIA device can be used.
  public static var hasCUDA: Bool { api.has_cuda() }

  /// Tensors alive in Swift, for tests against leaks.
  public static var liveTensors: Int { Int(api.live_tensors()) }

  /// Limits the threads of operators called on the current thread.
  ///
  /// Workers each take one; more would compete for the same cores.
  public static func limitThreads(to count: Int) {
    api.set_threads(Int32(count))
  }

  /// How many threads operators may use that are called on the current thread.
  public static var threads: Int { Int(api.threads()) }

  /// Runs some work whose operators may use several threads; the limit of other threads stays as it is.
  ///
  /// Teams of another size add in another order, so that answers differ by rounding.
  ///
  /// - Parameters:
  ///   - count: The size of the team.
  ///   - work: What is done on the current thread.
  /// - Returns: What the work returns; nil, and it is not done, where libtorch has no such teams.
  /// - Throws: What the work throws.
  public static func withTeam<Result>(
    of count: Int, _ work: () throws -> Result
  ) rethrows -> Result? {
    let before = api.threads()
    defer { api.set_team(before) }
    api.set_team(Int32(count))
    return threads == count ? try work() : nil
  }

  // Set once and never written again; the table it points to is constant.
  nonisolated(unsafe) static let opened: Result<UnsafePointer<CTorchAPI>, TorchError> = {
    // The library lies beside the program, or in `lib` beside `bin` after an installation.
    typealias Open =
      @convention(c) (
        UnsafePointer<CChar>, UnsafeMutablePointer<UnsafePointer<CChar>?>
      ) -> UnsafePointer<CTorchAPI>?
    let marker = unsafeBitCast(ctorch_open as Open, to: UnsafeRawPointer.self)
    let image = ctorch_image_path(marker).map { String(cString: $0) } ?? ""
    // A program that the shell found by its name has no path but this one.
    let folder = realFolder(of: image.contains("/") ? image : "/proc/self/exe")
    let places = ["\(folder)/libTorchBridge.so", "\(folder)/../lib/libTorchBridge.so"]
    let path = places.first { access($0, R_OK) == 0 } ?? places[0]
    var message: UnsafePointer<CChar>?
    if let table = ctorch_open(path, &message) { return .success(table) }
    return .failure(
      TorchError(
        .libraryMissing, subject: path,
        detail: message.map { String(cString: $0) } ?? "it cannot be opened",
        remedy: "build the whole package with `make build`"))
  }()

  /// The table of functions; stops the program where libtorch cannot be opened.
  static let api: CTorchAPI = {
    switch opened {
    case .success(let table): return table.pointee
    case .failure(let error): preconditionFailure("\(error.subject): \(error.detail)")
    }
  }()

  private static func realFolder(of path: String) -> String {
    guard let resolved = realpath(path, nil) else { return "." }
    defer { free(resolved) }
    let text = String(cString: resolved)
    return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
  }
}

var api: CTorchAPI { TorchLibrary.api }

/// libtorch's message for the last failing call on this thread, its first line.
var lastMessage: String {
  let text = String(cString: api.last_error())
  return text.split(separator: "\n").first.map(String.init) ?? text
}

/// Stops on a status that only a bug of ours can cause, with libtorch's message.
func expectSuccess(_ status: Int32, _ what: StaticString) {
  guard status != 0 else { return }
  // An optimised build leaves out the message of a failed precondition.
  let message = "\(what): \(String(cString: api.last_error()))\n"
  _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  preconditionFailure("libtorch refused a call that is always right")
}
