import Platform

extension RecordView {
  /// The header.
  ///
  /// - Parameter record: the bytes this is the view of.
  public func header(in record: Span<UInt8>) throws(RecordError) -> EventHeader {
    guard case .event(let header, _, _) = form else { throw .redacted }
    do { return try EventHeader.decode(at: header.lowerBound, in: record).header } catch {
      throw .badHeader(error)
    }
  }

  /// Header and event.
  ///
  /// - Parameters:
  ///   - record: the bytes this is the view of.
  ///   - personal: the opened personal part; nil leaves every personal field erased. Where nothing
  ///     was sealed, every personal field is absent whatever is given.
  public func recorded(
    in record: [UInt8], personal: [UInt8]? = nil
  ) throws(RecordError) -> Recorded {
    guard case .event(let range, _, _) = form else { throw .redacted }
    let (header, registration) = try decodedHeader(at: range.lowerBound, in: record.span)
    return try recorded(header, registration, record, personal)
  }

  /// Header and event, the personal part opened by the way once the header is known.
  ///
  /// - Parameter open: gives the opened personal part, or nil where it stays sealed; it is asked
  ///   only where something is sealed.
  /// - Throws: `RecordError`, and what `open` throws.
  public func recorded(
    in record: [UInt8], opening open: (EventHeader) throws -> [UInt8]?
  ) throws -> Recorded {
    guard case .event(let range, _, let sealed) = form else { throw RecordError.redacted }
    let (header, registration) = try decodedHeader(at: range.lowerBound, in: record.span)
    let personal = sealed.isEmpty ? nil : try open(header)
    return try recorded(header, registration, record, personal)
  }

  private func recorded(
    _ header: EventHeader, _ registration: Registration?, _ record: [UInt8], _ personal: [UInt8]?
  ) throws(RecordError) -> Recorded {
    guard case .event(_, let payload, let sealed) = form else { throw .redacted }
    guard let registration else { return Recorded(header: header, event: .unknown(header.type)) }
    let opened = sealed.isEmpty ? RecordView.emptyMap : personal
    do {
      let event = try registration.decode(record, payload.lowerBound, opened)
      return Recorded(header: header, event: event)
    } catch {
      throw .badPayload(type: header.type.name, error)
    }
  }

  /// The record that wraps the key of this one, where its own header does not: the position in the
  /// payload's field `origin`.
  public func origin(in record: Span<UInt8>) throws(RecordError) -> Position? {
    guard case .event(_, let payload, _) = form else { throw .redacted }
    do {
      var map = try CBORMap(CBORCursor(at: payload.lowerBound), in: record)
      return try map.optional("origin", in: record)
    } catch {
      throw .malformed(error)
    }
  }

  /// What the seal covers besides the sealed octets.
  public var aad: Range<Int> {
    guard case .event(_, let payload, _) = form else { return 0..<0 }
    return 1..<payload.upperBound
  }

  /// The sealed octets, `nonce || ciphertext || tag`; empty where nothing is sealed.
  public var sealed: Range<Int> {
    guard case .event(_, _, let sealed) = form else { return 0..<0 }
    return sealed
  }

  /// The hash of the record's leaf.
  public func leaf(in record: Span<UInt8>) -> Digest {
    if case .redacted(let range) = form, let digest = Digest(bytes: record.extracting(range)) {
      return digest
    }
    return Record.leaf(of: record)
  }

  private static let emptyMap: [UInt8] = [CBORMajor.map << 5]

  private func decodedHeader(
    at offset: Int, in record: Span<UInt8>
  ) throws(RecordError) -> (header: EventHeader, registration: Registration?) {
    do { return try EventHeader.decode(at: offset, in: record) } catch { throw .badHeader(error) }
  }
}
