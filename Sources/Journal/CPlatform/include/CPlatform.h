// The few C functions Swift cannot call safely. They are real functions in .c files, never inline:
// glibc declares errno access and pthread_self() const, and the Swift optimiser would reuse their
// results across an `await`. A syscall that fails returns -errno.
#pragma once
#include "CPlatformCrypto.h"
#include "CPlatformFiles.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CPlatformNames.h"
#include "CPlatformNetwork.h"
#include "CPlatformTLS.h"

/// The kernel's id of the calling thread.
int32_t daybook_thread_id(void);

/// Starts a named thread with asynchronous signals blocked. Returns 0 or -errno.
int daybook_thread_start(const char *name, void *(*body)(void *), void *argument, uint64_t *handle);
/// Waits for the end of a thread. Returns 0 or -errno.
int daybook_thread_join(uint64_t handle);
/// Lets a thread end on its own.
void daybook_thread_detach(uint64_t handle);

/// The mutex and condition of a monitor, in memory that does not move. NULL when memory is out.
typedef struct daybook_monitor daybook_monitor;
daybook_monitor *daybook_monitor_create(void);
void daybook_monitor_destroy(daybook_monitor *monitor);
void daybook_monitor_lock(daybook_monitor *monitor);
void daybook_monitor_unlock(daybook_monitor *monitor);
void daybook_monitor_wait(daybook_monitor *monitor);
/// Waits until signalled or until CLOCK_MONOTONIC reads `deadline` nanoseconds. 0 at the deadline.
int daybook_monitor_wait_until(daybook_monitor *monitor, uint64_t deadline);
void daybook_monitor_signal(daybook_monitor *monitor);
void daybook_monitor_broadcast(daybook_monitor *monitor);

/// Microseconds since 1970-01-01T00:00:00Z on the wall clock.
int64_t daybook_wall_microseconds(void);
/// Nanoseconds since boot, suspended time included (CLOCK_BOOTTIME).
uint64_t daybook_boot_nanoseconds(void);
/// Nanoseconds of CLOCK_MONOTONIC.
uint64_t daybook_monotonic_nanoseconds(void);

/// Fills `bytes` from the kernel's random source. Returns 0 or -errno.
int daybook_random(void *bytes, size_t count);

/// Lets the allocator keep at most this many heaps: a heap for every thread keeps what only a storm
/// needed. Before threads start.
void daybook_memory_share(int threads);
/// Gives free memory back to the kernel, if the process used more of it since the last call. From
/// one thread.
void daybook_memory_give_back(void);

/// CRC32C (Castagnoli) of `bytes`, continuing from the checksum `seed`.
uint32_t daybook_crc32c(uint32_t seed, const void *bytes, size_t count);
/// The same by tables, for processors without the instruction.
uint32_t daybook_crc32c_by_table(uint32_t seed, const void *bytes, size_t count);

/// The symbolic name of an errno value, such as "ENOSPC"; NULL when it has none.
const char *daybook_error_name(int code);
/// What an errno value means, in English; NULL when unknown.
const char *daybook_error_text(int code);

/// From now on SIGINT and SIGTERM write their number into a pipe; its reading end, or -errno.
/// Once in a process. The handler is C: the runtime parks the main thread with all signals open,
/// so blocking them is not enough, and a Swift function is no place for a signal.
int32_t daybook_catch_stop_signals(void);
