// Cryptography, all of it OpenSSL's. Functions that can fail return 1 on success and 0 otherwise.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// SHA-256 of `prefix` (one byte, or none when negative) followed by two parts.
void daybook_sha256(
  int prefix, const void *first, size_t first_count, const void *second, size_t second_count,
  void *digest);

/// SHA-256 over parts that arrive one after another.
typedef struct daybook_sha256_stream daybook_sha256_stream;
daybook_sha256_stream *daybook_sha256_stream_create(void);
daybook_sha256_stream *daybook_sha256_stream_copy(const daybook_sha256_stream *stream);
void daybook_sha256_stream_update(daybook_sha256_stream *stream, const void *bytes, size_t count);
void daybook_sha256_stream_finish(daybook_sha256_stream *stream, void *digest);
void daybook_sha256_stream_destroy(daybook_sha256_stream *stream);

/// HMAC with SHA-256 (32 bytes) of two parts, one after the other. RFC 2104
void daybook_hmac_sha256(
  const void *key, size_t key_count, const void *first, size_t first_count, const void *second,
  size_t second_count, void *mac);
/// HMAC with MD5 (16 bytes), only for CRAM-MD5. RFC 2195
int daybook_hmac_md5(
  const void *key, size_t key_count, const void *bytes, size_t count, void *mac);
int daybook_pbkdf2_sha256(
  const void *password, size_t password_count, const void *salt, size_t salt_count, int iterations,
  void *out, size_t out_count);

/// AES-256-GCM under one key, with its schedule kept. Not for two threads at once.
typedef struct daybook_gcm daybook_gcm;
daybook_gcm *daybook_gcm_create(const void *key);
void daybook_gcm_destroy(daybook_gcm *gcm);
/// Writes `count` bytes of ciphertext and 16 of tag.
int daybook_gcm_seal(
  daybook_gcm *gcm, const void *nonce, const void *aad, size_t aad_count, const void *plain,
  size_t count, void *sealed);
/// `count` is that of the plaintext; `sealed` holds 16 bytes more.
int daybook_gcm_open(
  daybook_gcm *gcm, const void *nonce, const void *aad, size_t aad_count, const void *sealed,
  size_t count, void *plain);

/// AES-256 key wrap of a 32-byte key into 40 bytes. RFC 3394
int daybook_wrap(const void *wrapping_key, const void *key, void *wrapped);
int daybook_unwrap(const void *wrapping_key, const void *wrapped, void *key);

/// Ed25519. RFC 8032
int daybook_ed25519_public(const void *seed, void *public_key);
int daybook_ed25519_sign(const void *seed, const void *message, size_t count, void *signature);
int daybook_ed25519_verify(
  const void *public_key, const void *message, size_t count, const void *signature);

/// Compares without a time that depends on the content. 1 when equal.
int daybook_equal(const void *left, const void *right, size_t count);
/// Overwrites a secret; never optimised away.
void daybook_wipe(void *bytes, size_t count);
