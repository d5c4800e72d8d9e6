// SPDX-License-Identifier: GPL-3.0-or-later

internal import CTorch

/// A TorchScript module: loaded from a file, or built from source to be saved.
///
/// Running one from several threads is safe as long as nobody assigns to it meanwhile.
public struct ScriptModule: Sendable {
  // Sendable for the reason given at `Tensor.Storage`; the handle is wrapped in one.
  private let owner: Owner

  private final class Owner: Sendable {
    nonisolated(unsafe) let handle: CTorchModuleRef
    init(owning handle: CTorchModuleRef) { self.handle = handle }
    deinit { api.module_release(handle) }
  }

  private init(owning handle: CTorchModuleRef?) {
    guard let handle else { preconditionFailure("libtorch gave no module where one is promised") }
    owner = Owner(owning: handle)
  }

  /// Loads a file that `torch.jit.save` wrote.
  ///
  /// - Throws: ``TorchError`` with code `unreadableModel` or `unknownOperator`.
  public init(contentsOf path: String) throws(TorchError) {
    var loaded: CTorchModuleRef?
    guard api.module_load(path, &loaded) == 0 else { throw Self.loadError(path) }
    self.init(owning: loaded)
  }

  /// Loads the bytes of such a file.
  ///
  /// - Parameters:
  ///   - archive: What ``archive`` gave.
  ///   - subject: What an error names.
  /// - Throws: ``TorchError`` with code `unreadableModel` or `unknownOperator`.
  public init(archive: [UInt8], subject: String) throws(TorchError) {
    var loaded: CTorchModuleRef?
    let status = archive.withUnsafeBytes { memory in
      memory.baseAddress.map { api.module_read($0, memory.count, &loaded) } ?? 1
    }
    guard status == 0 else { throw Self.loadError(subject) }
    self.init(owning: loaded)
  }

  /// The bytes of the file that ``save(to:)`` writes.
  public var archive: [UInt8] {
    final class Copy { var bytes: [UInt8] = [] }
    let copy = Copy()
    let status = withHandle { module in
      api.module_archive(module, Unmanaged.passUnretained(copy).toOpaque()) {
        context, bytes, count in
        guard let context else { return }
        Unmanaged<Copy>.fromOpaque(context).takeUnretainedValue().bytes = [UInt8](
          UnsafeRawBufferPointer(start: bytes, count: count))
      }
    }
    expectSuccess(status, "module_archive")
    return copy.bytes
  }

  /// An empty module of the given class name.
  public init(named name: String) {
    var created: CTorchModuleRef?
    expectSuccess(api.module_create(name, &created), "module_create")
    self.init(owning: created)
  }

  /// A copy with parameters and buffers of its own.
  public var copy: ScriptModule {
    var clone: CTorchModuleRef?
    expectSuccess(withHandle { api.module_clone($0, &clone) }, "module_clone")
    return ScriptModule(owning: clone)
  }

  /// Runs `forward` on one tensor.
  ///
  /// - Throws: ``TorchError`` with code `scriptFailed`, the module's own complaint in `detail`.
  public func forward(_ input: Tensor) throws(TorchError) -> Tensor {
    var output: CTorchTensorRef?
    let status = withHandle { module in
      input.withHandle { api.module_forward(module, $0, &output) }
    }
    guard status == 0 else {
      throw TorchError(
        .scriptFailed, subject: "the script model",
        detail: "an input of shape \(input.shape) is refused: \(Self.complaint)",
        remedy: "check the input shape that the model was made for")
    }
    return Tensor.owned(output)
  }

  /// Puts every submodule into training or evaluation mode.
  public func setTraining(_ training: Bool) {
    expectSuccess(withHandle { api.module_set_training($0, training) }, "module_set_training")
  }

  /// Parameters by dotted name, in the order of the file.
  public var parameters: [(name: String, value: Tensor)] {
    collect(api.module_visit_parameters)
  }

  /// Buffers by dotted name, in the order of the file.
  public var buffers: [(name: String, value: Tensor)] {
    collect(api.module_visit_buffers)
  }

  /// Puts `tensor` itself in the place of a parameter or buffer.
  public func assign(_ tensor: Tensor, to name: String) {
    let status = withHandle { module in
      tensor.withHandle { api.module_assign(module, name, $0) }
    }
    expectSuccess(status, "module_assign")
  }

  /// Adds a parameter or buffer under a dotted name.
  public func add(_ tensor: Tensor, named name: String, isBuffer: Bool = false) {
    let status = withHandle { module in
      tensor.withHandle { api.module_add(module, name, $0, isBuffer) }
    }
    expectSuccess(status, "module_add")
  }

  /// Compiles methods written in TorchScript.
  public func define(_ source: String) {
    expectSuccess(withHandle { api.module_define($0, source) }, "module_define")
  }

  /// Writes an archive that `torch.jit.load` reads.
  ///
  /// - Throws: ``TorchError`` with code `unwritableModel`.
  public func save(to path: String) throws(TorchError) {
    guard withHandle({ api.module_save($0, path) }) == 0 else {
      throw TorchError(
        .unwritableModel, subject: path, detail: lastMessage,
        remedy: "check that the folder exists, is writable and has space")
    }
  }

  /// The operators that `forward` calls, in order, with repeats.
  public var operators: [String] {
    final class Names { var list: [String] = [] }
    let names = Names()
    let status = withHandle { module in
      api.module_visit_operators(module, Unmanaged.passUnretained(names).toOpaque()) {
        context, text in
        guard let context else { return }
        let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
        names.list.append(String(cString: text))
      }
    }
    expectSuccess(status, "module_visit_operators")
    return names.list
  }

  func withHandle<Result>(_ body: (CTorchModuleRef) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) { try body(owner.handle) }
  }

  private typealias Visit = (CTorchModuleRef, UnsafeMutableRawPointer?, CTorchVisitor) -> Int32

  private func collect(_ visit: Visit) -> [(name: String, value: Tensor)] {
    final class Found { var list: [(name: String, value: Tensor)] = [] }
    let found = Found()
    let status = withHandle { module in
      visit(module, Unmanaged.passUnretained(found).toOpaque()) { context, name, tensor in
        guard let context else { return }
        Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().list.append(
          (String(cString: name), Tensor(owning: api.retain(tensor))))
      }
    }
    expectSuccess(status, "module_visit")
    return found.list
  }
}

extension ScriptModule {
  /// The script's own complaint: the last line that libtorch's trace holds.
  private static var complaint: String {
    let lines = String(cString: api.last_error()).split(separator: "\n")
    return lines.last { $0.contains("Error") }.map(String.init) ?? lastMessage
  }

  private static func loadError(_ path: String) -> TorchError {
    let message = String(cString: api.last_error())
    if let range = message.firstRange(of: "Unknown builtin op: ") {
      let name = message[range.upperBound...].prefix { $0 != "." && !$0.isWhitespace }
      return TorchError(
        .unknownOperator, subject: path,
        detail: "it calls the operator '\(name)', which libtorch \(TorchLibrary.version) lacks",
        remedy: "build against a newer libtorch with LIBTORCH=/path, or export the model without it"
      )
    }
    return TorchError(
      .unreadableModel, subject: path, detail: "it is no TorchScript archive: \(lastMessage)",
      remedy: "save it with torch.jit.save(torch.jit.script(model), path)")
  }
}
