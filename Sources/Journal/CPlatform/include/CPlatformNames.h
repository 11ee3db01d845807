// DNS messages made and read with glibc's libresolv. The sockets are Network's.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Longest domain name as text, with its NUL: each of 255 octets may be escaped as \DDD.
enum { DAYBOOK_NAME_ROOM = 1025 };

/// Writes a recursive query of class IN for `name`. With `payload` not 0 it carries an EDNS0
/// record that admits answers of so many octets. RFC 1035 §4.1, RFC 6891 §6.1
/// Its length, or -1 where `name` is no domain name.
int daybook_dns_query(
  const char *name, uint16_t type, uint16_t id, uint16_t payload, uint8_t *query, int room);

/// The header of a message and its only question.
typedef struct daybook_dns_head {
  uint16_t id;
  /// Whether it is a response to a standard query.
  uint8_t is_response;
  uint8_t is_truncated;
  /// The AD bit: the resolver says that it has checked the answer. RFC 4035 §3.2.3
  uint8_t is_authentic;
  uint8_t response_code;
  uint16_t questions;
  uint16_t type;
  uint16_t class;
} daybook_dns_head;

/// A record of class IN. The pointers live as long as the call it is given to.
typedef struct daybook_dns_record {
  /// 1 in the answer, 2 in the authority section.
  uint8_t section;
  uint16_t type;
  uint32_t ttl;
  const char *owner;
  /// The data as they stand in the message.
  const uint8_t *data;
  uint16_t count;
  /// The name in the data of CNAME, PTR and MX; NULL elsewhere. The root is empty.
  const char *name;
  /// The preference of an MX, the minimum of an SOA.
  uint32_t number;
} daybook_dns_record;

/// Reads the header and the question of a message; `name` has DAYBOOK_NAME_ROOM octets.
/// 0, or -1 where it is malformed.
int daybook_dns_head_of(const uint8_t *message, int count, daybook_dns_head *head, char *name);

/// Calls `each` with the records of the answer and of the authority section.
/// 0, or -1 where the message is malformed; `each` has seen what stood before the fault.
int daybook_dns_records(
  const uint8_t *message, int count, void *context,
  void (*each)(void *context, const daybook_dns_record *record));
