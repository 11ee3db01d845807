import CPlatform
import Synchronization

/// One line for the operator, on standard error: `level=warning event=disk_full free=0`.
///
/// Lines carry no personal data: no addresses, names, subjects or client IPs. Facts go to the
/// journal; this tells only how the process fares.
public struct Diagnostics: Sendable {
  /// How much a line matters.
  public enum Level: Int, Comparable, Sendable, CaseIterable {
    case debug, info, warning, error

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// The least level that is written, shared by all copies.
  private final class Threshold: Sendable {
    let least: Atomic<Int>

    init(_ level: Level) { least = Atomic(level.rawValue) }
  }

  private let threshold: Threshold
  private let sink: @Sendable ([UInt8]) -> Void

  /// Writes lines of level `least` and above to `sink`, which gets each with its line feed.
  public init(
    least: Level = .info, sink: @escaping @Sendable ([UInt8]) -> Void = Diagnostics.standardError
  ) {
    threshold = Threshold(least)
    self.sink = sink
  }

  /// Writes nothing.
  public static let none = Diagnostics(least: .error, sink: { _ in })

  /// Whether a line of `level` would be written, for those that cost something to make.
  public func writes(_ level: Level) -> Bool {
    level.rawValue >= threshold.least.load(ordering: .relaxed)
  }

  /// From now on this value and all copies of it write lines of `level` and above.
  public func write(from level: Level) {
    threshold.least.store(level.rawValue, ordering: .relaxed)
  }

  /// Writes one line. `event` and the keys are lower-case words with underscores.
  public func log(_ level: Level, _ event: String, _ fields: [(String, String)] = []) {
    guard writes(level) else { return }
    var line = [UInt8]("level=\(level) event=\(event)".utf8)
    for (key, value) in fields {
      line.append(UInt8(ascii: " "))
      line.append(contentsOf: key.utf8)
      line.append(UInt8(ascii: "="))
      Self.append(value, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
    sink(line)
  }

  /// Whole lines to descriptor 2. An error is let go: there is nowhere left to report it.
  public static let standardError: @Sendable ([UInt8]) -> Void = { line in
    _ = daybook_write(2, line, line.count)
  }

  /// Bare where nothing in it could be misread, else in quotes with `\` before `"`, `\` and with
  /// control characters as `\xHH`, so that a value never breaks the line.
  private static func append(_ value: String, to line: inout [UInt8]) {
    let isBare =
      !value.isEmpty
      && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c && $0 != 0x7f }
    if isBare { return line.append(contentsOf: value.utf8) }
    line.append(UInt8(ascii: "\""))
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): line.append(contentsOf: [0x5c, byte])
      case 0..<0x20, 0x7f:
        line.append(contentsOf: [0x5c, 0x78, Hex.character(byte >> 4), Hex.character(byte)])
      default: line.append(byte)
      }
    }
    line.append(UInt8(ascii: "\""))
  }
}
