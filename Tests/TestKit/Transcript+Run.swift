import Testing

extension Transcript {
  /// Plays the clients' side against a server and records an issue at the first difference.
  ///
  /// `open` connects session 1, 2, ... when its first step comes. Every session is closed at the
  /// end. With `DAYBOOK_RECORD` in the environment a line that differs is not an issue: it is
  /// written into the file `path`, and the diff is the review.
  public func run(
    at path: String? = nil, open: (Int) async throws -> any TranscriptPeer
  ) async throws {
    var peers: [Int: any TranscriptPeer] = [:]
    var said: [Int: [UInt8]] = [:]
    for step in steps {
      let peer: any TranscriptPeer
      if let known = peers[step.session] {
        peer = known
      } else {
        peer = try await open(step.session)
        peers[step.session] = peer
      }
      guard let difference = try await play(step, on: peer) else { continue }
      if let line = difference.line, TranscriptFiles.isRecording {
        said[step.line] = line
        continue
      }
      Issue.record("\(name):\(step.line): \(difference.text)\n  (\(why))")
      break
    }
    for peer in peers.values { await peer.close() }
    if let path, !said.isEmpty { try TranscriptFiles.rewrite(path, lines: said) }
  }

  private struct Difference {
    var text: String
    var line: [UInt8]?
  }

  private func play(_ step: Step, on peer: any TranscriptPeer) async throws -> Difference? {
    switch step.action {
    case .send(let octets):
      try await peer.send(octets)
    case .act(let word):
      try await peer.act(word)
    case .hangUp:
      await peer.close()
    case .expect(let pattern):
      guard let line = try await peer.receiveLine() else {
        return Difference(text: "the server hung up, expected: \(pattern)", line: nil)
      }
      guard !pattern.matches(line) else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      return Difference(text: "got: \(text)\n  expected: \(pattern)", line: line)
    case .expectEnd:
      guard let line = try await peer.receiveLine() else { return nil }
      let text = String(decoding: line, as: UTF8.self)
      return Difference(text: "got: \(text)\n  expected the server to hang up", line: nil)
    }
    return nil
  }
}
