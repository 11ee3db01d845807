import Platform

/// Disk space kept back in a file of its own, so that a full disk can still be emptied.
///
/// Deciding to expunge or erase needs space for its own events; letting go of the ballast gives it.
struct Ballast {
  let path: String
  /// Its size in bytes; 0 keeps none.
  let size: UInt64

  /// Whether all of the space is reserved now.
  var isWhole: Bool {
    guard size > 0 else { return true }
    do { return try Directory.status(path).size >= size } catch { return false }
  }

  /// Reserves the space.
  ///
  /// - Throws: an error that `isFull` knows where there is not enough; then nothing stays reserved.
  func make() throws {
    guard !isWhole else { return }
    do {
      let file = try Descriptor.open(path, [.read, .write, .create])
      try file.allocate(size)
    } catch {
      try release()
      throw error
    }
  }

  /// Gives the space back to the volume.
  func release() throws {
    guard Directory.exists(path) else { return }
    try Directory.remove(path)
  }

  /// The size that suits a volume: what is asked for, but at most a sixteenth of the volume.
  static func size(_ wanted: UInt64, on volume: Volume) -> UInt64 {
    min(wanted, volume.totalBytes / 16)
  }
}
