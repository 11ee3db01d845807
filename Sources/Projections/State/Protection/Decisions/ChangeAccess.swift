import Events
import Ledger
import Platform

/// Puts a network on the whitelist or the blacklist of services, or takes it off. SPEC §6
public struct ChangeAccess: Decision {
  public typealias View = StateView

  /// Entries in all, over the services.
  static let most = 30_000
  /// Characters of a comment.
  static let longestComment = 200

  public let network: IPNetwork
  public let services: [ProtectedService]
  /// Nil takes it off.
  public let action: AccessAction?
  public let comment: String

  /// - Parameter services: all where it is empty.
  public init(
    _ network: IPNetwork, _ action: AccessAction?, services: [ProtectedService] = [],
    comment: String = ""
  ) {
    self.network = network
    self.services =
      services.isEmpty
      ? ProtectedService.allCases
      : ProtectedService.allCases.filter { services.contains($0) }
    self.action = action
    self.comment = comment
  }

  /// Refuses to take off what is not listed, a comment of more than a line, too many entries, and
  /// anybody but a system administrator. What is listed already on the other list changes over.
  public func decide(_ view: borrowing StateView, _ moment: Moment) throws -> Outcome<Void> {
    try view.requireSystem(moment.origin.actor, "changing who may connect")
    guard let key = try view.serverKey() else { throw Refusal.notFound(what: "the server's key") }
    guard let action else {
      let listed = try services.filter { try view.accessEntry($0, network) != nil }
      guard !listed.isEmpty else { throw Refusal.notFound(what: "an entry for \(network)") }
      let removed = AccessRemoved(services: listed.map(\.rawValue), network: "\(network)")
      return Outcome(drafts: [Draft(.accessRemoved(removed), seal: .slot(key))])
    }
    guard comment.count <= Self.longestComment,
      comment.unicodeScalars.allSatisfy(NameCharacters.isVisible)
    else {
      throw Refusal.invalid(
        what: "the comment", why: "it is one line of at most \(Self.longestComment) characters")
    }
    let used = try view.count(.access)
    guard used + services.count <= Self.most else {
      throw Refusal.limitReached(
        setting: "entries of blacklist and whitelist", limit: UInt64(Self.most),
        used: UInt64(used))
    }
    let added = AccessAdded(
      action: action.rawValue, services: services.map(\.rawValue),
      comment: comment.isEmpty ? nil : comment, network: "\(network)")
    return Outcome(drafts: [Draft(.accessAdded(added), seal: .slot(key))])
  }
}
