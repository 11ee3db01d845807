import State
import TestKit
import Testing

@Suite struct TranscriptTests {
  @Test func thereAreTranscripts() { check(TranscriptFiles.paths(in: "pop").count > 10, "found") }

  @Test(arguments: TranscriptFiles.paths(in: "pop"))
  func conversationsGoAsWritten(path: String) async throws {
    let transcript = try TranscriptFiles.load(path)
    try await POPCell.run { cell in
      try await cell.fill()
      if path.hasSuffix("clear-allowed.txt") {
        try await cell.set(.domain(cell.domain), "authentication.plain_without_tls", "on")
      }
      if path.hasSuffix("service-off.txt") {
        try await cell.set(.user(cell.user), "service.pop", "off")
      }
      if path.hasSuffix("bad-commands.txt") {
        try await cell.set(.system, "connection.bad_commands", "4")
      }
      try await transcript.run(at: path) { _ in try await cell.connect() }
    }
  }
}
