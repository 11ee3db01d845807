#include "CPlatformCrypto.h"
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

// Algorithms are fetched once: a fetch takes locks and costs more than sealing a record.
static EVP_CIPHER *gcm_cipher, *wrap_cipher;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void) {
  gcm_cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
  wrap_cipher = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
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

static int wrapping(int direction, const void *key, const void *from, size_t count, void *to) {
  pthread_once(&fetched, fetch);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  if (!context) return 0;
  EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  unsigned char out[wrapped_count + 8];
  int done = 0, last = 0;
  int good = wrap_cipher && EVP_CipherInit_ex2(context, wrap_cipher, key, NULL, direction, NULL) == 1
             && EVP_CipherUpdate(context, out, &done, from, (int)count) == 1
             && EVP_CipherFinal_ex(context, out + done, &last) == 1;
  size_t wanted = direction ? wrapped_count : key_count;
  good = good && (size_t)(done + last) == wanted;
  for (size_t i = 0; good && i < wanted; i++) ((unsigned char *)to)[i] = out[i];
  daybook_wipe(out, sizeof out);
  EVP_CIPHER_CTX_free(context);
  if (!good) ERR_clear_error();
  return good;
}

int daybook_wrap(const void *wrapping_key, const void *key, void *wrapped) {
  return wrapping(1, wrapping_key, key, key_count, wrapped);
}

int daybook_unwrap(const void *wrapping_key, const void *wrapped, void *key) {
  return wrapping(0, wrapping_key, wrapped, wrapped_count, key);
}
