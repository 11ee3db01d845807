/// The messages a command names, by number or by UID.
struct MessageSet: Hashable, Sendable {
  let set: SequenceSet
  let isUID: Bool
}
