import CPlatform
import Platform
import Synchronization

/// One stream between this process and a peer, confined to its event loop.
///
/// The task that serves a connection prefers the connection's loop, and only it calls what follows;
/// `signal` and `requestStop` may be called from anywhere. What is written waits in memory until
/// the next `flush`, the next read that has to wait, or the high-water mark in `drain`: a
/// pipelined batch of commands is answered in one packet. An idle connection holds no buffers.
public final class Connection: Watched, TimerTarget, @unchecked Sendable {
  /// `drain` waits above this many octets of output, until half of it is left.
  public static let highWater = 65_536
  /// A connection whose output grows beyond this is closed: its session does not drain.
  public static let outputLimit = 16_777_216
  /// An overlong line is discarded up to this many octets, then the connection is closed.
  public static let discardLimit = 1_048_576
  /// Input that waits unconsumed is at most this many octets, unless a line limit says more.
  public static let inputLimit = 65_536

  private static let lastID = Atomic<UInt64>(0)

  /// Unique in this process.
  public let id: UInt64
  public let loop: EventLoop
  public let peer: SocketAddress
  public let local: SocketAddress
  /// How long 64 KiB of output may take to leave before the connection is closed.
  public var writeTimeout: Duration {
    get { .nanoseconds(Int64(clamping: writeNanoseconds)) }
    set { writeNanoseconds = newValue.wholeNanoseconds }
  }
  /// What came of the connection so far. `readCommand` and `withCommand` count commands; the session
  /// counts those it refused, and tells when an event was made.
  public var tally = ConnectionTally()
  /// Whether a line that ends in a bare LF is a failure. On by default.
  public var isStrictAboutLineEnds = true

  private var writeNanoseconds: UInt64 = 120_000_000_000
  /// When output that is sent from now on has to be gone.
  var nextWriteDeadline: UInt64 {
    writeNanoseconds > .max - loop.now ? .max : loop.now + writeNanoseconds
  }

  var descriptor: Int32
  var token: UInt64?
  var tlsSession: TLSSession?
  var input = ByteQueue()
  var output = ByteQueue()
  /// Octets at the start of `input` known to hold no LF.
  var scanned = 0
  /// What the kernel last said, edge-triggered: true until a call returns EAGAIN.
  var isReadable = false
  var isWritable = true
  /// The peer's FIN has been reported: a short read does not mean that nothing is left.
  var hasPeerHungUp = false
  var hasEnded = false
  var failure: ConnectionFailure?

  var reader: UnsafeContinuation<Void, Never>?
  var writer: UnsafeContinuation<Void, Never>?
  var readDeadline = UInt64.max
  var writeDeadline = UInt64.max
  var timer: TimerHandle?
  var timerDue = UInt64.max
  /// What the suspended reader may be woken by besides input.
  var wait = Wait.octets

  let hasSignal = Atomic<Bool>(false)
  let hasStopRequest = Atomic<Bool>(false)

  /// Takes over an open, non-blocking descriptor. It is watched from `attach` on.
  init(descriptor: Int32, loop: EventLoop, peer: SocketAddress, local: SocketAddress) {
    id = Self.lastID.add(1, ordering: .relaxed).newValue
    self.descriptor = descriptor
    self.loop = loop
    self.peer = peer
    self.local = local
  }

  deinit {
    if descriptor >= 0 { _ = daybook_close(descriptor) }
    input.deallocate()
    output.deallocate()
  }

  /// Starts to watch the descriptor. On the loop.
  func attach() throws(ConnectionFailure) {
    precondition(loop.isCurrent, "a connection is used on its loop")
    let token = loop.watched.add(self)
    let outcome = daybook_epoll_watch(loop.epoll, descriptor, token)
    guard outcome >= 0 else {
      loop.watched.remove(token)
      fail(.lost(SystemError(code: -outcome, operation: "epoll_ctl", path: "the peer")))
      throw failure ?? .closed
    }
    self.token = token
  }

  /// Whether the connection has been closed or lost.
  public var isClosed: Bool { failure != nil }

  /// Whether octets of the peer wait that nothing has consumed. Also those behind STARTTLS.
  public var hasBufferedInput: Bool { !input.isEmpty || tlsSession?.hasPending == true }

  /// Octets written but not yet taken by the kernel.
  public var bufferedOutput: Int { output.count }

  /// Hangs up at once. What was not flushed is lost; whoever waits gets `.closed`.
  public func close() { fail(.closed) }

  /// Closes the descriptor, and wakes who waits on it with `failure`. The first failure stays.
  func fail(_ failure: ConnectionFailure) {
    guard self.failure == nil else { return }
    self.failure = failure
    if let token {
      loop.watched.remove(token)
      self.token = nil
    }
    if let timer {
      loop.wheel.remove(timer)
      self.timer = nil
    }
    if descriptor >= 0 {
      _ = daybook_close(descriptor)
      descriptor = -1
    }
    output.release(to: loop.buffers)
    tlsSession = nil
    wakeReader()
    wakeWriter()
  }
}
