import TestKit
import Testing

@testable import IMAP

/// Conversations with a whole server, as `Tests/Transcripts/imap` writes them down.
@Suite struct TranscriptTests {
  @Test(arguments: TranscriptFiles.paths(in: "imap"))
  func `the server speaks as written`(_ path: String) async throws {
    let transcript = try TranscriptFiles.load(path)
    // Transcripts that start TLS are about connections that allow no password without it.
    let isStrict = path.contains("starttls")
    try await Cell.run(plainInClear: !isStrict) { cell in
      try await transcript.run(at: path) { _ in try await cell.connect() }
    }
  }
}
