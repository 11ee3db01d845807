import Synchronization

extension Listeners {
  /// Closes one listener; its connections finish within `grace`. False where it is not open.
  ///
  /// The port is free when this returns.
  @discardableResult
  public func close(_ address: SocketAddress, grace: Duration) async -> Bool {
    guard let listener = state.withLock({ $0.listeners.removeValue(forKey: address) }) else {
      return false
    }
    await shut(listener)
    let id = ObjectIdentifier(listener)
    await see(outFrom: id, grace: grace)
    return true
  }

  /// Like `close`, but returns as soon as the port is free; the connections finish meanwhile.
  @discardableResult
  public func retire(_ address: SocketAddress, grace: Duration) async -> Bool {
    guard let listener = state.withLock({ $0.listeners.removeValue(forKey: address) }) else {
      return false
    }
    await shut(listener)
    let id = ObjectIdentifier(listener)
    Task { await see(outFrom: id, grace: grace) }
    return true
  }

  /// Closes all listeners and lets all connections finish within `grace`.
  ///
  /// None can be opened afterwards. The loops still run.
  public func stop(grace: Duration) async {
    let open = state.withLock { state in
      state.isStopping = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in open { await shut(listener) }
    await see(outFrom: nil, grace: grace)
  }

  private func shut(_ listener: Listener) async {
    await withCheckedContinuation { continuation in
      listener.loop.submit {
        listener.close()
        continuation.resume()
      }
    }
  }

  /// Asks the guests of a listener (nil: all) to end, waits up to `grace`, then cancels the rest.
  private func see(outFrom listener: ObjectIdentifier?, grace: Duration) async {
    for guest in guests(of: listener) { guest.connection.requestStop() }
    let loop = loops.next()
    let timer = Task(executorPreference: loop) { [self] in
      await loop.sleep(for: grace)
      if !Task.isCancelled {
        for guest in guests(of: listener) { guest.cancel() }
      }
    }
    await lastGuest(of: listener)
    timer.cancel()
    await timer.value
  }

  private func guests(of listener: ObjectIdentifier?) -> [Guest] {
    state.withLock { state in
      state.guests.values.filter { listener == nil || ObjectIdentifier($0.listener) == listener }
    }
  }

  /// Waits until no guest of the listener is left.
  private func lastGuest(of listener: ObjectIdentifier?) async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        let isEmpty = state.isEmpty(of: listener)
        if !isEmpty {
          state.waiters.append(Waiter(listener: listener, continuation: continuation))
        }
        return isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }
}

extension Listeners.State {
  func isEmpty(of listener: ObjectIdentifier?) -> Bool {
    guard let listener else { return guests.isEmpty }
    return present[listener] == nil
  }
}

extension Listeners.Guest {
  /// Closes the connection and cancels its task, which may not have been stored yet.
  func cancel() {
    let connection = connection
    connection.loop.submit { connection.fail(.cancelled) }
    task?.cancel()
  }
}
