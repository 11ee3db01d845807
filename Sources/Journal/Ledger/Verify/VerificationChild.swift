import Platform

/// The body of the process that verifies, and the ear of the one that started it.
///
/// The child writes lines to a pipe; should damaged pages kill it, what it said before stands and
/// the parent adds how it ended.
public enum VerificationChild {
  /// Verifies and writes `VerificationLine`s to an open descriptor, each with its line feed.
  ///
  /// - Returns: the exit code: 0 where everything is sound, 1 where something was found.
  public static func run(
    data: String, options: Verifier.Options = Verifier.Options(), to pipe: consuming Descriptor
  ) -> Int32 {
    let pipe = LinePipe(pipe)
    var report = VerificationReport()
    Verifier(data: data, options: options).run { line in
      report.hear(line)
      pipe.write(line)
    }
    return report.isSound ? 0 : 1
  }

  /// Puts the report together from what the child wrote.
  ///
  /// - Parameter signal: what killed the child, if a signal did.
  public static func report(from bytes: [UInt8], signal: Int32?) -> VerificationReport {
    var report = VerificationReport()
    // A last line without its line feed was cut off with the process.
    let whole = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0)]
    for text in String(decoding: whole, as: UTF8.self).split(separator: "\n") {
      if let line = VerificationLine(text) { report.hear(line) }
    }
    report.hearEnd(signal: signal)
    return report
  }

  /// A descriptor that lines are written to until that fails: then nobody listens any more.
  private final class LinePipe {
    private let descriptor: Descriptor
    private var isOpen = true

    init(_ descriptor: consuming Descriptor) {
      self.descriptor = descriptor
    }

    func write(_ line: VerificationLine) {
      guard isOpen else { return }
      do { try descriptor.write(Array((line.text + "\n").utf8)) } catch { isOpen = false }
    }
  }
}
