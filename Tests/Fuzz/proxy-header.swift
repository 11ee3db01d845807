// What a proxy says in front of a connection: PROXY protocol version 1 and 2.
@testable import Network

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  let octets = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  let whole = ProxyHeader.read(octets)
  switch whole {
  case .client(_, _, let length), .nameless(let length):
    precondition(length <= octets.count, "a header lies within what was read")
    precondition(ProxyHeader.read(Array(octets[..<length])) == whole, "what follows is no matter")
    for end in 0..<min(length, 64) {
      precondition(
        ProxyHeader.read(Array(octets[..<end])) == .incomplete, "until then it is incomplete")
    }
  case .incomplete:
    precondition(octets.count < ProxyHeader.longest, "it ends")
    precondition((1...ProxyHeader.longest).contains(ProxyHeader.missing(octets)), "more is to come")
  case .malformed: break
  }
  _ = ProxyHeader.isBegun(octets)
  return 0
}
