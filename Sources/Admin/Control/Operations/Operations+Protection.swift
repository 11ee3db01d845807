import Events
import Ledger
import Platform
import State

extension Operations {
  /// Lifts the blocks of an address or network.
  static func liftBlock(_ request: ControlRequest, _ context: OperationContext) async throws {
    let network = try network(request.arguments.text("source"))
    let service = try services(request.arguments.text("service")).first
    let lifted = try await context.perform(LiftBlocks(of: network, service: service))
    for block in lifted {
      await context.show([
        "source": .text(block.source), "service": .text(block.service.rawValue),
        "rule": .text(block.rule.rawValue),
      ])
    }
  }

  /// Puts a network on a list, or, without an action, takes it off.
  static func changeAccess(_ request: ControlRequest, _ context: OperationContext) async throws {
    let arguments = request.arguments
    let network = try network(arguments.text("network"))
    let services = try services(arguments.text("services"))
    try await context.perform(
      ChangeAccess(
        network, arguments.text("action").flatMap(AccessAction.init(rawValue:)),
        services: services, comment: arguments.text("comment") ?? ""))
  }

  private static func network(_ text: String?) throws -> IPNetwork {
    guard let network = IPNetwork(text ?? "") else {
      throw Refusal.invalid(
        what: "\"\(text ?? "")\"", why: "it is no address and no network such as 192.0.2.0/24")
    }
    return network
  }

  /// The services in a list with commas; none for an empty one.
  private static func services(_ text: String?) throws -> [ProtectedService] {
    try (text ?? "").split(separator: ",").map { name in
      guard let service = ProtectedService(rawValue: String(name)) else {
        throw Refusal.invalid(what: "the service \"\(name)\"", why: "it is smtp, imap or pop")
      }
      return service
    }
  }
}
