import Platform

/// The messages a SCRAM client sends. RFC 5802 §7
enum SCRAMMessage {
  /// How the client sees channel binding.
  enum Binding: Hashable {
    /// `n`: it does not support it.
    case unsupported
    /// `y`: it does, and believes that the server does not.
    case unusedByServer
    /// `p=`: it uses the one of this name.
    case used(String)
  }

  struct First: Hashable {
    let binding: Binding
    /// `gs2-header`, which comes back in the last message.
    let header: [UInt8]
    let actor: [UInt8]
    let bare: [UInt8]
    let name: [UInt8]
    let nonce: [UInt8]
  }

  struct Last: Hashable {
    let binding: [UInt8]
    let nonce: [UInt8]
    let proof: [UInt8]
    let withoutProof: [UInt8]
  }

  /// Longest nonce of a client; it sends about 30 octets.
  static let longestNonce = 512

  // client-first-message = gs2-header client-first-message-bare
  // gs2-header = gs2-cbind-flag "," [ authzid ] ","
  // client-first-message-bare = [reserved-mext ","] username "," nonce ["," extensions]
  static func first(_ message: [UInt8]) -> First? {
    let parts = message.split(
      separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let binding = binding(parts[0]), let actor = actor(parts[1]) else {
      return nil
    }
    let fields = parts[2].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count >= 2, let coded = value(fields[0], "n"), let name = name(coded),
      !name.isEmpty, let nonce = value(fields[1], "r"), isNonce(nonce)
    else { return nil }
    return First(
      binding: binding, header: Array(message[..<parts[2].startIndex]), actor: actor,
      bare: Array(parts[2]), name: name, nonce: Array(nonce))
  }

  // client-final-message = channel-binding "," nonce ["," extensions] "," proof
  static func last(_ message: [UInt8]) -> Last? {
    guard let end = message.lastIndex(of: UInt8(ascii: ",")),
      let coded = value(message[(end + 1)...], "p"), let proof = Base64.decode(Array(coded)),
      proof.count == 32
    else { return nil }
    let fields = message[..<end].split(
      separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count >= 2, let coded = value(fields[0], "c"),
      let binding = Base64.decode(Array(coded)), let nonce = value(fields[1], "r")
    else { return nil }
    return Last(
      binding: binding, nonce: Array(nonce), proof: proof, withoutProof: Array(message[..<end]))
  }

  private static func binding(_ flag: ArraySlice<UInt8>) -> Binding? {
    if flag.elementsEqual("n".utf8) { return .unsupported }
    if flag.elementsEqual("y".utf8) { return .unusedByServer }
    guard let name = value(flag, "p"), !name.isEmpty, name.count <= 64 else { return nil }
    return .used(String(decoding: name, as: UTF8.self))
  }

  private static func actor(_ field: ArraySlice<UInt8>) -> [UInt8]? {
    // GNU SASL sends "a=" where it is told of no one.
    if field.isEmpty || field.elementsEqual("a=".utf8) { return [] }
    guard let coded = value(field, "a"), let name = name(coded), !name.isEmpty else { return nil }
    return name
  }

  private static func value(_ field: ArraySlice<UInt8>, _ key: Character) -> ArraySlice<UInt8>? {
    guard field.count >= 2, field.first == key.asciiValue,
      field[field.startIndex + 1] == UInt8(ascii: "=")
    else { return nil }
    return field.dropFirst(2)
  }

  // saslname: "," is "=2C" and "=" is "=3D"; no NUL
  private static func name(_ coded: ArraySlice<UInt8>) -> [UInt8]? {
    var name: [UInt8] = []
    var rest = coded
    while let octet = rest.popFirst() {
      guard octet != 0 else { return nil }
      guard octet == UInt8(ascii: "=") else {
        name.append(octet)
        continue
      }
      let code = rest.prefix(2)
      rest = rest.dropFirst(2)
      if code.elementsEqual("2C".utf8) {
        name.append(UInt8(ascii: ","))
      } else if code.elementsEqual("3D".utf8) {
        name.append(UInt8(ascii: "="))
      } else {
        return nil
      }
    }
    return String(validating: name, as: UTF8.self) == nil ? nil : name
  }

  private static func isNonce(_ nonce: ArraySlice<UInt8>) -> Bool {
    (1...longestNonce).contains(nonce.count) && nonce.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
