// What Swift cannot import from OpenSSL 3: function-like macros and 64-bit option macros.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/// Lowers the greatest version of TLS a context speaks. 1 on success.
static inline int cossl_most_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}
