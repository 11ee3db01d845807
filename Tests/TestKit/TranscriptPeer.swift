/// The client's end of one session of a transcript.
public protocol TranscriptPeer {
  /// Sends these octets in one piece.
  func send(_ octets: [UInt8]) async throws
  /// The server's next line without its CRLF, or nil once it has hung up.
  func receiveLine() async throws -> [UInt8]?
  /// Does what `C! word` asks for.
  func act(_ word: String) async throws
  /// Hangs up.
  func close() async
}
