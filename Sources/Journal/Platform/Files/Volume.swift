/// The file system a path lies on.
public struct Volume: Hashable, Sendable {
  /// Its kind as `statfs` tells it.
  public let magic: UInt64
  /// Bytes an unprivileged process may still write.
  public let freeBytes: UInt64
  /// Bytes in all.
  public let totalBytes: UInt64

  public init(magic: UInt64, freeBytes: UInt64, totalBytes: UInt64) {
    self.magic = magic
    self.freeBytes = freeBytes
    self.totalBytes = totalBytes
  }

  /// The name of a file system that reaches over a network or through another process, where
  /// neither locks, nor mapped memory, nor a sync can be relied on; nil for local ones.
  public var remoteKind: String? { Self.remoteKinds[magic] }

  private static let remoteKinds: [UInt64: String] = [
    0x6969: "NFS", 0x517b: "SMB", 0xff53_4d42: "CIFS", 0xfe53_4d42: "SMB2", 0x6573_5546: "FUSE",
    0x0102_1997: "9P", 0x00c3_6400: "Ceph", 0x5346_414f: "AFS", 0x6b41_4653: "AFS",
    0x7375_7245: "Coda", 0x564c: "NCP", 0x0bd0_0bd0: "Lustre", 0x4750_4653: "GPFS",
    0x7461_636f: "OCFS2", 0x0116_1970: "GFS2", 0x786f_4256: "VirtualBox shared folder",
    0xbacb_acbc: "VMware shared folder",
  ]
}
