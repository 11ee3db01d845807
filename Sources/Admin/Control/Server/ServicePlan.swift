import Authentication
import IMAP
import Network
import POP
import SMTP
import State

/// Which services there are, on which ports, and with which budgets, by the settings.
struct ServicePlan {
  let node: Node
  let tls: TLSContext
  let authenticator: Authenticator
  let hostName: String

  /// The services with their ports; a port of 0 is switched off.
  func services() throws -> [(service: Service, port: Int)] {
    try node.state.read { view in
      try smtp(view) + imap(view) + pop(view)
    }
  }

  private func smtp(_ view: borrowing StateView) throws -> [(service: Service, port: Int)] {
    let smtp = SMTPService(
      node: node, tls: tls, authenticator: authenticator, hostName: hostName)
    let limits = Service.Limits(
      perAddress: try view.value(Settings.smtpPerAddress, for: .system),
      total: try view.value(Settings.smtpConnections, for: .system))
    let refusal = Array("421 4.7.0 Too many connections; try again later\r\n".utf8)
    func service(_ name: String, _ role: SMTPPolicy.Role, _ isImplicit: Bool) -> Service {
      Service(name: name, limits: limits, refusal: isImplicit ? [] : refusal) { connection in
        await smtp.serve(connection, as: role, implicitTLS: isImplicit)
      }
    }
    return [
      (service("smtp", .relay, false), try view.value(Settings.smtpPort, for: .system)),
      (
        service("submission", .submission, false),
        try view.value(Settings.submissionPort, for: .system)
      ),
      (
        service("submissions", .submission, true),
        try view.value(Settings.submissionsPort, for: .system)
      ),
    ]
  }

  private func imap(_ view: borrowing StateView) throws -> [(service: Service, port: Int)] {
    let imap = try IMAPService(
      node: node, tls: tls, authenticator: authenticator, hostName: hostName)
    let limits = Service.Limits(
      perAddress: try view.value(Settings.imapPerAddress, for: .system),
      total: try view.value(Settings.imapConnections, for: .system))
    let refusal = Array("* BYE Too many connections; try again later\r\n".utf8)
    func service(_ name: String, _ isImplicit: Bool) -> Service {
      Service(name: name, limits: limits, refusal: isImplicit ? [] : refusal) { connection in
        await imap.serve(connection, implicitTLS: isImplicit)
      }
    }
    return [
      (service("imap", false), try view.value(Settings.imapPort, for: .system)),
      (service("imaps", true), try view.value(Settings.imapsPort, for: .system)),
    ]
  }

  private func pop(_ view: borrowing StateView) throws -> [(service: Service, port: Int)] {
    let pop = POPService(
      node: node, tls: tls, authenticator: authenticator, hostName: hostName)
    let limits = Service.Limits(
      perAddress: try view.value(Settings.popPerAddress, for: .system),
      total: try view.value(Settings.popConnections, for: .system))
    let refusal = Array("-ERR [SYS/TEMP] Too many connections; try again later\r\n".utf8)
    func service(_ name: String, _ isImplicit: Bool) -> Service {
      Service(name: name, limits: limits, refusal: isImplicit ? [] : refusal) { connection in
        await pop.serve(connection, implicitTLS: isImplicit)
      }
    }
    return [
      (service("pop3", false), try view.value(Settings.popPort, for: .system)),
      (service("pop3s", true), try view.value(Settings.popsPort, for: .system)),
    ]
  }
}
