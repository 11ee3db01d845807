import Glibc
import Ledger
import Platform

/// `daybook sendmail`: takes a message on standard input, as every other `sendmail` does. The
/// program does the same when it is called by that name.
enum SendmailVerb: Verb {
  static let usage = Usage(
    "sendmail", "Send the message on standard input.",
    operands: [.optional("ADDRESS", repeats: true)],
    detail: """
      -t         recipients from To, Cc and Bcc too, less the addresses named here
      -f, -r A   the sender; by default the address that submission.accounts gives the account
      -F NAME    the sender's name, where the message has no From
      -i, -oi    a line with one dot does not end the message
      -N, -R, -V NOTIFY, RET and ENVID of delivery reports
      -bm, -oem, -odb, -B8BITMIME and what else programs give to sendmail does nothing.
      It ends with 0 when the server has taken the message, else with a code of sysexits.h: 64 wrong
      use, 67 no such user, 69 refused, 75 try again later, 77 the account may not send so.
      The server is found by $DAYBOOK_SUBMIT_SOCKET, or as submit.sock in $DAYBOOK_DATA, or as
      /run/daybook/submit.sock.
      """, takesWords: true)

  static func run(_ call: Call) async throws -> ExitCode {
    do {
      let options = try SendmailOptions(call.invocation.operands)
      if options.mode == .version {
        call.terminal.say("daybook \(VersionVerb.version)")
        return .success
      }
      guard !options.recipients.isEmpty || options.readsRecipients else {
        throw SendmailOptions.Misuse(description: "there are no recipients; name them, or use -t")
      }
      try await SubmissionClient.send(
        try readInput(), options, sockets: sockets(call.directory.path))
      return .success
    } catch let misuse as SendmailOptions.Misuse {
      call.terminal.warn("sendmail: \(misuse.description)")
      return .misused
    } catch let refusal as SubmissionClient.Refusal {
      call.terminal.warn("sendmail: \(refusal.message)")
      return refusal.code
    } catch {
      call.terminal.warn("sendmail: \(error)")
      return .tryAgain
    }
  }

  private static func sockets(_ directory: String) -> [String] {
    if let named = unsafe getenv("DAYBOOK_SUBMIT_SOCKET") { return [unsafe String(cString: named)] }
    return [directory + "/submit.sock", "/run/daybook/submit.sock"]
  }

  private static func readInput() throws(SystemError) -> [UInt8] {
    var input: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw SystemError(code: errno, operation: "read", path: "standard input")
      }
      if count == 0 { return input }
      input += piece[..<count]
    }
  }
}
