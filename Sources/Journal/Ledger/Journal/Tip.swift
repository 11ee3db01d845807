import Events
import Platform

/// The end of a journal: all a writer has to know to go on.
struct Tip {
  /// The tree over all records.
  var tree = MerkleTree()
  /// The id of the newest event.
  var lastID = ID.zero
  /// The last signed checkpoint, and the size of the tree it was signed over.
  var checkpoint: String?
  var signedSize: UInt64 = 0
  /// Slots whose destruction is decided and may not have been carried out.
  var pending: [Slot] = []
  /// How new the keyring was at the last commit.
  var keyring: KeyringAge

  /// The end of a journal without records.
  init(keyring: KeyringAge) {
    self.keyring = keyring
  }
}
