/// Looks for what must not stand in a text message: a CR or LF alone, or a NUL. RFC 5321 §2.3.8
///
/// For chunks, which are not scanned for an end; where they are cut makes no difference.
struct LineEndCheck: Sendable {
  private var isBehindCR = false
  private(set) var hasBareLineEnd = false
  private(set) var hasNull = false

  mutating func feed(_ octets: [UInt8]) {
    for octet in octets {
      if isBehindCR != (octet == 0x0A) { hasBareLineEnd = true }
      isBehindCR = octet == 0x0D
      if octet == 0 { hasNull = true }
    }
  }

  /// Ends the message; a CR at its end has no LF.
  mutating func finish() {
    if isBehindCR { hasBareLineEnd = true }
    isBehindCR = false
  }
}
