#include "CPlatformCrypto.h"
#include <openssl/err.h>
#include <openssl/evp.h>

int daybook_ed25519_public(const void *seed, void *public_key) {
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  size_t size = 32;
  int good = key && EVP_PKEY_get_raw_public_key(key, public_key, &size) == 1 && size == 32;
  EVP_PKEY_free(key);
  return good;
}

int daybook_ed25519_sign(const void *seed, const void *message, size_t count, void *signature) {
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  size_t size = 64;
  int good = key && context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1
             && EVP_DigestSign(context, signature, &size, message, count) == 1 && size == 64;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return good;
}

int daybook_ed25519_verify(
  const void *public_key, const void *message, size_t count, const void *signature) {
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int good = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1
             && EVP_DigestVerify(context, signature, 64, message, count) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  if (!good) ERR_clear_error();
  return good;
}
