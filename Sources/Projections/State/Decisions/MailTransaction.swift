import Events
import Platform

/// What the client said around a message: everything `message.accepted` tells besides the message.
public struct MailTransaction: Sendable {
  /// Such as `smtp`, `submission`.
  public var service: String
  /// Such as `ESMTPSA`. RFC 3848 §2
  public var transport: String
  /// The TLS version and cipher.
  public var tls: String?
  /// The BODY parameter. RFC 6152 §3
  public var body: String
  /// Whether SMTPUTF8 was asked for. RFC 6531 §3.4
  public var isUTF8: Bool
  /// The reverse path without brackets.
  public var sender: [UInt8]
  /// The IP address.
  public var client: String
  public var helo: [UInt8]
  public var dsn: DeliveryNotice?
  /// Who sent it, where they signed in, and their domain.
  public var authenticated: UserID?
  public var authenticatedDomain: DomainID?

  public init(
    service: String, transport: String, tls: String? = nil, body: String = "",
    isUTF8: Bool = false, sender: [UInt8], client: String, helo: [UInt8],
    dsn: DeliveryNotice? = nil, authenticated: User? = nil
  ) {
    self.service = service
    self.transport = transport
    self.tls = tls
    self.body = body
    self.isUTF8 = isUTF8
    self.sender = sender
    self.client = client
    self.helo = helo
    self.dsn = dsn
    self.authenticated = authenticated?.id
    authenticatedDomain = authenticated?.domain
  }

  func event(_ parcel: MessageParcel, recipients: [Recipient], count: Int) -> MessageAccepted {
    MessageAccepted(
      tls: tls, body: body, size: parcel.size, isUTF8: isUTF8, sha256: parcel.sha256,
      message: parcel.message, service: service, transport: transport,
      recipientCount: UInt64(count), authenticated: authenticated, dsn: dsn,
      helo: helo.isEmpty ? nil : helo, client: client, sender: sender, envelope: parcel.envelope,
      structure: parcel.structure, recipients: recipients)
  }
}
