import CPlatform

/// The machine's own clock.
public struct SystemClock: Clock {
  public init() {}

  public func now() -> Timestamp {
    Timestamp(microseconds: daybook_wall_microseconds())
  }

  public func sinceBoot() -> UInt64 {
    daybook_boot_nanoseconds()
  }

  /// The kernel's boot id, or zero where the kernel tells none.
  public func bootID() -> ID {
    Self.boot
  }

  private static let boot: ID = {
    let path = "/proc/sys/kernel/random/boot_id"
    guard let file = try? Descriptor.open(path, [.read]), let bytes = try? file.readAll(limit: 64)
    else { return .zero }
    return ID(String(decoding: bytes.prefix(36), as: UTF8.self)) ?? .zero
  }()
}
