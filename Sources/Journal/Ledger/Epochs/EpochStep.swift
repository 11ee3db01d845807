/// The steps by which an epoch begins. A crash after any of them leaves a journal that opens.
public enum EpochStep: String, Sendable, CaseIterable {
  /// What an earlier attempt left is gone, and the directory is there.
  case emptied
  /// The environment is written and synced in its directory, which has not its name yet.
  case written
  /// The directory has its name, synced.
  case named
}
