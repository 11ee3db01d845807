import TestKit
import Testing

/// Conversations with a whole server, as `Tests/Transcripts/smtp` writes them down.
@Suite struct TranscriptTests {
  @Test func `There are transcripts`() { check(TranscriptFiles.paths(in: "smtp").count > 12, "") }

  @Test(arguments: TranscriptFiles.paths(in: "smtp"))
  func `The server speaks as written`(path: String) async throws {
    let transcript = try TranscriptFiles.load(path)
    try await SMTPCell.run { cell in
      try await transcript.run(at: path) { _ in SMTPClient(cell) }
    }
  }
}
