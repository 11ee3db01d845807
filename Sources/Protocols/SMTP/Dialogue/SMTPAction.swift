/// What a session does next, as its dialogue decides.
public enum SMTPAction: Sendable {
  case reply(Reply)
  /// Look the recipient up, then tell the dialogue by `heard(recipient:)`.
  case resolve(MailPath, RecipientParameters)
  /// Look up who has the address, or the local part alone, and say so. RFC 5321 §3.5
  case verify(MailPath, asList: Bool)
  /// Reply, then negotiate TLS on an empty buffer. RFC 3207 §4
  case startTLS(Reply)
  case authenticate(mechanism: String, initialResponse: [UInt8]?)
  /// Reply `354` and read to the end of data.
  case receiveData(Reply)
  /// Read exactly so many octets of the message, then tell the dialogue by `heard(chunk:)`.
  case receiveChunk(size: UInt64, last: Bool)
  /// Read and drop so many octets, then send the reply. RFC 3030 §2
  case dropChunk(size: UInt64, Reply)
  case hangUp(Reply)
}
