import CPlatform
import Glibc

/// One listening socket on one loop, which hands the connections it accepts to all loops in turn.
///
/// Not SO_REUSEPORT with a socket per loop: that would let a second server bind the same port
/// without an error.
final class Listener: Watched, TimerTarget, @unchecked Sendable {
  /// Connections accepted before the loop does something else.
  static let acceptsPerTurn = 64
  /// How long accepting pauses when descriptors or memory have run out.
  static let pause: Duration = .milliseconds(200)

  let address: SocketAddress
  let service: Service
  let loop: EventLoop
  private unowned let owner: Listeners
  private var descriptor: Int32
  /// Held in reserve, so that with no descriptor left a peer can still be accepted and hung up on.
  private var spare: Int32
  private var token: UInt64?
  private var timer: TimerHandle?

  init(
    descriptor: Int32, address: SocketAddress, service: Service, loop: EventLoop, owner: Listeners
  ) {
    self.descriptor = descriptor
    self.address = address
    self.service = service
    self.loop = loop
    self.owner = owner
    spare = daybook_spare_descriptor()
  }

  /// Starts to accept. On the loop.
  func attach() {
    guard descriptor >= 0 else { return }
    let token = loop.watched.add(self)
    self.token = token
    _ = daybook_epoll_watch(loop.epoll, descriptor, token)
  }

  /// Stops to accept and frees the port. On the loop.
  func close() {
    if let token { loop.watched.remove(token) }
    if let timer { loop.wheel.remove(timer) }
    token = nil
    timer = nil
    if descriptor >= 0 { _ = daybook_close(descriptor) }
    if spare >= 0 { _ = daybook_close(spare) }
    descriptor = -1
    spare = -1
    if case .unix(let path) = address { _ = daybook_unlink(path) }
  }

  func becameReady(_ readiness: Readiness) { accept() }

  func timeIsUp(now: UInt64) -> UInt64? {
    timer = nil
    accept()
    return nil
  }

  private func accept() {
    for _ in 0..<Self.acceptsPerTurn {
      guard descriptor >= 0, timer == nil else { return }
      var peer = daybook_endpoint()
      let accepted = daybook_accept(descriptor, &peer)
      if accepted >= 0 {
        owner.welcome(accepted, from: SocketAddress(peer), at: self)
        continue
      }
      switch -accepted {
      case EAGAIN: return
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH, EPERM: continue
      case EMFILE, ENFILE: return shed()
      default: return rest()
      }
    }
    loop.submit { self.accept() }
  }

  /// No descriptor is left: hangs up on those who wait, then rests.
  private func shed() {
    if spare >= 0 { _ = daybook_close(spare) }
    var peer = daybook_endpoint()
    for _ in 0..<Self.acceptsPerTurn {
      let accepted = daybook_accept(descriptor, &peer)
      if accepted < 0 { break }
      _ = daybook_close(accepted)
    }
    spare = daybook_spare_descriptor()
    rest()
  }

  private func rest() {
    timer = loop.wheel.add(self, due: loop.deadline(after: Self.pause))
  }
}
