/// A user exists. Sealed under its own key.
public struct UserAdded: BlankPayload {
  public static let type = EventType("user.added", isPublished: true)
  public static let about = "A user was added to a domain."

  public var key = Slot.zero
  public var user = UserID.zero
  /// The SCRAM verifier of the password.
  public var verifier = Slot.zero
  /// Whether the user administers the domain.
  public var isAdministrator = false
  /// In canonical form.
  public var localPart: Personal<String> = .absent
  public var displayName: Personal<String> = .absent

  init() {}

  public init(
    key: Slot, user: UserID, verifier: Slot, isAdministrator: Bool, localPart: String?,
    displayName: String?
  ) {
    self.key = key
    self.user = user
    self.verifier = verifier
    self.isAdministrator = isAdministrator
    self.localPart = Personal(localPart)
    self.displayName = Personal(displayName)
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("key", &key)
    try walker.public("user", &user)
    try walker.secret("verifier", &verifier)
    try walker.public("administrator", &isAdministrator)
    try walker.personal("local_part", &localPart)
    try walker.personal("display_name", &displayName)
  }
}

/// A user with all mailboxes was deleted.
public struct UserDeleted: BlankPayload {
  public static let type = EventType("user.deleted", isPublished: true)
  public static let about = "A user was deleted, with mailboxes and messages."

  public var user = UserID.zero

  init() {}

  public init(user: UserID) {
    self.user = user
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
  }
}

/// A user has another password.
public struct UserPasswordChanged: BlankPayload {
  public static let type = EventType("user.password_changed")
  public static let about = "A password was set; the old verifier is destroyed."

  public var user = UserID.zero
  /// The slot of the verifier before, which is destroyed.
  public var replaced = Slot.zero
  public var verifier = Slot.zero

  init() {}

  public init(user: UserID, replaced: Slot, verifier: Slot) {
    self.user = user
    self.replaced = replaced
    self.verifier = verifier
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.secret("replaced", &replaced)
    try walker.secret("verifier", &verifier)
  }
}

/// A user can, or can no longer, sign in by CRAM-MD5. RFC 2195
public struct UserCRAMChanged: BlankPayload {
  public static let type = EventType("user.cram_changed")
  public static let about = "A CRAM-MD5 context was made or destroyed."

  public var user = UserID.zero
  /// The HMAC-MD5 states of the password; nil where there is none any more.
  public var context: Slot?
  /// The slot before, which is destroyed.
  public var replaced: Slot?

  init() {}

  public init(user: UserID, context: Slot? = nil, replaced: Slot? = nil) {
    self.user = user
    self.context = context
    self.replaced = replaced
  }

  public mutating func walk<Walker: FieldWalker>(
    _ walker: inout Walker
  ) throws(DecodingFailure) {
    try walker.public("user", &user)
    try walker.secret("context", &context)
    try walker.secret("replaced", &replaced)
  }
}
