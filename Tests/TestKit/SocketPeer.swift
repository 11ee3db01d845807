import Glibc
import Synchronization

/// A client on a socket, such as one end of a socket pair, for transcripts.
///
/// Each blocking call runs on a thread of its own, so that a waiting client never holds a thread
/// that a server's tasks could need.
public final class SocketPeer: TranscriptPeer, Sendable {
  /// The server said nothing for so long that the test would hang.
  public struct Silence: Error, CustomStringConvertible {
    public var description: String
  }

  private struct Input {
    var socket: Int32
    var buffered: [UInt8] = []
    var ended = false
  }

  private let input: Mutex<Input>
  private let patienceSeconds: Int

  /// Takes over `socket`; a wait for a line ends with an error after `patienceSeconds`.
  public init(socket: Int32, patienceSeconds: Int = 20) {
    input = Mutex(Input(socket: socket))
    self.patienceSeconds = patienceSeconds
    var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    input.withLock { state in
      if state.socket >= 0 { _ = Glibc.close(state.socket) }
    }
  }

  /// Two connected sockets: one for the server, one for a peer.
  public static func pair() -> (server: Int32, client: Int32) {
    var ends: [Int32] = [-1, -1]
    let result = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    precondition(result == 0, "no socket pair")
    return (ends[0], ends[1])
  }

  public func send(_ octets: [UInt8]) async throws {
    await Blocking.run {
      self.input.withLock { state in
        var sent = 0
        while sent < octets.count {
          let count = octets.withUnsafeBytes {
            Glibc.send(
              state.socket, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
          }
          // A server that has hung up shows itself at the next line that is expected.
          if count <= 0 { return }
          sent += count
        }
      }
    }
  }

  public func receiveLine() async throws -> [UInt8]? {
    let line: Result<[UInt8]?, Silence> = await Blocking.run {
      self.input.withLock { self.nextLine(&$0) }
    }
    return try line.get()
  }

  public func act(_ word: String) async throws {
    throw Silence(description: "a plain socket cannot \(word)")
  }

  public func close() async {
    input.withLock { state in
      if state.socket >= 0 { _ = Glibc.close(state.socket) }
      state.socket = -1
      state.ended = true
    }
  }

  private func nextLine(_ state: inout Input) -> Result<[UInt8]?, Silence> {
    while true {
      if let end = state.buffered.firstIndex(of: 10) {
        var line = Array(state.buffered[..<end])
        state.buffered.removeFirst(end + 1)
        if line.last == 13 { line.removeLast() }
        return .success(line)
      }
      if state.ended {
        defer { state.buffered = [] }
        return .success(state.buffered.isEmpty ? nil : state.buffered)
      }
      var chunk = [UInt8](repeating: 0, count: 16_384)
      let count = recv(state.socket, &chunk, chunk.count, 0)
      if count > 0 {
        state.buffered += chunk[..<count]
      } else if count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) {
        let heard = String(decoding: state.buffered, as: UTF8.self)
        return .failure(
          Silence(description: "no line within \(patienceSeconds) s; so far: \(heard)"))
      } else {
        state.ended = true
      }
    }
  }
}
