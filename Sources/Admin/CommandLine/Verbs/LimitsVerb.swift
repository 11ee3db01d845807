import Control
import MailFormat
import Network
import SMTP
import State

/// `daybook limits`: every fixed limit and every limit that is a setting, for machines.
enum LimitsVerb: Verb {
  static let usage = Usage(
    "limits", "List the limits that hold against hostile input.", options: [Usage.json])

  static func run(_ call: Call) async throws -> ExitCode {
    var rows = fixed.map { name, value, unit in
      Row([
        "limit": .text(name), "value": .number(UInt64(value)), "unit": .text(unit),
        "setting": .null,
      ])
    }
    for declaration in Settings.all where !declaration.enforcement.isAwaited {
      guard case .number = declaration.kind, let value = UInt64(declaration.standard) else {
        continue
      }
      rows.append(
        Row([
          "limit": .text(declaration.help), "value": .number(value),
          "unit": .text(declaration.unit?.rawValue ?? ""), "setting": .text(declaration.key),
        ]))
    }
    call.terminal.show(rows)
    return .success
  }

  private static let fixed: [(String, Int, String)] = [
    ("listeners", Listeners.limit, "listeners"),
    ("output waiting on one connection", Connection.outputLimit, "octets"),
    ("octets of one overlong line that are skipped", Connection.discardLimit, "octets"),
    ("input waiting on one connection", Connection.inputLimit, "octets"),
    ("SMTP command line", SMTPService.longestCommand, "octets"),
    ("SMTP header of a message", SMTPService.largestHeader, "octets"),
    ("SMTP Received fields", FieldTally.mostReceived, "fields"),
  ]
}
