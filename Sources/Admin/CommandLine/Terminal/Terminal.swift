import Control
import Glibc

/// The standard streams of the process, and whether a person looks at them.
public struct Terminal: Sendable {
  /// Whether answers are printed as one JSON object per line.
  let isJSON: Bool
  let isInteractive = isatty(STDERR_FILENO) == 1

  init(json: Bool) { isJSON = json }

  /// Prints an answer's rows: a table for people, a line of JSON each for scripts.
  func show(_ rows: [Row]) {
    if isJSON {
      for row in rows { say(row.json) }
    } else {
      Table(rows).lines.forEach(say)
    }
  }

  /// Prints one row as it comes: a line of JSON, or `name  value` lines.
  func show(_ row: Row) {
    if isJSON { return say(row.json) }
    let width = row.names.map(\.count).max() ?? 0
    for (name, value) in zip(row.names, row.values) {
      say("\(name)\(String(repeating: " ", count: width - name.count))  \(value.cell)")
    }
  }

  func show(_ cells: KeyValuePairs<String, Row.Value>) { show(Row(cells)) }

  /// A line on standard output.
  func say(_ line: String) { Terminal.write(line + "\n", to: STDOUT_FILENO) }

  /// Octets on standard output, as they are.
  func print(_ octets: [UInt8]) { Terminal.write(octets[...], to: STDOUT_FILENO) }

  /// A line on standard error.
  func warn(_ line: String) { Terminal.write(line + "\n", to: STDERR_FILENO) }

  /// Text on standard error without a line end, for progress bars.
  func draw(_ text: String) { Terminal.write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8)[...], to: descriptor)
  }

  private static func write(_ octets: ArraySlice<UInt8>, to descriptor: Int32) {
    var rest = octets
    while !rest.isEmpty {
      let done = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      // A closed pipe or a full disk behind it: nobody reads on, and nobody can be told.
      guard done > 0 else { return }
      rest = rest.dropFirst(done)
    }
  }
}
