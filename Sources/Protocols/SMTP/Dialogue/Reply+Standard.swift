extension Reply {
  static let ok = Reply(250, "2.0.0", "OK")
  static let bye = Reply(221, "2.0.0", "Bye")
  static let outOfOrder = Reply(503, "5.5.1", "Command out of order")
  static let unknownCommand = Reply(500, "5.5.2", "Command not recognized")
  static let lineTooLong = Reply(500, "5.5.2", "Line too long")
  static let syntax = Reply(501, "5.5.4", "Syntax error in parameters or arguments")
  static let unknownParameter = Reply(555, "5.5.4", "Parameter not recognized or not implemented")
  static let badSender = Reply(501, "5.1.7", "The sender's address does not follow the grammar")
  static let badRecipient = Reply(
    501, "5.1.3", "The recipient's address does not follow the grammar")
  static let needsUTF8 = Reply(553, "5.6.7", "An address outside US-ASCII needs SMTPUTF8")
  static let goAhead = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
  static let authenticated = Reply(235, "2.7.0", "Authentication succeeded")
  static let authenticationFailed = Reply(535, "5.7.8", "Authentication credentials invalid")
  static let authenticationCancelled = Reply(501, "5.7.0", "Authentication cancelled")
  static let authenticationSyntax = Reply(501, "5.5.2", "The response is not valid base64")
  static let authenticationRequired = Reply(530, "5.7.0", "Authentication required")
  static let tlsRequired = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
  static let mechanismNeedsTLS = Reply(
    538, "5.7.11", "Encryption required for the requested mechanism")
  static let tooManySignIns = Reply(421, "4.7.0", "Too many failed sign-ins")
  static let unknownMechanism = Reply(504, "5.5.4", "Mechanism not offered")
  static let readyForTLS = Reply(220, "2.0.0", "Ready to start TLS")
  static let noTLS = Reply(502, "5.5.1", "STARTTLS is not offered here")
  static let pipelinedTLS = Reply(501, "5.5.1", "Nothing may follow STARTTLS before its reply")
  static let cannotVerify = Reply(
    252, "2.5.0", "Cannot verify; send a message and it will be tried")
  static let noList = Reply(550, "5.1.1", "No such list here")
  static let unclearAddress = Reply(553, "5.1.3", "Give an address: local-part@domain")
  static let help = Reply(
    214, "2.0.0", "EHLO HELO MAIL RCPT DATA BDAT RSET VRFY EXPN NOOP STARTTLS AUTH QUIT",
    "See RFC 5321")
  static let tooManyRecipients = Reply(452, "4.5.3", "Too many recipients for one message")
  static let tooBig = Reply(552, "5.3.4", "Message size exceeds the limit")
  static let noRecipients = Reply(554, "5.5.1", "No valid recipients")
  static let bareLineEnd = Reply(
    550, "5.6.11", "A line ends with CR LF; this message has a bare CR or LF")
  static let nullOctet = Reply(550, "5.6.0", "A message must not contain NUL")
  static let loop = Reply(554, "5.4.6", "Too many Received fields: a mail loop")
  static let storageFull = Reply(452, "4.3.1", "Storage is full or being repaired; try again later")
  static let notNow = Reply(421, "4.3.0", "Not now; try again later")
  static let shuttingDown = Reply(421, "4.3.2", "Closing; try again later")
  static let idle = Reply(421, "4.4.2", "Idle for too long")
  static let tooManyErrors = Reply(421, "4.7.0", "Too many errors")
  static let earlyTalker = Reply(554, "5.5.1", "You spoke before the greeting")
  static let badChunk = Reply(501, "5.5.4", "BDAT takes a size and perhaps LAST")
  static let binaryNeedsChunks = Reply(503, "5.6.1", "BODY=BINARYMIME is sent with BDAT")

  static func chunk(_ octets: UInt64) -> Reply { Reply(250, "2.0.0", "\(octets) octets received") }
}
