import Authentication
import Glibc
import IMAP
import Network
import POP
import Protection
import SMTP
import State

/// A service, with the settings that say where it listens and how much it takes.
struct PlannedService: Sendable {
  /// Where it listens.
  enum Place: Sendable {
    /// On every address of the settings, at a port; 0 is nowhere.
    case port(Setting<Int>)
    /// On sockets of this machine: those, and those of the setting.
    case sockets([SocketAddress], Setting<[String]>)
  }

  let service: Service
  let place: Place
  let connections: Setting<Int>
  let perAddress: Setting<Int>
}

/// Which services there are. Made once: what settings change about them is looked up or told later.
struct ServicePlan {
  let node: Node
  let tls: TLSContext
  let authenticator: Authenticator
  let sentry: Sentry
  let hostName: ServerName
  /// In the data directory; nil where nothing is written there.
  let submitSocket: String?

  func services() throws -> [PlannedService] { smtp() + (try imap()) + pop() }

  private func smtp() -> [PlannedService] {
    let name = hostName
    let smtp = SMTPService(
      node: node, tls: tls, authenticator: authenticator, sentry: sentry, hostName: name.current,
      operators: [0, geteuid()])
    let refusal = "421 4.7.0 Too many connections; try again later\r\n"
    let rejection =
      "554 5.7.1 Your address is blocked here; its administrator can ask for it to be lifted\r\n"
    let door = sentry.door(.smtp)
    func planned(
      _ name: String, _ role: SMTPPolicy.Role, _ isImplicit: Bool, _ port: Setting<Int>
    ) -> PlannedService {
      let service = Service(
        name: name, refusal: isImplicit ? [] : Array(refusal.utf8), door: door,
        rejection: isImplicit ? [] : Array(rejection.utf8)
      ) {
        await smtp.serve($0, as: role, implicitTLS: isImplicit)
      }
      return PlannedService(
        service: service, place: .port(port), connections: Settings.smtpConnections,
        perAddress: Settings.smtpPerAddress)
    }
    /// Who reaches the socket is served: its directory, or the account behind it, decides.
    func local(
      _ name: String, _ role: SMTPPolicy.Role, _ place: PlannedService.Place
    ) -> PlannedService {
      let service = Service(name: name, refusal: Array(refusal.utf8), socketMode: 0o666) {
        await smtp.serve($0, as: role)
      }
      return PlannedService(
        service: service, place: place, connections: Settings.smtpConnections,
        perAddress: Settings.smtpConnections)
    }
    return [
      planned("smtp", .relay, false, Settings.smtpPort),
      planned("submission", .submission, false, Settings.submissionPort),
      planned("submissions", .submission, true, Settings.submissionsPort),
      local("lmtp", .lmtp, .sockets([], Settings.lmtpListen)),
      local(
        "sendmail", .local,
        .sockets(submitSocket.map { [.unix(path: $0)] } ?? [], Settings.submissionSockets)),
    ]
  }

  private func imap() throws -> [PlannedService] {
    let name = hostName
    let imap = try IMAPService(
      node: node, tls: tls, authenticator: authenticator, hostName: name.current)
    let refusal = "* BYE Too many connections; try again later\r\n"
    let rejection = "* BYE Your address is blocked here\r\n"
    let door = sentry.door(.imap)
    func planned(_ name: String, _ isImplicit: Bool, _ port: Setting<Int>) -> PlannedService {
      let service = Service(
        name: name, refusal: isImplicit ? [] : Array(refusal.utf8), door: door,
        rejection: isImplicit ? [] : Array(rejection.utf8)
      ) {
        await imap.serve($0, implicitTLS: isImplicit)
      }
      return PlannedService(
        service: service, place: .port(port), connections: Settings.imapConnections,
        perAddress: Settings.imapPerAddress)
    }
    return [
      planned("imap", false, Settings.imapPort), planned("imaps", true, Settings.imapsPort),
    ]
  }

  private func pop() -> [PlannedService] {
    let name = hostName
    let pop = POPService(
      node: node, tls: tls, authenticator: authenticator, hostName: name.current)
    let refusal = "-ERR [SYS/TEMP] Too many connections; try again later\r\n"
    let rejection = "-ERR [SYS/PERM] Your address is blocked here\r\n"
    let door = sentry.door(.pop)
    func planned(_ name: String, _ isImplicit: Bool, _ port: Setting<Int>) -> PlannedService {
      let service = Service(
        name: name, refusal: isImplicit ? [] : Array(refusal.utf8), door: door,
        rejection: isImplicit ? [] : Array(rejection.utf8)
      ) {
        await pop.serve($0, implicitTLS: isImplicit)
      }
      return PlannedService(
        service: service, place: .port(port), connections: Settings.popConnections,
        perAddress: Settings.popPerAddress)
    }
    return [planned("pop3", false, Settings.popPort), planned("pop3s", true, Settings.popsPort)]
  }
}
