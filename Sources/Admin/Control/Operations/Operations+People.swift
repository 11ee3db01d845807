import Authentication
import Events
import Platform
import State

extension Operations {
  static func addDomain(_ request: ControlRequest, _ context: OperationContext) async throws {
    let name = try DomainName(given: request.arguments.text("name") ?? "")
    let administrator = try await newUser(
      request.arguments.text("administrator") ?? "postmaster", request, context)
    let node = context.node
    let created = try await context.perform(
      CreateDomain(
        name, administrator: administrator, entropy: SystemEntropy(), at: node.clock.now()))
    await context.show([
      "domain": .text(name.text), "id": .text(created.domain.rawValue.description),
      "administrator": .text("\(administrator.localPart)@\(name)"),
    ])
  }

  static func deleteDomain(_ request: ControlRequest, _ context: OperationContext) async throws {
    let domain = try domain(request.arguments.text("name") ?? "", context.node)
    try await context.perform(DeleteDomain(domain.id))
  }

  static func addUser(_ request: ControlRequest, _ context: OperationContext) async throws {
    let (local, domain) = try address(request, context.node)
    let user = try await newUser(local, request, context)
    let id = try await context.perform(AddUser(user, to: domain.id))
    await context.show([
      "address": .text("\(user.localPart)@\(domain.name?.text ?? "")"),
      "id": .text(id.rawValue.description),
    ])
  }

  static func changePassword(_ request: ControlRequest, _ context: OperationContext) async throws {
    let user = try user(request, context.node)
    let (verifier, cram) = try await secrets(request.secret, context)
    try await context.perform(ChangePassword(user.id, verifier: verifier, cram: cram))
  }

  static func deleteUser(_ request: ControlRequest, _ context: OperationContext) async throws {
    try await context.perform(DeleteUser(try user(request, context.node).id))
  }

  /// What is kept of a password; hashed on the pool, for it takes about 15 ms.
  private static func secrets(
    _ password: [UInt8], _ context: OperationContext
  ) async throws -> (verifier: [UInt8], cram: [UInt8]) {
    let iterations = try context.node.state.read {
      try $0.value(Settings.passwordIterations, for: .system)
    }
    return try await context.node.pool.run {
      let verifier = try PasswordVerifier.make(
        password, iterations: iterations, entropy: SystemEntropy())
      return (verifier.coded, try CRAMContext(password).coded)
    }
  }

  private static func newUser(
    _ local: String, _ request: ControlRequest, _ context: OperationContext
  ) async throws -> NewUser {
    let (verifier, cram) = try await secrets(request.secret, context)
    return try NewUser(
      localPart: local, displayName: request.arguments.text("display") ?? "", verifier: verifier,
      cram: cram, entropy: SystemEntropy(), at: context.node.clock.now())
  }
}

// MARK: finding

extension Operations {
  static func domain(_ text: String, _ node: Node) throws -> Domain {
    let name = try DomainName(given: text)
    guard let domain = try node.state.read({ try $0.domain(named: name) }) else {
      throw Refusal.notFound(what: "the domain \(name)")
    }
    return domain
  }

  static func user(_ request: ControlRequest, _ node: Node) throws -> User {
    let text = request.arguments.text("address") ?? ""
    guard let user = try node.state.read({ try $0.user(signingInAs: text) }) else {
      throw Refusal.notFound(what: "the user \(text)")
    }
    return user
  }

  static func address(
    _ request: ControlRequest, _ node: Node
  ) throws -> (local: String, domain: Domain) {
    let text = request.arguments.text("address") ?? ""
    guard let at = text.lastIndex(of: "@") else {
      throw Refusal.invalid(what: "the address \(text)", why: "it has no @")
    }
    return (String(text[..<at]), try domain(String(text[text.index(after: at)...]), node))
  }
}

extension DomainName {
  /// The name an operator typed; a refusal says which it was.
  public init(given text: String) throws(Refusal) {
    do { try self.init(text) } catch {
      guard case .invalid(_, let why) = error else { throw error }
      throw .invalid(what: "the domain name \"\(text)\"", why: why)
    }
  }
}
