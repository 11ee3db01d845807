// TLS of OpenSSL on a non-blocking descriptor. The error queue is per thread and a thread serves
// many connections, so each call here starts and ends with it empty.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ssl_st;
struct ssl_ctx_st;

/// What a call on a connection came to, where it did not move octets.
enum {
  DAYBOOK_TLS_WANTS_READ = -1,
  DAYBOOK_TLS_WANTS_WRITE = -2,
  /// The peer ended its stream: with close_notify, or by closing the connection.
  DAYBOOK_TLS_ENDED = -3,
  DAYBOOK_TLS_FAILED = -4
};

/// A context for the server's (1) or the client's (0) side, TLS 1.2 and above. NULL when refused.
struct ssl_ctx_st *daybook_tls_context(int is_server, int least_version);
/// Calls `choose(ssl, context)` in each handshake of a server, to set its certificate.
void daybook_tls_on_hello(
  struct ssl_ctx_st *context, int (*choose)(struct ssl_st *ssl, void *argument), void *argument);
/// Fills `keys` (80 octets: name 16, AES-256 key 32, HMAC key 32) with those of that name, or with
/// those to seal with when `name` is NULL. Returns 1, 2 (old: seal anew) or 0 (unknown).
typedef int (*daybook_tls_find_keys)(void *argument, const uint8_t *name, uint8_t *keys);
/// Session tickets are sealed under the keys that `find` gives. 1 on success.
int daybook_tls_on_ticket(struct ssl_ctx_st *context, daybook_tls_find_keys find, void *argument);
/// Trust for a client: the system's roots, or those of a PEM file. 1 on success.
int daybook_tls_trust(struct ssl_ctx_st *context, const char *file);

/// One connection on a descriptor. NULL when memory is out.
struct ssl_st *daybook_tls_open(
  struct ssl_ctx_st *context, int descriptor, int is_server, int least_version);
/// Names the peer for SNI; checks its certificate against the name or address where `verifies`.
int daybook_tls_expect(struct ssl_st *ssl, const char *name, int is_address, int verifies);
/// 1 when the handshake is done, else one of the codes above.
int daybook_tls_handshake(struct ssl_st *ssl, char *error, size_t room);
ssize_t daybook_tls_read(struct ssl_st *ssl, void *bytes, size_t count, char *error, size_t room);
ssize_t daybook_tls_write(
  struct ssl_st *ssl, const void *bytes, size_t count, char *error, size_t room);
/// Sends close_notify if the kernel takes it now.
void daybook_tls_end(struct ssl_st *ssl);
void daybook_tls_free(struct ssl_st *ssl);

/// 32 octets of `tls-exporter` (RFC 9266). 0 where TLS 1.2 lacks the extended master secret.
int daybook_tls_exporter(struct ssl_st *ssl, uint8_t *binding);
/// `tls-server-end-point` (RFC 5929 §4): the hash of the server's certificate. Its length, or 0.
int daybook_tls_end_point(struct ssl_st *ssl, int is_server, uint8_t *binding, size_t room);
/// `tls-unique` (RFC 5929 §3), of TLS 1.2 with the extended master secret only. Its length, or 0.
int daybook_tls_unique(struct ssl_st *ssl, int is_server, uint8_t *binding, size_t room);

/// A certificate chain with its private key, from PEM. NULL with a reason in `error`.
typedef struct daybook_identity daybook_identity;
daybook_identity *daybook_identity_read(
  const void *chain, size_t chain_count, const void *key, size_t key_count, char *error,
  size_t room);
void daybook_identity_free(daybook_identity *identity);
/// Puts the identity on a server's connection. 1 on success.
int daybook_identity_use(const daybook_identity *identity, struct ssl_st *ssl);
/// Calls `each(context, name, is_address)` with every name of the certificate, as text.
void daybook_identity_names(
  const daybook_identity *identity, void *context,
  void (*each)(void *context, const char *name, int is_address));
/// Seconds since 1970 from and until when the certificate is valid.
void daybook_identity_validity(const daybook_identity *identity, int64_t *from, int64_t *until);
/// SHA-256 of the certificate, 32 octets.
void daybook_identity_fingerprint(const daybook_identity *identity, uint8_t *digest);

/// Makes an ECDSA P-256 key and a certificate signed by it for `names` (one a line; addresses as
/// `IP:192.0.2.1`), valid from one second to another. Calls `give(context, certificate, key)` with
/// the PEM texts. 1 on success.
int daybook_identity_make(
  const char *names, int64_t from, int64_t until, void *context,
  void (*give)(void *context, const char *certificate, const char *key));
