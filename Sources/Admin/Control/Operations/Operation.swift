import Authentication
import Events
import Ledger
import Platform
import State

/// Where an operation acts, and for whom.
public struct OperationContext: Sendable {
  let place: Workplace
  let origin: Origin
  /// Gives a row or a sign of progress to who asked.
  let reply: @Sendable (ControlReply) async -> Void

  /// - Parameter uid: of the operator, as the kernel reports it.
  public init(
    _ place: Workplace, uid: UInt32, reply: @escaping @Sendable (ControlReply) async -> Void
  ) {
    self.place = place
    self.reply = reply
    origin = Origin(actor: .operator(uid: uid))
  }

  var node: Node { place.node }

  func show(_ cells: KeyValuePairs<String, Row.Value>) async { await reply(.row(Row(cells))) }

  func perform<D: Decision>(_ decision: D) async throws(ScribeError) -> D.Answer
  where D.View == StateView {
    try await node.scribe.perform(decision, origin: origin).answer
  }
}

/// The acts an operator can perform on a node, by name. Each becomes events.
public enum Operations {
  typealias Act = @Sendable (ControlRequest, OperationContext) async throws -> Void

  static let acts: [String: Act] = [
    "domain.add": addDomain, "domain.delete": deleteDomain, "user.add": addUser,
    "alias.add": addAlias, "alias.set": changeAlias, "alias.delete": deleteAlias,
    "domain_alias.add": addDomainAlias, "domain_alias.delete": deleteDomainAlias,
    "spool.change": changeSpool,
    "user.passwd": changePassword, "user.delete": deleteUser, "set": changeSetting,
    "checkpoint": signCheckpoint, "reading": recordReading, "status": showStatus,
    "rebuild": rebuild, "block.lift": liftBlock, "access": changeAccess,
  ]

  /// Performs a request; the last reply.
  public static func perform(
    _ request: ControlRequest, in context: OperationContext
  ) async -> ControlReply {
    guard let act = acts[request.operation] else {
      return .refused("there is no operation \(request.operation)")
    }
    do {
      try await act(request, context)
      return .finished
    } catch ScribeError.refused(let refusal) {
      return .refused(refusal.description)
    } catch ScribeError.unavailable(let why) {
      return .unavailable(why)
    } catch ScribeError.stopped {
      return .unavailable("no verdict: it may have happened; look before you ask again")
    } catch let refusal as Refusal {
      return .refused(refusal.description)
    } catch let refusal as PasswordRefusal {
      return .refused(refusal.description)
    } catch {
      return .unavailable("\(error)")
    }
  }
}
