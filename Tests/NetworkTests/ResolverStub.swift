import Glibc
import Network
import Platform
import Synchronization

/// A DNS server on the loopback address whose answers a test writes.
///
/// It hears datagrams on a thread of its own, and streams on the stage's loop.
final class ResolverStub: Sendable {
  enum Answer {
    case say([UInt8])
    /// From another socket than the one that was asked.
    case sayFromElsewhere([UInt8])
  }

  typealias Script = @Sendable (_ query: [UInt8], _ byStream: Bool) -> [Answer]

  let address: SocketAddress
  private let socket: Int32
  private let state = Mutex((asked: 0, isOver: false))

  /// Queries heard so far.
  var asked: Int { state.withLock { $0.asked } }

  init(_ stage: Stage, _ script: @escaping Script) throws {
    // A port that is free for streams may be taken for datagrams: then the next one.
    var found: (SocketAddress, Int32)?
    for attempt in 0..<50 where found == nil {
      let address = try Self.listen(stage, "dns\(attempt)", script)
      if let socket = Self.bound(to: address.port ?? 0) { found = (address, socket) }
    }
    guard let found else {
      throw SystemError(code: EADDRINUSE, operation: "bind", path: "datagrams")
    }
    (address, socket) = found
    let descriptor = socket
    _ = startThread(name: "dns-stub") { [self] in serve(descriptor, script) }
  }

  private static func listen(
    _ stage: Stage, _ name: String, _ script: @escaping Script
  ) throws -> SocketAddress {
    try stage.open(name) { connection in
      guard let length = try? await connection.readExactly(2, within: .seconds(20)) else { return }
      let size = Int(length[0]) << 8 | Int(length[1])
      guard let query = try? await connection.readExactly(size, within: .seconds(20)) else {
        return
      }
      for case .say(let bytes) in script(query, true) {
        connection.write([UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes)
      }
      await connection.hangUp()
    }
  }

  /// A datagram socket on a port; nil where somebody has it.
  private static func bound(to port: UInt16) -> Int32? {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = Self.loopback(port)
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0 else {
      _ = Glibc.close(descriptor)
      return nil
    }
    var patience = timeval(tv_sec: 0, tv_usec: 50_000)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return descriptor
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private func serve(_ descriptor: Int32, _ script: Script) {
    let elsewhere = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer {
      _ = Glibc.close(elsewhere)
      _ = Glibc.close(descriptor)
    }
    var room = [UInt8](repeating: 0, count: 4_096)
    while !state.withLock({ $0.isOver }) {
      var peer = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutablePointer(to: &peer) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
          let count = recvfrom(descriptor, &room, room.count, 0, peer, &length)
          guard count > 0 else { return }
          state.withLock { $0.asked += 1 }
          for answer in script(Array(room[..<count]), false) {
            switch answer {
            case .say(let bytes): sendto(descriptor, bytes, bytes.count, 0, peer, length)
            case .sayFromElsewhere(let bytes):
              sendto(elsewhere, bytes, bytes.count, 0, peer, length)
            }
          }
        }
      }
    }
  }

  func stop() { state.withLock { $0.isOver = true } }
}
