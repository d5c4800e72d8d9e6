// SPDX-License-Identifier: GPL-3.0-or-later

extension YAMLNode {
  /// Reads one document of YAML 1.1.
  ///
  /// Anchors, aliases, merge keys, tags and keys that are no texts are refused: an experiment file
  /// needs none of them, and they are how a short file becomes an endless one.
  ///
  /// - Parameters:
  ///   - bytes: The file's content, UTF-8.
  ///   - file: The file's name in errors.
  ///   - limits: How much the file may ask for.
  /// - Returns: The document's value; a null scalar if there is none.
  /// - Throws: ``YAMLError`` with the line of the first fault.
  /// - Complexity: O(n) time and memory, n at most the limits' bytes.
  public static func parse(
    _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> YAMLNode {
    guard bytes.count <= limits.bytes else {
      throw YAMLError(
        .tooLong, file: file, mark: YAMLMark(line: 1, column: 1),
        detail: "\(bytes.count) bytes are more than \(limits.bytes)",
        remedy: "give an experiment file, not data")
    }
    return try bytes.withUnsafeBufferPointer { buffer throws(YAMLError) -> YAMLNode in
      // Told that the text is UTF-8, libyaml takes the mark of byte order for a letter.
      let start = buffer.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      let text = UnsafeBufferPointer(rebasing: buffer[start...])
      var builder = YAMLBuilder(text: text, file: file, limits: limits)
      return try builder.document()
    }
  }
}

/// Turns events into nodes and holds them against the limits.
private struct YAMLBuilder: ~Copyable {
  private let events: YAMLEvents
  private let file: String
  private let limits: YAMLLimits
  private var values = 0

  init(text: UnsafeBufferPointer<UInt8>, file: String, limits: YAMLLimits) {
    events = YAMLEvents(text: text, file: file)
    self.file = file
    self.limits = limits
  }

  mutating func document() throws(YAMLError) -> YAMLNode {
    var root: YAMLNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .streamEnd:
        return root ?? YAMLNode(.scalar(text: "", isQuoted: false), at: event.mark)
      case .documentStart:
        guard root == nil else {
          throw error(
            .severalDocuments, event.mark, "a second document begins", "keep one document")
        }
        root = try node(from: try events.next(), depth: 0)
      default: continue
      }
    }
  }

  private mutating func node(
    from event: YAMLEvent, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    try check(event, depth: depth)
    switch event.kind {
    case .scalar(let text, let isQuoted):
      return YAMLNode(.scalar(text: text, isQuoted: isQuoted), at: event.mark)
    case .sequenceStart: return try sequence(at: event.mark, depth: depth + 1)
    case .mappingStart: return try mapping(at: event.mark, depth: depth + 1)
    case .alias, .end, .documentStart, .streamEnd, .other:
      preconditionFailure("libyaml reports a value here, and aliases are refused")
    }
  }

  private mutating func sequence(
    at mark: YAMLMark, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    var items: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .end = event.kind { return YAMLNode(.sequence(items), at: mark) }
      items.append(try node(from: event, depth: depth))
    }
  }

  private mutating func mapping(
    at mark: YAMLMark, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    var entries: [YAMLEntry] = []
    var lines: [String: Int] = [:]
    while true {
      let event = try events.next()
      if case .end = event.kind { return YAMLNode(.mapping(entries), at: mark) }
      let key = try self.key(from: event, depth: depth)
      if let line = lines.updateValue(event.mark.line, forKey: key) {
        throw error(
          .duplicateKey, event.mark, "key '\(key)' is already on line \(line)",
          "keep one of them")
      }
      let value = try node(from: try events.next(), depth: depth)
      entries.append(YAMLEntry(key: key, at: event.mark, value: value))
    }
  }

  private mutating func key(from event: YAMLEvent, depth: Int) throws(YAMLError) -> String {
    try check(event, depth: depth)
    guard case .scalar(let text, let isQuoted) = event.kind else {
      throw error(
        .keyNotText, event.mark, "a key is a list or a mapping", "write a word before the colon")
    }
    guard isQuoted || text != "<<" else { throw anchorError(at: event.mark) }
    return text
  }

  private mutating func check(_ event: YAMLEvent, depth: Int) throws(YAMLError) {
    if case .alias = event.kind { throw anchorError(at: event.mark) }
    guard !event.hasAnchor else { throw anchorError(at: event.mark) }
    guard !event.hasTag else {
      throw error(.tag, event.mark, "tags are not supported", "leave out what begins with '!'")
    }
    values += 1
    guard values <= limits.values else {
      throw error(
        .tooManyValues, event.mark, "more than \(limits.values) values",
        "give an experiment file, not data")
    }
    guard !event.opensLevel || depth < limits.depth else {
      throw error(
        .tooDeep, event.mark, "nested deeper than \(limits.depth) levels",
        "give an experiment file, not data")
    }
  }

  private func anchorError(at mark: YAMLMark) -> YAMLError {
    error(
      .anchor, mark, "anchors, aliases and merge keys are not supported", "write the value out")
  }

  private func error(
    _ code: YAMLError.Code, _ mark: YAMLMark, _ detail: String, _ remedy: String
  ) -> YAMLError {
    YAMLError(code, file: file, mark: mark, detail: detail, remedy: remedy)
  }
}
