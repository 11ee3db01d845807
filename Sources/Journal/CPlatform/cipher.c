#include "CPlatformCrypto.h"
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Algorithms are fetched once: a fetch takes locks and costs more than sealing a record.
static EVP_CIPHER *gcm_cipher, *block_cipher;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void) {
  gcm_cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  block_cipher = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
}

enum { tag_count = 16, nonce_count = 12, key_count = 32, wrapped_count = 40 };

// Sealing and opening have a context each, made when first used: changing the direction of one
// would set the key up again.
struct daybook_gcm {
  EVP_CIPHER_CTX *sealing, *opening;
  unsigned char key[key_count];
};

daybook_gcm *daybook_gcm_create(const void *key) {
  pthread_once(&fetched, fetch);
  daybook_gcm *gcm = calloc(1, sizeof *gcm);
  if (!gcm || !gcm_cipher) {
    free(gcm);
    return NULL;
  }
  for (int i = 0; i < key_count; i++) gcm->key[i] = ((const unsigned char *)key)[i];
  return gcm;
}

void daybook_gcm_destroy(daybook_gcm *gcm) {
  EVP_CIPHER_CTX_free(gcm->sealing);
  EVP_CIPHER_CTX_free(gcm->opening);
  daybook_wipe(gcm, sizeof *gcm);
  free(gcm);
}

static EVP_CIPHER_CTX *keyed(daybook_gcm *gcm, int sealing) {
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (!context) return NULL;
  if (EVP_CipherInit_ex2(context, gcm_cipher, gcm->key, NULL, sealing, NULL) == 1) return context;
  EVP_CIPHER_CTX_free(context);
  return NULL;
}

int daybook_gcm_seal(
  daybook_gcm *gcm, const void *nonce, const void *aad, size_t aad_count, const void *plain,
  size_t count, void *sealed) {
  if (!gcm->sealing && !(gcm->sealing = keyed(gcm, 1))) return 0;
  EVP_CIPHER_CTX *context = gcm->sealing;
  int done = 0;
  if (count > INT_MAX - tag_count || aad_count > INT_MAX) return 0;
  if (EVP_EncryptInit_ex2(context, NULL, NULL, nonce, NULL) != 1) return 0;
  if (aad_count && EVP_EncryptUpdate(context, NULL, &done, aad, (int)aad_count) != 1) return 0;
  if (count && EVP_EncryptUpdate(context, sealed, &done, plain, (int)count) != 1) return 0;
  unsigned char *tag = (unsigned char *)sealed + count;
  if (EVP_EncryptFinal_ex(context, tag, &done) != 1) return 0;
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_count, tag) == 1;
}

int daybook_gcm_open(
  daybook_gcm *gcm, const void *nonce, const void *aad, size_t aad_count, const void *sealed,
  size_t count, void *plain) {
  if (!gcm->opening && !(gcm->opening = keyed(gcm, 0))) return 0;
  EVP_CIPHER_CTX *context = gcm->opening;
  unsigned char none[tag_count], *tag = (unsigned char *)sealed + count;
  int done = 0;
  if (count > INT_MAX - tag_count || aad_count > INT_MAX) return 0;
  if (EVP_DecryptInit_ex2(context, NULL, NULL, nonce, NULL) != 1) return 0;
  if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_count, tag) != 1) return 0;
  if (aad_count && EVP_DecryptUpdate(context, NULL, &done, aad, (int)aad_count) != 1) return 0;
  if (count && EVP_DecryptUpdate(context, plain, &done, sealed, (int)count) != 1) return 0;
  if (EVP_DecryptFinal_ex(context, none, &done) == 1) return 1;
  if (count) daybook_wipe(plain, count);
  ERR_clear_error();
  return 0;
}

enum { wrap_rounds = 6, wrap_parts = key_count / 8 };

// RFC 3394 §2.2.1 and §2.2.2 over AES-256 in ECB mode, which OpenSSL does with the processor's
// instructions; its own AES-256-WRAP uses tables, takes three times as long, and tells of the key
// through the cache.
static int wrapping(int direction, const void *key, unsigned char *wrapped) {
  pthread_once(&fetched, fetch);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (!context) return 0;
  unsigned char block[16];  // A | R[i]
  int good = block_cipher
             && EVP_CipherInit_ex2(context, block_cipher, key, NULL, direction, NULL) == 1
             && EVP_CIPHER_CTX_set_padding(context, 0) == 1;
  memcpy(block, wrapped, 8);
  for (int step = 0; good && step < wrap_rounds * wrap_parts; step++) {
    int t = direction ? step + 1 : wrap_rounds * wrap_parts - step;
    unsigned char *part = wrapped + 8 + (t - 1) % wrap_parts * 8;
    memcpy(block + 8, part, 8);
    int done = 0;
    if (!direction) block[7] ^= (unsigned char)t;
    good = EVP_CipherUpdate(context, block, &done, block, sizeof block) == 1;
    if (direction) block[7] ^= (unsigned char)t;
    memcpy(part, block + 8, 8);
  }
  memcpy(wrapped, block, 8);
  daybook_wipe(block, sizeof block);
  EVP_CIPHER_CTX_free(context);
  return good;
}

static const unsigned char wrap_check[8] = {0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6};

int daybook_wrap(const void *wrapping_key, const void *key, void *wrapped) {
  memcpy(wrapped, wrap_check, sizeof wrap_check);
  memcpy((unsigned char *)wrapped + 8, key, key_count);
  return wrapping(1, wrapping_key, wrapped);
}

int daybook_unwrap(const void *wrapping_key, const void *wrapped, void *key) {
  unsigned char out[wrapped_count];
  memcpy(out, wrapped, sizeof out);
  int good = wrapping(0, wrapping_key, out) && daybook_equal(out, wrap_check, sizeof wrap_check);
  if (good) memcpy(key, out + 8, key_count);
  daybook_wipe(out, sizeof out);
  return good;
}
