import Events
import Platform
import State

extension Operations {
  static func addAlias(_ request: ControlRequest, _ context: OperationContext) async throws {
    let (local, domain) = try address(request, context.node)
    let id = try await context.perform(
      AddAlias(
        try LocalPart.registering(local), targets: try targets(request),
        isGreylisted: request.arguments.text("greylisting") != "off", in: domain.id,
        entropy: context.node.entropy, at: context.node.clock.now()))
    await context.show([
      "address": .text("\(local)@\(domain.name?.text ?? "")"),
      "id": .text(id.rawValue.description),
    ])
  }

  static func changeAlias(_ request: ControlRequest, _ context: OperationContext) async throws {
    let alias = try alias(request, context.node)
    let wanted = request.arguments["targets"] == nil ? nil : try targets(request)
    try await context.perform(
      ChangeAlias(
        alias.id, targets: wanted,
        isGreylisted: request.arguments.text("greylisting").map { $0 != "off" }))
  }

  static func deleteAlias(_ request: ControlRequest, _ context: OperationContext) async throws {
    try await context.perform(DeleteAlias(try alias(request, context.node).id))
  }

  static func addDomainAlias(_ request: ControlRequest, _ context: OperationContext) async throws {
    let domain = try domain(request.arguments.text("domain") ?? "", context.node)
    let name = try DomainName(given: request.arguments.text("name") ?? "")
    let id = try await context.perform(
      AddDomainAlias(
        name, for: domain.id, entropy: context.node.entropy, at: context.node.clock.now()))
    await context.show(["name": .text(name.text), "id": .text(id.rawValue.description)])
  }

  static func deleteDomainAlias(
    _ request: ControlRequest, _ context: OperationContext
  ) async throws {
    let name = try DomainName(given: request.arguments.text("name") ?? "")
    let found = try context.node.state.read { view in
      try view.domain(named: name).flatMap { domain in
        try view.domainAliases(of: domain.id).first { $0.name == name }
      }
    }
    guard let found else { throw Refusal.notFound(what: "the domain alias \(name)") }
    try await context.perform(DeleteDomainAlias(found.id, of: found.domain))
  }

  private static func targets(_ request: ControlRequest) throws -> AliasTargets {
    guard case .list(let values)? = request.arguments["targets"] else {
      return try AliasTargets([])
    }
    return try AliasTargets(
      values.compactMap { if case .text(let text) = $0 { text } else { nil } })
  }

  private static func alias(_ request: ControlRequest, _ node: Node) throws -> Alias {
    let (local, domain) = try address(request, node)
    let found = try LocalPart(local).flatMap { part in
      try node.state.read { try $0.alias(part, in: domain.id) }
    }
    guard let found else {
      throw Refusal.notFound(what: "the alias \(request.arguments.text("address") ?? "")")
    }
    return found
  }
}
