import Ledger
import Network
import Platform
import State

/// The server's certificates: those of the settings, or one it makes for itself.
enum TLSSetup {
  static func context(
    _ node: Node, _ directory: DataDirectory, hostName: String
  ) throws -> TLSContext {
    let (files, floor) = try node.state.read { view in
      (
        try view.value(Settings.certificates, for: .system),
        try view.value(Settings.tlsFloor, for: .system)
      )
    }
    var identities: [TLSIdentity] = []
    for text in files {
      let parts = text.split(separator: ":").map(String.init)
      guard parts.count == 2 else { continue }
      identities.append(try TLSIdentity(chainFile: parts[0], keyFile: parts[1]))
    }
    if identities.isEmpty {
      let folder = directory.path + "/tls"
      try Directory.create(folder, parents: true)
      identities = [
        try SelfSignedCertificate.identity(
          in: folder, hostNames: [hostName], now: node.clock.now())
      ]
    }
    return try TLSContext(
      server: identities, floor: floor == .tls13 ? .tls13 : .tls12, clock: node.clock,
      entropy: node.entropy)
  }
}
