// The low-level SHA-256 is deprecated in OpenSSL 3 but costs half of what EVP does on the 400-byte
// records it hashes here, because EVP fetches, allocates and dispatches for each of them.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "CPlatformCrypto.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

void daybook_sha256(
  int prefix, const void *first, size_t first_count, const void *second, size_t second_count,
  void *digest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  if (prefix >= 0) {
    unsigned char byte = (unsigned char)prefix;
    SHA256_Update(&context, &byte, 1);
  }
  if (first_count) SHA256_Update(&context, first, first_count);
  if (second_count) SHA256_Update(&context, second, second_count);
  SHA256_Final(digest, &context);
}

struct daybook_sha256_stream {
  SHA256_CTX context;
};

daybook_sha256_stream *daybook_sha256_stream_create(void) {
  daybook_sha256_stream *stream = malloc(sizeof *stream);
  if (stream) SHA256_Init(&stream->context);
  return stream;
}

daybook_sha256_stream *daybook_sha256_stream_copy(const daybook_sha256_stream *stream) {
  daybook_sha256_stream *copy = malloc(sizeof *copy);
  if (copy) *copy = *stream;
  return copy;
}

void daybook_sha256_stream_update(daybook_sha256_stream *stream, const void *bytes, size_t count) {
  if (count) SHA256_Update(&stream->context, bytes, count);
}

void daybook_sha256_stream_finish(daybook_sha256_stream *stream, void *digest) {
  SHA256_Final(digest, &stream->context);
}

void daybook_sha256_stream_destroy(daybook_sha256_stream *stream) {
  OPENSSL_cleanse(stream, sizeof *stream);
  free(stream);
}

// RFC 2104 §2 over OpenSSL's SHA-256: HMAC() and EVP_MAC allocate and fetch for each call, and a
// key is derived for each sealed event.
void daybook_hmac_sha256(
  const void *key, size_t key_count, const void *first, size_t first_count, const void *second,
  size_t second_count, void *mac) {
  unsigned char block[64] = {0}, inner[32];
  if (key_count > sizeof block) {
    daybook_sha256(-1, key, key_count, NULL, 0, block);
  } else if (key_count) {
    memcpy(block, key, key_count);
  }
  SHA256_CTX context;
  for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36;
  SHA256_Init(&context);
  SHA256_Update(&context, block, sizeof block);
  if (first_count) SHA256_Update(&context, first, first_count);
  if (second_count) SHA256_Update(&context, second, second_count);
  SHA256_Final(inner, &context);
  for (size_t i = 0; i < sizeof block; i++) block[i] ^= 0x36 ^ 0x5c;
  SHA256_Init(&context);
  SHA256_Update(&context, block, sizeof block);
  SHA256_Update(&context, inner, sizeof inner);
  SHA256_Final(mac, &context);
  OPENSSL_cleanse(block, sizeof block);
  OPENSSL_cleanse(inner, sizeof inner);
  OPENSSL_cleanse(&context, sizeof context);
}

int daybook_hmac_md5(
  const void *key, size_t key_count, const void *bytes, size_t count, void *mac) {
  unsigned int size = 16;
  return HMAC(EVP_md5(), key ? key : "", (int)key_count, bytes, count, mac, &size) != NULL;
}

int daybook_pbkdf2_sha256(
  const void *password, size_t password_count, const void *salt, size_t salt_count, int iterations,
  void *out, size_t out_count) {
  return PKCS5_PBKDF2_HMAC(
           password ? password : "", (int)password_count, salt, (int)salt_count, iterations,
           EVP_sha256(), (int)out_count, out)
         == 1;
}

int daybook_equal(const void *left, const void *right, size_t count) {
  return CRYPTO_memcmp(left, right, count) == 0;
}

void daybook_wipe(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }
