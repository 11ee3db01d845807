import Network
import Platform

/// What sessions on one loop work with.
public struct OutboundMeans: Sendable {
  public let loop: EventLoop
  /// Encrypts with whoever is there.
  let anyone: TLSContext
  /// Encrypts with the server that its certificate names, and no other.
  let verifying: TLSContext
  /// Where passwords are salted, which takes long.
  let workers: WorkerPool
  let entropy: any Entropy

  /// - Parameter trust: whose certificates count where they are verified.
  public init(
    loop: EventLoop, workers: WorkerPool, trust: TLSContext.Trust = .system,
    floor: TLSFloor = .tls12, entropy: any Entropy = SystemEntropy()
  ) throws(TLSRefusal) {
    self.loop = loop
    self.workers = workers
    self.entropy = entropy
    anyone = try TLSContext(client: .anyone, floor: floor)
    verifying = try TLSContext(client: trust, floor: floor)
  }

  /// Printable, without a comma, used once.
  func nonce() -> [UInt8] { Base64.encode(entropy.bytes(18)) }
}
