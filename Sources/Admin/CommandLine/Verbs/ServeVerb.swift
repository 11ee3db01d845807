import Control
import Events
import Glibc
import Ledger
import Network
import Platform
import State

/// `daybook serve`: runs the server until SIGINT or SIGTERM. SIGHUP reads certificates again.
enum ServeVerb: Verb {
  static let usage = Usage(
    "serve", "Run the server until Ctrl-C.",
    options: [
      .init("--listen", "ADDRESS", "listen on this IP address only (default: the settings')"),
      .init("--port-offset", "N", "add N to every port (default 0)"),
      .init("--sync-trace", nil, "print the durable position before each positive reply"),
      .init("--read-only", nil, "let people read, refuse every change for now, write nothing"),
      .init("--json", nil, "print one line of JSON when everything answers"),
    ],
    detail: """
      The log goes to standard error, one line each. Settings act while it runs; SIGHUP reads the
      certificates again, which also happens by itself when their files change.
      With --read-only nothing in the data directory is touched, so nothing is journaled either, not
      even sign-ins; no other process can write to it meanwhile.
      """)

  static func run(_ call: Call) async throws -> ExitCode {
    let signals = try StopSignals()
    let bar = ProgressBar(call.terminal)
    var options = MailServer.Options()
    options.version = VersionVerb.version
    options.portOffset = Int(try call.invocation.number("--port-offset") ?? 0)
    options.tracesSyncs = call.has("--sync-trace")
    options.isObserver = call.has("--read-only")
    options.scratch = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    options.onFold = { done, total in
      bar.update("folding", done.rawValue, of: total.rawValue)
    }
    if let text = call["--listen"] {
      guard let address = IPAddress(text) else {
        throw Invocation.Misuse(description: "--listen takes an IP address, not \"\(text)\"")
      }
      options.address = address
    }
    guard options.portOffset <= 64_000 else {
      throw Invocation.Misuse(description: "--port-offset is at most 64000")
    }
    let server = try await MailServer.start(call.directory, options)
    bar.end()
    announce(server, call)
    await signals.wait { server.reload() }
    await server.stop()
    return .success
  }

  private static func announce(_ server: MailServer, _ call: Call) {
    var services = Row()
    for (name, address) in server.services { services[name] = .text(address.description) }
    if call.terminal.isJSON {
      call.terminal.show(
        Row(["data": .text(call.directory.path), "services": .row(services)]))
    } else {
      let how = call.has("--read-only") ? ", to be read only; nothing is journaled" : ""
      call.terminal.say("serving \(call.directory.path)\(how)")
      call.terminal.show(services)
    }
  }
}
