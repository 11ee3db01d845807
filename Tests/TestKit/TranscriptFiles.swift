import Glibc

/// The transcripts under `Tests/Transcripts`.
public enum TranscriptFiles {
  /// Whether `DAYBOOK_RECORD` asks to rewrite what servers say.
  public static var isRecording: Bool { getenv("DAYBOOK_RECORD") != nil }

  /// The paths of the `.txt` files in `Tests/Transcripts/<folder>`, sorted.
  public static func paths(in folder: String, test: String = #filePath) -> [String] {
    let root = test.split(separator: "/").dropLast(2).joined(separator: "/")
    return RepositoryFiles.list("/\(root)/Transcripts/\(folder)")
      .filter { $0.hasSuffix(".txt") }
  }

  /// Reads and parses the transcript at `path`.
  public static func load(_ path: String) throws -> Transcript {
    let name = path.split(separator: "/").suffix(2).joined(separator: "/")
    return try Transcript(
      name: name, text: String(decoding: RepositoryFiles.read(path), as: UTF8.self))
  }

  /// Puts what the server said in place of the `S:` text of the given lines (from 1).
  static func rewrite(_ path: String, lines said: [Int: [UInt8]]) throws {
    let text = String(decoding: try RepositoryFiles.read(path), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (number, octets) in said {
      let mark = lines[number - 1].prefix { $0 != ":" }
      lines[number - 1] = "\(mark): \(notation(of: octets))"
    }
    try RepositoryFiles.write(path, Array(lines.joined(separator: "\n").utf8))
  }

  private static func notation(of octets: [UInt8]) -> String {
    var text: [UInt8] = []
    for (index, byte) in octets.enumerated() {
      switch byte {
      case UInt8(ascii: "*") where index > 0: text += Array("<0x2A>".utf8)
      case 0..<32, 127: text += Array("<0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))>".utf8)
      default: text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
