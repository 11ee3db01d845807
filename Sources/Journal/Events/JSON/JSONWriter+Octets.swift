import Platform

extension JSONWriter {
  /// Octets that are mostly text: a string where they are UTF-8, else `{"base64": "..."}`.
  public mutating func octets(_ value: [UInt8]) {
    if let text = String(utf8: 0..<value.count, in: value.span) {
      self.text(text)
    } else {
      object { json in json.member("base64", Base64.text(value)) }
    }
  }
}
