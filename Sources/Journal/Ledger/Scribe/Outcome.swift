import Events

/// What a decision wants to happen, all of it or nothing.
public struct Outcome<Answer: Sendable>: Sendable {
  /// The events, in order. None means that there was nothing to do: the answer goes out without a
  /// receipt.
  public var drafts: [Draft]
  /// Keyring slots that the events need; the first is `Moment.nextSlot`, each further one `next` of
  /// the one before. They are synced before the events are.
  public var slots: [NewSlot]
  /// Slots to destroy once the events are durable.
  public var destroyed: [Slot]
  /// Bodies that came with the request and are to be kept; the others are dropped.
  public var keptContents: [ContentID]
  /// What the asker learns, once the events are durable.
  public var answer: Answer

  public init(
    drafts: [Draft], slots: [NewSlot] = [], destroyed: [Slot] = [], keptContents: [ContentID] = [],
    answer: Answer
  ) {
    self.drafts = drafts
    self.slots = slots
    self.destroyed = destroyed
    self.keptContents = keptContents
    self.answer = answer
  }
}

extension Outcome where Answer == Void {
  /// An outcome of which only the events matter.
  public init(
    drafts: [Draft], slots: [NewSlot] = [], destroyed: [Slot] = [], keptContents: [ContentID] = []
  ) {
    self.init(
      drafts: drafts, slots: slots, destroyed: destroyed, keptContents: keptContents, answer: ())
  }
}
