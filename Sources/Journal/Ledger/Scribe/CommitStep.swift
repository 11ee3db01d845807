/// The steps of one commit, in order. Tests make them fail; tracing names them.
public enum CommitStep: String, Sendable, CaseIterable {
  /// Before the state's batch is opened.
  case begin
  /// Before new keyring slots are written.
  case keyring
  /// Before small bodies are appended and synced.
  case content
  /// Before the journal's transaction is opened.
  case journal
  /// In place of the journal's commit: all is written, nothing is durable.
  case commit
  /// After the journal's commit: all is durable.
  case committed
  /// Before the state's commit.
  case state
}
