// SPDX-License-Identifier: GPL-3.0-or-later

import CYAML

/// What libyaml's parser reports, as Swift values.
struct YAMLEvent {
  enum Kind {
    case scalar(text: String, isQuoted: Bool)
    case alias
    case sequenceStart
    case mappingStart
    case end
    case documentStart
    case streamEnd
    /// The start of the stream and the end of a document.
    case other
  }

  let kind: Kind
  let mark: YAMLMark
  var hasAnchor = false
  var hasTag = false

  /// Whether values follow that lie one level deeper.
  var opensLevel: Bool {
    switch kind {
    case .sequenceStart, .mappingStart: true
    case .scalar, .alias, .end, .documentStart, .streamEnd, .other: false
    }
  }
}

/// Owns a parser of libyaml while a text is read.
struct YAMLEvents: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeBufferPointer<UInt8>
  private let file: String

  /// Begins to read; `text` must outlive the value.
  init(text: UnsafeBufferPointer<UInt8>, file: String) {
    parser = .allocate(capacity: 1)
    self.text = text
    self.file = file
    let status = yaml_parser_initialize(parser)
    precondition(status == 1, "out of memory")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// The next event.
  ///
  /// - Throws: ``YAMLError`` with code `syntax` or `encoding`.
  func next() throws(YAMLError) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
    defer { yaml_event_delete(&event) }
    return YAMLEvents.value(of: event)
  }

  private static func value(of event: yaml_event_t) -> YAMLEvent {
    let mark = YAMLMark(event.start_mark)
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
      return YAMLEvent(
        kind: .scalar(text: String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted),
        mark: mark, hasAnchor: scalar.anchor != nil, hasTag: scalar.tag != nil)
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      return YAMLEvent(
        kind: .sequenceStart, mark: mark, hasAnchor: start.anchor != nil,
        hasTag: start.tag != nil)
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      return YAMLEvent(
        kind: .mappingStart, mark: mark, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
    case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, mark: mark)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .end, mark: mark)
    case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
    case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, mark: mark)
    default: return YAMLEvent(kind: .other, mark: mark)
    }
  }

  private var failure: YAMLError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "not YAML"
    if state.error == YAML_READER_ERROR {
      // The reader knows only how many bytes it has passed.
      let before = text.prefix(state.problem_offset)
      let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      return YAMLError(
        .encoding, file: file, mark: YAMLMark(line: line, column: 1), detail: problem,
        remedy: "save the file as UTF-8 text")
    }
    return YAMLError(
      .syntax, file: file, mark: YAMLMark(state.problem_mark), detail: problem,
      remedy: "check indentation, colons and quotes there")
  }
}

extension YAMLMark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: mark.line + 1, column: mark.column + 1)
  }
}
