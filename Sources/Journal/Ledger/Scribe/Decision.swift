/// A command that is ready to be decided: all it needs besides the state is inside it.
///
/// The Scribe calls `decide` on its own thread, against the state as folded so far, and calls it
/// again where the batch had to be repeated. So it must be a pure function of its arguments: time
/// comes in the moment, ids and entropy were put into the command by the session that made it.
public protocol Decision<View, Answer>: Sendable {
  /// The view of the state it reads.
  associatedtype View: ~Copyable
  /// What the asker learns besides the receipt.
  associatedtype Answer: Sendable

  /// Whether the decision frees space (expunge, retention, erasure), so that it is let through,
  /// on the ballast, while a full disk keeps everything else out.
  var freesSpace: Bool { get }

  /// Decides: the events that are to happen, or a `Refusal` thrown, which leaves no trace.
  ///
  /// Any other error fails this request alone, as temporary. A decision may cause at most 10,000
  /// row changes and 4 MiB of records; larger work is a series of decisions.
  func decide(_ view: borrowing View, _ moment: Moment) throws -> Outcome<Answer>
}

extension Decision {
  /// Most decisions need space.
  public var freesSpace: Bool { false }
}
